"""The SMTP door over real sockets: what it takes, what it refuses, and what it keeps."""

from __future__ import annotations

import asyncio
import smtplib
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import structlog
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import select

from mailgateway.receive import Keeper
from mailgateway.sources.smtp import Limits, SmtpDoor
from storage.database import Database
from storage.errors import BriefwechselError, DatabaseUnavailable, DiskFull, Refused, Unavailable
from storage.group import GroupCommit
from storage.raw import get_raw
from storage.tables import EnvelopeRow
from threads.model import Mailbox

OURS = (Mailbox("support@example.org"),)
MAIL = b"Subject: hello\r\n\r\nhello\r\n"
LARGEST = 200_000


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
async def open_door(keeper: Any, **options: Any) -> AsyncIterator[tuple[SmtpDoor, Connect]]:
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


@pytest.fixture(autouse=True)
def _log() -> Iterator[list[Any]]:
    """What is logged, kept from the terminal."""
    with structlog.testing.capture_logs() as log:
        yield log


@pytest.fixture
def keeper(database: Database) -> Iterator[Keeper]:
    group = GroupCommit(database)
    yield Keeper(group, OURS, largest=LARGEST)
    group.close()


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


def kept_in(database: Database) -> list[tuple[EnvelopeRow, bytes]]:
    with database.reading() as session:
        rows = session.scalars(select(EnvelopeRow).order_by(EnvelopeRow.id)).all()
        return [(row, get_raw(session, row.raw_id)) for row in rows]


async def test_a_mail_is_on_disk_before_its_250(database: Database, keeper: Keeper) -> None:
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


async def test_many_mails_go_through_one_session(database: Database, keeper: Keeper) -> None:
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
async def test_what_cannot_be_kept_is_not_accepted(error: Exception, reply: str) -> None:
    async with open_door(Failing(error)) as (_, connect):
        client = await connect()
        await client.answer()
        await client.begin()
        assert (await client.say(MAIL + b".")).startswith(reply)
        assert (await client.say("NOOP")).startswith("250")


async def test_nothing_is_relayed_and_nobody_is_named() -> None:
    async with open_door(Remembering()) as (_, connect):
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


async def test_the_null_sender_is_kept_as_such() -> None:
    keeper = Remembering()
    async with open_door(keeper) as (_, connect):
        client = await connect()
        await client.answer()
        await client.all_of("HELO c", "MAIL FROM:<>", "RCPT TO:<support@example.org>", "DATA")
        assert (await client.say(MAIL + b".")).startswith("250")
    assert keeper.kept[0][0].mail_from == ""


async def test_what_is_offered_is_offered() -> None:
    async with open_door(Remembering()) as (_, connect):
        client = await connect()
        await client.answer()
        client.writer.write(b"EHLO c\r\n")
        offered = [(await client.reader.readline()).decode().strip()[4:] for _ in range(4)]
    assert offered[1:] == [f"SIZE {LARGEST}", "8BITMIME", "SMTPUTF8"]


@pytest.mark.parametrize("lookalike", [b"\n.\n", b"\r.\r", b"\r\n.\r", b"\r\n.\n", b"\n.\r\n", b"\r.\r\n"])
async def test_no_second_mail_is_smuggled_behind_what_looks_like_an_end(lookalike: bytes) -> None:
    keeper = Remembering()
    smuggled = b"MAIL FROM:<b@x>\r\nRCPT TO:<support@example.org>\r\nDATA\r\nSubject: smuggled\r\n"
    async with open_door(keeper) as (_, connect):
        client = await connect()
        await client.answer()
        await client.begin()
        assert (await client.say(MAIL + b"x" + lookalike + smuggled + b"\r\n.")).startswith("250")
        assert (await client.say("NOOP")).startswith("250")
    assert len(keeper.kept) == 1
    assert b"smuggled" in keeper.kept[0][1]


async def test_what_follows_a_mail_at_once_is_the_next_command() -> None:
    keeper = Remembering()
    async with open_door(keeper) as (_, connect):
        client = await connect()
        await client.answer()
        await client.begin()
        client.writer.write(MAIL + b".\r\nNOOP\r\nMAIL FROM:<a@b>\r\n")
        assert [(await client.answer())[:3] for _ in range(3)] == ["250", "250", "250"]
    assert keeper.kept[0][1] == MAIL


async def test_a_mail_that_is_too_large_is_refused_before_or_after_it_came() -> None:
    keeper = Remembering()
    async with open_door(keeper) as (_, connect):
        client = await connect()
        await client.answer()
        await client.say("EHLO c")
        assert (await client.say(f"MAIL FROM:<a@b> SIZE={LARGEST + 1}")).startswith("552")
        await client.begin()
        assert (await client.say(b"x" * (LARGEST + 1) + b"\r\n.")).startswith("552 5.3.4")
        await client.begin()
        line = b"a line of more than the 1000 octets that the standard allows " * 100 + b"\r\n"
        assert (await client.say(line * 10 + b".")).startswith("250")
    assert [len(raw) for _, raw in keeper.kept] == [len(line) * 10]


