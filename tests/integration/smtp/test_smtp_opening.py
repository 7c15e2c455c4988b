"""How the SMTP door opens and closes: its address, its certificate, and the mail that is on its way."""

from __future__ import annotations

import asyncio
import smtplib
import socket
import ssl
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from mailgateway.sources.smtp import SmtpDoor
from storage.errors import Unavailable

MAIL = b"Subject: hello\r\n\r\nhello\r\n"
OpenDoor = Callable[..., AbstractAsyncContextManager[tuple[SmtpDoor, Callable[[], Awaitable[Any]]]]]


async def test_closing_the_door_answers_for_the_mail_that_is_being_kept(open_door: OpenDoor, memory: Any) -> None:
    memory.until = Future()
    async with open_door(memory) as (door, connect):
        client, idle = await connect(), await connect()
        await client.answer()
        await idle.answer()
        await client.begin()
        client.writer.write(MAIL + b".\r\n")
        await asyncio.wait_for(memory.came.wait(), 20)
        closing = asyncio.ensure_future(door.stop())
        assert (await idle.answer()).startswith("421 4.3.2")
        memory.until.set_result(UUID(int=1))
        assert (await client.answer()).startswith("250 2.0.0")
        await closing


async def test_an_address_that_is_taken_is_said_in_one_line(open_door: OpenDoor, memory: Any) -> None:
    async with open_door(memory) as (door, _):
        with pytest.raises(Unavailable, match="listen"):
            await SmtpDoor(memory, *door.address).start()


async def test_a_door_opens_on_a_socket_that_is_bound_already(open_door: OpenDoor, memory: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        async with open_door(memory, bound=bound) as (door, connect):
            assert door.address == bound.getsockname()[:2]
            assert (await (await connect()).answer()).startswith("220")


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    own, private = tmp_path / "own.pem", tmp_path / "key.pem"
    own.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return own, private


async def test_starttls_is_offered_where_a_certificate_is_set(
    certificate: tuple[Path, Path], open_door: OpenDoor, memory: Any
) -> None:
    own, private = certificate
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(own, private)

    def talk(port: int) -> list[str]:
        with smtplib.SMTP("localhost", port, timeout=20) as client:
            client.ehlo("c")
            client.starttls(context=ssl.create_default_context(cafile=str(own)))
            client.ehlo("c")
            client.sendmail("a@b.example", ["support@example.org"], MAIL * 2000)
            return list(client.esmtp_features)

    async with open_door(memory, tls=context) as (door, _):
        features = await asyncio.to_thread(talk, door.address[1])
    assert "auth" not in features
    assert "starttls" not in features
    assert memory.kept[0][0].tls
    assert memory.kept[0][1] == MAIL * 2000
