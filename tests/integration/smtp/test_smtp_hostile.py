"""Clients that only want to keep the door busy: each takes up one connection at most, and loses it in time."""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import Any

import pytest

from mailgateway.sources.smtp import SmtpDoor
from mailgateway.sources.smtp_session import Limits

HELLO = b"EHLO c.example\r\n"


async def left(door: SmtpDoor) -> int:
    """How many sessions are still open once the first of them has ended."""
    if door._open:
        async with asyncio.timeout(20):
            await asyncio.wait(
                [asyncio.ensure_future(each.ended.wait()) for each in door._open], return_when="FIRST_COMPLETED"
            )
    return len(door._open)


async def test_a_client_that_reads_no_answer_is_cut_off_all_the_same(open_door: Any, memory: Any) -> None:
    """What is unsent would keep the connection open for ever."""
    async with open_door(memory, limits=Limits(session_for=0.5)) as (door, _):
        with socket.create_connection(door.address) as deaf:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            deaf.setblocking(False)
            await asyncio.get_running_loop().sock_sendall(deaf, HELLO)
            full = False
            while not full:
                full = await said_no_more(deaf, b"MAIL FROM:<a@b.example>\r\nRSET\r\n" * 100)
            assert await left(door) == 0


async def said_no_more(client: socket.socket, said: bytes) -> bool:
    """Say it; whether the other side takes no more of it, or has hung up."""
    try:
        async with asyncio.timeout(0.3):
            await asyncio.get_running_loop().sock_sendall(client, said)
    except (TimeoutError, OSError):
        return True
    return False


@pytest.mark.parametrize("at_once", [True, False], ids=["from the first byte", "by STARTTLS"])
async def test_tls_that_is_never_agreed_upon_ends_with_the_session(
    open_door: Any, memory: Any, own_certificate: Any, at_once: bool
) -> None:
    options = {"tls": own_certificate.server_context(), "at_once": at_once, "limits": Limits(session_for=0.5)}
    async with open_door(memory, **options) as (door, connect):
        client = await connect()
        client.writer.write(b"\x16\x03\x01" if at_once else HELLO + b"STARTTLS\r\n")
        assert await client.gone()
        assert await left(door) == 0
        assert not door._of_client


async def test_tls_that_is_being_agreed_upon_takes_up_a_connection(
    open_door: Any, memory: Any, own_certificate: Any
) -> None:
    options = {"tls": own_certificate.server_context(), "at_once": True, "limits": Limits(connections=2)}
    async with open_door(memory, **options) as (_, connect):
        silent = [await connect() for _ in range(2)]
        assert await (await connect()).gone()
        silent[0].writer.close()
        await silent[0].writer.wait_closed()
        while not await greeted(connect, own_certificate):
            pass


async def greeted(connect: Any, certificate: Any) -> bool:
    """Whether a client that does speak TLS is let in."""
    client = await connect()
    try:
        async with asyncio.timeout(20):
            trusting = ssl.create_default_context(cafile=str(certificate.file))
            await client.writer.start_tls(trusting, server_hostname="localhost")
            return bool((await client.reader.readline()).startswith(b"220"))
    except OSError:
        return False


async def test_handshakes_that_fail_are_counted_out(open_door: Any, memory: Any, own_certificate: Any) -> None:
    options = {"tls": own_certificate.server_context(), "at_once": True}
    async with open_door(memory, **options) as (door, connect):
        for said in (b"EHLO c.example\r\n", b"\x16\x03\x01\x00\x00", b""):
            client = await connect()
            client.writer.write(said)
            client.writer.write_eof()
            assert await client.gone()
        assert await left(door) == 0
        assert not door._of_client


async def test_a_door_closes_at_once_though_tls_is_being_agreed_upon(
    open_door: Any, memory: Any, own_certificate: Any
) -> None:
    for at_once, said in ((True, b"\x16"), (False, HELLO + b"STARTTLS\r\n")):
        async with open_door(memory, tls=own_certificate.server_context(), at_once=at_once) as (door, connect):
            client = await connect()
            client.writer.write(said)
            if not at_once:
                assert "220" in [(await client.answer())[:3] for _ in range(3)][2]
            async with asyncio.timeout(5):
                await door.stop()


async def test_lines_that_are_no_commands_end_the_session(open_door: Any, memory: Any) -> None:
    async with open_door(memory, limits=Limits(commands=10)) as (_, connect):
        client = await connect()
        await client.answer()
        client.writer.write(b"\r\n" * 100_000)
        assert [(await client.answer())[:3] for _ in range(11)] == ["500"] * 10 + ["421"]
        assert await client.gone()


async def test_commands_that_come_all_at_once_leave_others_their_turn(open_door: Any, memory: Any) -> None:
    async with open_door(memory) as (_, connect):
        flooding, other = await connect(), await connect()
        await flooding.answer()
        await other.answer()
        flooding.writer.write(b"RSET\r\n" * 5000 + b"QUIT\r\n")
        await flooding.answer()
        assert (await other.say("NOOP")).startswith("250")
        answers = 1
        while not (await flooding.answer()).startswith("221"):
            answers += 1
        assert answers == 5000