async def test_a_client_that_goes_away_in_the_middle_leaves_nothing() -> None:
    keeper = Remembering()
    async with open_door(keeper) as (door, connect):
        client = await connect()
        await client.answer()
        await client.begin()
        client.writer.write(MAIL * 1000)
        client.writer.close()
        await client.writer.wait_closed()
        other = await connect()
        assert (await other.answer()).startswith("220")
    assert keeper.kept == []
    assert door.arriving == 0


async def test_one_recipient_too_many_is_to_be_sent_again() -> None:
    async with open_door(Remembering(), limits=Limits(recipients=3)) as (_, connect):
        client = await connect()
        await client.answer()
        await client.all_of("EHLO c", "MAIL FROM:<a@b>")
        replies = await client.all_of(*[f"RCPT TO:<support+{number}@example.org>" for number in range(5)])
    assert [each[:9] for each in replies] == ["250 2.1.5"] * 3 + ["452 4.5.3"] * 2


async def test_one_connection_too_many_is_told_so() -> None:
    async with open_door(Remembering(), limits=Limits(connections=2)) as (_, connect):
        first, second, third = await connect(), await connect(), await connect()
        assert (await first.answer()).startswith("220")
        assert (await second.answer()).startswith("220")
        assert (await third.answer()).startswith("421 4.7.0")
        assert await third.gone()
        await second.say("QUIT")
        assert await second.gone()
        fourth = await connect()
        assert (await fourth.answer()).startswith("220")


async def test_a_client_that_only_asks_for_unknown_mailboxes_or_does_nothing_is_sent_away() -> None:
    limits = Limits(refusals=3, commands=5)
    async with open_door(Remembering(), limits=limits) as (_, connect):
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


async def test_a_session_ends_in_time_whatever_it_does() -> None:
    async with open_door(Remembering(), limits=Limits(idle_for=0.2)) as (_, connect):
        assert await (await connect()).gone()
    async with open_door(Remembering(), limits=Limits(session_for=0.3)) as (_, connect):
        client = await connect()
        await client.answer()
        assert await client.gone()


async def test_more_mail_on_its_way_than_there_is_room_for_is_put_off() -> None:
    keeper = Remembering()
    async with open_door(keeper, limits=Limits(arriving=100_000)) as (door, connect):
        client = await connect()
        await client.answer()
        await client.begin()
        assert (await client.say(b"x" * 150_000 + b"\r\n.")).startswith("452 4.3.1")
        assert door.arriving == 0
        await client.begin()
        assert (await client.say(MAIL + b".")).startswith("250")


async def test_rubbish_is_answered_and_the_door_stays_open() -> None:
    async with open_door(Remembering()) as (_, connect):
        client = await connect()
        await client.answer()
        for line in (b"\xff\xfe", b"MAIL", b"EHLO", b"GET / HTTP/1.1", b"x" * 300_000, b"DATA", b"EHLO c",
                     b"MAIL FROM:<a b>", b"MAIL FROM:<a@b> NONSENSE=1", b"MAIL FROM:" + b"<" * 2000):  # fmt: skip
            reply = await client.say(line)
            assert reply[:1] in {"2", "5"}, (line[:20], reply)
        assert (await client.say("MAIL FROM:<m\xfcller@b\xfccher.example> SMTPUTF8 BODY=8BITMIME")).startswith("250")


async def test_closing_the_door_answers_for_the_mail_that_is_being_kept() -> None:
    keeper = Remembering()
    keeper.until = Future()
    async with open_door(keeper) as (door, connect):
        client, idle = await connect(), await connect()
        await client.answer()
        await idle.answer()
        await client.begin()
        client.writer.write(MAIL + b".\r\n")
        await asyncio.wait_for(keeper.came.wait(), 20)
        closing = asyncio.ensure_future(door.stop())
        assert (await idle.answer()).startswith("421 4.3.2")
        keeper.until.set_result(UUID(int=1))
        assert (await client.answer()).startswith("250 2.0.0")
        await closing


async def test_an_address_that_is_taken_is_said_in_one_line() -> None:
    async with open_door(Remembering()) as (door, _):
        with pytest.raises(Unavailable, match="listen"):
            await SmtpDoor(Remembering(), *door.address).start()


async def test_a_door_opens_on_a_socket_that_is_bound_already() -> None:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        async with open_door(Remembering(), bound=bound) as (door, connect):
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


async def test_starttls_is_offered_where_a_certificate_is_set(certificate: tuple[Path, Path]) -> None:
    own, private = certificate
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(own, private)
    keeper = Remembering()

    def talk(port: int) -> list[str]:
        with smtplib.SMTP("localhost", port, timeout=20) as client:
            client.ehlo("c")
            client.starttls(context=ssl.create_default_context(cafile=str(own)))
            client.ehlo("c")
            client.sendmail("a@b.example", ["support@example.org"], MAIL * 2000)
            return list(client.esmtp_features)

    async with open_door(keeper, tls=context) as (door, _):
        features = await asyncio.to_thread(talk, door.address[1])
    assert "auth" not in features
    assert "starttls" not in features
    assert keeper.kept[0][0].tls
    assert keeper.kept[0][1] == MAIL * 2000
