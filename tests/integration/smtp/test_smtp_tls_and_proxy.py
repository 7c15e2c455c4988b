"""TLS from the first byte, and clients behind a load balancer that speaks the PROXY protocol."""

from __future__ import annotations

import asyncio
import smtplib
import socket
import ssl
import struct
from typing import Any

import pytest

from mailgateway.sources.smtp_session import Limits

MAIL = b"Subject: hello\r\n\r\nhello\r\n"
V1 = b"PROXY TCP4 192.0.2.7 127.0.0.1 50000 25\r\n"
V2_SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


def v2(source: str, *, local: bool = False) -> bytes:
    """A header of version 2, as HAProxy and nginx send it."""
    addresses = socket.inet_aton(source) + socket.inet_aton("127.0.0.1") + struct.pack("!HH", 50000, 25)
    if local:
        return V2_SIGNATURE + bytes([0x20, 0x00]) + struct.pack("!H", 0)
    return V2_SIGNATURE + bytes([0x21, 0x11]) + struct.pack("!H", len(addresses)) + addresses


async def test_tls_is_spoken_from_the_first_byte(own_certificate: Any, open_door: Any, memory: Any) -> None:
    def talk(port: int) -> list[str]:
        trusting = ssl.create_default_context(cafile=str(own_certificate.file))
        with smtplib.SMTP_SSL("localhost", port, timeout=20, context=trusting) as client:
            client.ehlo("c")
            client.sendmail("a@b.example", ["support@example.org"], MAIL)
            return list(client.esmtp_features)

    async with open_door(memory, tls=own_certificate.server_context(), at_once=True) as (door, _):
        features = await asyncio.to_thread(talk, door.address[1])
    assert "starttls" not in features
    assert memory.kept[0][0].tls


@pytest.mark.parametrize("header", [V1, v2("192.0.2.7")], ids=["v1", "v2"])
async def test_the_client_is_the_one_that_the_load_balancer_names(open_door: Any, memory: Any, header: bytes) -> None:
    async with open_door(memory, proxies=["127.0.0.0/8"]) as (_, connect):
        client = await connect()
        client.writer.write(header)
        assert (await client.answer()).startswith("220")
        await client.begin()
        assert (await client.say(b"Subject: x\r\n\r\nx\r\n.")).startswith("250")
    assert memory.kept[0][0].client == "192.0.2.7"


async def test_the_load_balancers_own_probe_goes_on_as_itself(open_door: Any, memory: Any) -> None:
    async with open_door(memory, proxies=["127.0.0.1"]) as (_, connect):
        client = await connect()
        client.writer.write(v2("192.0.2.7", local=True))
        assert (await client.answer()).startswith("220")
        assert (await client.say("QUIT")).startswith("221")


async def test_a_load_balancer_that_names_nobody_is_cut_off(open_door: Any, memory: Any) -> None:
    async with open_door(memory, proxies=["127.0.0.1"]) as (_, connect):
        client = await connect()
        client.writer.write(b"EHLO c.example\r\n")
        assert await client.gone()
    assert memory.kept == []


async def test_who_is_no_load_balancer_cannot_name_another_client(open_door: Any, memory: Any) -> None:
    async with open_door(memory, proxies=["192.0.2.0/24"]) as (_, connect):
        client = await connect()
        assert (await client.answer()).startswith("220")
        assert (await client.say(V1.strip())).startswith("500")
        await client.begin()
        await client.say(b"Subject: x\r\n\r\nx\r\n.")
    assert memory.kept[0][0].client == "127.0.0.1"


async def test_clients_behind_a_load_balancer_are_counted_each_for_itself(open_door: Any, memory: Any) -> None:
    limits = Limits(connections_of_a_client=2)
    async with open_door(memory, proxies=["127.0.0.1"], limits=limits) as (_, connect):
        said = []
        for source in ("192.0.2.7", "192.0.2.7", "192.0.2.7", "192.0.2.8"):
            client = await connect()
            client.writer.write(v2(source))
            said.append((await client.answer())[:3])
        assert said == ["220", "220", "421", "220"]
