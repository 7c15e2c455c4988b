"""An SMTP door on a free port, peers that say what a test wants them to say, and keepers behind it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any
from uuid import UUID

import pytest

from mailgateway.receive import Keeper
from mailgateway.sources.smtp import SmtpDoor
from storage.database import Database
from storage.group import GroupCommit
from threads.model import Mailbox

OURS = (Mailbox("support@example.org"),)
MAIL = b"Subject: hello\r\n\r\nhello\r\n"
LARGEST = 200_000
OpenDoor = Callable[..., AbstractAsyncContextManager[tuple[SmtpDoor, Callable[[], Awaitable[Any]]]]]


class Client:
    """A peer that says exactly what a test wants it to say."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def answer(self) -> str:
        """The next reply, its last line."""
        async with asyncio.timeout(20):
            while line := (await self.reader.readline()).decode():
                if line[3:4] != "-":
                    return line.strip()
        return ""

    async def say(self, command: str | bytes) -> str:
        """Send a line; the reply."""
        data = command.encode() if isinstance(command, str) else command
        self.writer.write(data + b"\r\n")
        return await self.answer()

    async def all_of(self, *commands: str) -> list[str]:
        """Send lines one after another; their replies."""
        return [await self.say(each) for each in commands]

    async def begin(self, to: str = "support@example.org") -> None:
        """Everything up to the 354."""
        replies = await self.all_of("EHLO c.example", "MAIL FROM:<a@b.example>", f"RCPT TO:<{to}>", "DATA")
        assert [each[:3] for each in replies] == ["250", "250", "250", "354"]

    async def gone(self) -> bool:
        """Whether the server has hung up."""
        async with asyncio.timeout(20):
            while await self.reader.read(4096):
                pass
        return True


Connect = Callable[[], Awaitable[Client]]


@asynccontextmanager
async def _open_door(keeper: Any, **options: Any) -> AsyncIterator[tuple[SmtpDoor, Connect]]:
    door = SmtpDoor(keeper, **options)
    await door.start()
    clients: list[Client] = []

    async def connect() -> Client:
        client = Client(*await asyncio.open_connection(*door.address))
        clients.append(client)
        return client

    try:
        yield door, connect
    finally:
        await door.stop()
        for each in clients:
            each.writer.close()


@pytest.fixture
def keeper(database: Database) -> Iterator[Keeper]:
    """Keeps in a real database."""
    group = GroupCommit(database)
    yield Keeper(group, OURS, largest=LARGEST)
    group.close()


class Remembering(Keeper):
    """Keeps in memory, for what needs no database."""

    def __init__(self, largest: int = LARGEST) -> None:
        self.mailboxes = OURS
        self.largest = largest
        self.kept: list[tuple[Any, bytes]] = []
        self.until: Future[UUID] | None = None
        self.came = asyncio.Event()

    def keep(self, envelope: Any, raw: bytes) -> Future[UUID]:
        self.kept.append((envelope, raw))
        self.came.set()
        if self.until is not None:
            return self.until
        future: Future[UUID] = Future()
        future.set_result(UUID(int=0))
        return future


@pytest.fixture
def memory() -> Remembering:
    """Keeps in memory."""
    return Remembering()


@pytest.fixture
def open_door() -> OpenDoor:
    """Opens a door: `async with open_door(keeper, limits=...) as (door, connect)`."""
    return _open_door
