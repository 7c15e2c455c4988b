"""The SMTP door over real sockets: what it takes, what it refuses, and what it keeps."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from mailgateway.receive import Keeper
from mailgateway.sources.smtp import SmtpDoor
from storage.database import Database
from storage.errors import BriefwechselError, DatabaseUnavailable, DiskFull, Refused
from storage.raw import get_raw
from storage.tables import EnvelopeRow
from threads.model import Mailbox

OURS = (Mailbox("support@example.org"),)
MAIL = b"Subject: hello\r\n\r\nhello\r\n"
LARGEST = 200_000
OpenDoor = Callable[..., AbstractAsyncContextManager[tuple[SmtpDoor, Callable[[], Awaitable[Any]]]]]


class Failing(Keeper):
    """Keeps nothing, for a reason."""

    def __init__(self, error: Exception) -> None:
        self.mailboxes = OURS
        self.largest = LARGEST
        self.error = error

    def keep(self, envelope: Any, raw: bytes) -> Future[UUID]:
        future: Future[UUID] = Future()
        future.set_exception(self.error)
        return future


def kept_in(database: Database) -> list[tuple[EnvelopeRow, bytes]]:
    with database.reading() as session:
        rows = session.scalars(select(EnvelopeRow).order_by(EnvelopeRow.id)).all()
        return [(row, get_raw(session, row.raw_id)) for row in rows]


async def test_a_mail_is_on_disk_before_its_250(database: Database, keeper: Keeper, open_door: OpenDoor) -> None:
    async with open_door(keeper) as (_, connect):
        client = await connect()
        assert (await client.answer()).startswith("220 ")
        await client.begin(to="Support+abc@Example.org")
        assert await client.say(MAIL + b"..dot\r\n.") == "250 2.0.0 kept"
        ((row, raw),) = kept_in(database)
    assert raw == MAIL + b".dot\r\n"
    assert (row.source, row.state, row.mail_from, row.helo) == ("smtp", "waiting", "a@b.example", "c.example")
    assert row.recipients == ["Support+abc@Example.org"]
    assert row.client == "127.0.0.1"


async def test_many_mails_go_through_one_session(database: Database, keeper: Keeper, open_door: OpenDoor) -> None:
    async with open_door(keeper) as (_, connect):
        client = await connect()
        await client.answer()
        for number in range(20):
            await client.begin()
            assert (await client.say(MAIL + b"%d\r\n." % number)).startswith("250")
    assert len(kept_in(database)) == 20


@pytest.mark.parametrize(
    ("error", "reply"),
    [
        (DiskFull("disk"), "452 4.3.1"),
        (DatabaseUnavailable("db"), "451 4.3.0"),
        (BriefwechselError("x"), "451 4.3.0"),
        (KeyError("bug"), "451 4.3.0"),
        (Refused("no"), "554 5.6.0 no"),
    ],
)
async def test_what_cannot_be_kept_is_not_accepted(error: Exception, reply: str, open_door: OpenDoor) -> None:
    async with open_door(Failing(error)) as (_, connect):
        client = await connect()
        await client.answer()
        await client.begin()
        assert (await client.say(MAIL + b".")).startswith(reply)
        assert (await client.say("NOOP")).startswith("250")


async def test_nothing_is_relayed_and_nobody_is_named(open_door: OpenDoor, memory: Any) -> None:
    async with open_door(memory) as (_, connect):
        client = await connect()
        await client.answer()
        replies = await client.all_of(
            "EHLO c", "MAIL FROM:<>", "RCPT TO:<x@elsewhere.example>", "RCPT TO:<support>", "RCPT TO:<>",
            "RCPT TO:<support%elsewhere.example@example.org>", "DATA", "VRFY support", "EXPN support", "AUTH PLAIN AAAA",
        )  # fmt: skip
        assert replies[1].startswith("250")
        assert [each[:9] for each in replies[2:6]] == ["550 5.1.1"] * 4
        assert [each[:3] for each in replies[6:]] == ["503", "502", "502", "502"]
        assert (await client.say("RCPT TO:<postmaster>")).startswith("250")


async def test_the_null_sender_is_kept_as_such(open_door: OpenDoor, memory: Any) -> None:
    async with open_door(memory) as (_, connect):
        client = await connect()
        await client.answer()
        await client.all_of("HELO c", "MAIL FROM:<>", "RCPT TO:<support@example.org>", "DATA")
        assert (await client.say(MAIL + b".")).startswith("250")
    assert memory.kept[0][0].mail_from == ""


async def test_what_is_offered_is_offered(open_door: OpenDoor, memory: Any) -> None:
    async with open_door(memory) as (_, connect):
        client = await connect()
        await client.answer()
        client.writer.write(b"EHLO c\r\n")
        offered = [(await client.reader.readline()).decode().strip()[4:] for _ in range(4)]
    assert offered[1:] == [f"SIZE {LARGEST}", "8BITMIME", "SMTPUTF8"]


@pytest.mark.parametrize("lookalike", [b"\n.\n", b"\r.\r", b"\r\n.\r", b"\r\n.\n", b"\n.\r\n", b"\r.\r\n"])
async def test_no_second_mail_is_smuggled_behind_what_looks_like_an_end(
    lookalike: bytes, open_door: OpenDoor, memory: Any
) -> None:
    smuggled = b"MAIL FROM:<b@x>\r\nRCPT TO:<support@example.org>\r\nDATA\r\nSubject: smuggled\r\n"
    async with open_door(memory) as (_, connect):
        client = await connect()
        await client.answer()
        await client.begin()
        assert (await client.say(MAIL + b"x" + lookalike + smuggled + b"\r\n.")).startswith("250")
        assert (await client.say("NOOP")).startswith("250")
    assert len(memory.kept) == 1
    assert b"smuggled" in memory.kept[0][1]


async def test_what_follows_a_mail_at_once_is_the_next_command(open_door: OpenDoor, memory: Any) -> None:
    async with open_door(memory) as (_, connect):
        client = await connect()
        await client.answer()
        await client.begin()
        client.writer.write(MAIL + b".\r\nNOOP\r\nMAIL FROM:<a@b>\r\n")
        assert [(await client.answer())[:3] for _ in range(3)] == ["250", "250", "250"]
    assert memory.kept[0][1] == MAIL


async def test_rubbish_is_answered_and_the_door_stays_open(open_door: OpenDoor, memory: Any) -> None:
    async with open_door(memory) as (_, connect):
        client = await connect()
        await client.answer()
        for line in (b"\xff\xfe", b"MAIL", b"EHLO", b"GET / HTTP/1.1", b"x" * 300_000, b"DATA", b"EHLO c",
                     b"MAIL FROM:<a b>", b"MAIL FROM:<a@b> NONSENSE=1", b"MAIL FROM:" + b"<" * 2000):  # fmt: skip
            reply = await client.say(line)
            assert reply[:1] in {"2", "5"}, (line[:20], reply)
        assert (await client.say("MAIL FROM:<m\xfcller@b\xfccher.example> SMTPUTF8 BODY=8BITMIME")).startswith("250")
