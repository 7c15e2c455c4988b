"""What the SMTP door does not put up with: too large, too many, too long."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from mailgateway.sources.smtp import Limits, SmtpDoor

MAIL = b"Subject: hello\r\n\r\nhello\r\n"
LARGEST = 200_000
OpenDoor = Callable[..., AbstractAsyncContextManager[tuple[SmtpDoor, Callable[[], Awaitable[Any]]]]]


async def test_a_mail_that_is_too_large_is_refused_before_or_after_it_came(open_door: OpenDoor, memory: Any) -> None:
    async with open_door(memory) as (_, connect):
        client = await connect()
        await client.answer()
        await client.say("EHLO c")
        assert (await client.say(f"MAIL FROM:<a@b> SIZE={LARGEST + 1}")).startswith("552")
        await client.begin()
        assert (await client.say(b"x" * (LARGEST + 1) + b"\r\n.")).startswith("552 5.3.4")
        await client.begin()
        line = b"a line of more than the 1000 octets that the standard allows " * 100 + b"\r\n"
        assert (await client.say(line * 10 + b".")).startswith("250")
    assert [len(raw) for _, raw in memory.kept] == [len(line) * 10]


async def test_a_client_that_goes_away_in_the_middle_leaves_nothing(open_door: OpenDoor, memory: Any) -> None:
    async with open_door(memory) as (door, connect):
        client = await connect()
        await client.answer()
        await client.begin()
        client.writer.write(MAIL * 1000)
        client.writer.close()
        await client.writer.wait_closed()
        other = await connect()
        assert (await other.answer()).startswith("220")
    assert memory.kept == []
    assert door.arriving == 0


async def test_one_recipient_too_many_is_to_be_sent_again(open_door: OpenDoor, memory: Any) -> None:
    async with open_door(memory, limits=Limits(recipients=3)) as (_, connect):
        client = await connect()
        await client.answer()
        await client.all_of("EHLO c", "MAIL FROM:<a@b>")
        replies = await client.all_of(*[f"RCPT TO:<support+{number}@example.org>" for number in range(5)])
    assert [each[:9] for each in replies] == ["250 2.1.5"] * 3 + ["452 4.5.3"] * 2


async def test_one_connection_too_many_is_told_so(open_door: OpenDoor, memory: Any) -> None:
    async with open_door(memory, limits=Limits(connections=2)) as (_, connect):
        first, second, third = await connect(), await connect(), await connect()
        assert (await first.answer()).startswith("220")
        assert (await second.answer()).startswith("220")
        assert (await third.answer()).startswith("421 4.7.0")
        assert await third.gone()
        await second.say("QUIT")
        assert await second.gone()
        fourth = await connect()
        assert (await fourth.answer()).startswith("220")


async def test_a_client_that_only_asks_for_unknown_mailboxes_or_does_nothing_is_sent_away(
    open_door: OpenDoor, memory: Any
) -> None:
    limits = Limits(refusals=3, commands=5)
    async with open_door(memory, limits=limits) as (_, connect):
        client = await connect()
        await client.answer()
        await client.all_of("EHLO c", "MAIL FROM:<a@b>")
        replies = await client.all_of(*[f"RCPT TO:<guess{number}@example.org>" for number in range(4)])
        assert [each[:3] for each in replies] == ["550", "550", "550", "421"]
        assert await client.gone()
        client = await connect()
        await client.answer()
        assert (await client.all_of(*["NOOP"] * 6))[-1].startswith("421")
        assert await client.gone()


async def test_a_session_ends_in_time_whatever_it_does(open_door: OpenDoor, memory: Any) -> None:
    async with open_door(memory, limits=Limits(idle_for=0.2)) as (_, connect):
        assert await (await connect()).gone()
    async with open_door(memory, limits=Limits(session_for=0.3)) as (_, connect):
        client = await connect()
        await client.answer()
        assert await client.gone()


async def test_more_mail_on_its_way_than_there_is_room_for_is_put_off(open_door: OpenDoor, memory: Any) -> None:
    async with open_door(memory, limits=Limits(arriving=100_000)) as (door, connect):
        client = await connect()
        await client.answer()
        await client.begin()
        assert (await client.say(b"x" * 150_000 + b"\r\n.")).startswith("452 4.3.1")
        assert door.arriving == 0
        await client.begin()
        assert (await client.say(MAIL + b".")).startswith("250")
