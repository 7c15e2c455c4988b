"""An archive brought in, oldest first and in both directions; nothing goes out, and what is there already stays.

Two passes: the first reads the archive once and lays its mails into a file of its own, with their dates in memory; the
second takes them in by date, many in one transaction. So a mail finds the one it answers, in whatever order they lay.
"""

from __future__ import annotations

import json
import struct
import tempfile
import zlib
from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from mailgateway.mime.dates import date_in
from mailgateway.ranking import urgencies
from mailgateway.read import Read, mailboxes_of, read, read_at_least
from mailgateway.receive import Kept, put_envelope
from mailgateway.retry import in_one_line
from storage.database import Database
from storage.errors import Unavailable
from storage.rows import put_together, write_together
from storage.tables import AliasRow, EnvelopeRow, MessageRow, OutboxRow
from threads.arrive import Found, arrive, direction_of
from threads.model import Direction, Envelope, Source
from threads.policy import Policy
from threads.store.aliases import known_as_sent
from threads.tokens import opaque_id

log = structlog.get_logger(__name__)

BATCH = 100
"""Mails in one transaction."""

BATCH_BYTES = 32 * 1024 * 1024
"""Bytes of mails in one transaction, at most about."""

_AT_ONCE = 500
"""Messages that are asked for in one query."""

_HEAD = struct.Struct("<II")
_HEADER_LOOKED_AT = 256 * 1024


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one mail of an archive."""

    source: str
    message_id: str | None
    message: UUID
    direction: Direction
    conversation: UUID
    new: bool
    """It was not there before."""
    held: bool
    because: str

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "source": self.source,
            "message_id": self.message_id,
            "direction": self.direction.value,
            "conversation": str(self.conversation),
            "new": self.new,
            "held": self.held,
            "because": self.because,
        }


class Spill:
    """The mails of an archive in one file that nobody else sees, to be read again by date."""

    def __init__(self, folder: Path | None = None) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by `close`
        self._dates = array("d")
        self._offsets = array("Q")
        self._last = 0.0

    def __len__(self) -> int:
        return len(self._dates)

    def add(self, source: str, raw: bytes) -> None:
        """Lay one mail down. One without a readable date comes right after the one before it."""
        at = date_of(raw)
        self._last = at.timestamp() if at is not None else self._last
        self._dates.append(self._last)
        self._offsets.append(self._file.tell())
        label, packed = source.encode("utf-8", "surrogateescape"), zlib.compress(raw, 1)
        self._file.write(_HEAD.pack(len(label), len(packed)) + label + packed)

    def by_date(self) -> Iterator[tuple[str, bytes, datetime | None]]:
        """Every mail, the oldest first; of the same time, as they lay. With each the date that it was put under."""
        order = array("Q", range(len(self._dates)))
        for number in sorted(order, key=self._dates.__getitem__):
            self._file.seek(self._offsets[number])
            label, packed = _HEAD.unpack(self._file.read(_HEAD.size))
            source = self._file.read(label).decode("utf-8", "surrogateescape")
            at = self._dates[number]
            yield source, zlib.decompress(self._file.read(packed)), datetime.fromtimestamp(at, UTC) if at else None

    def close(self) -> None:
        """Let the file go."""
        self._file.close()


def date_of(raw: bytes) -> datetime | None:
    """The Date of a mail, without reading the rest of it."""
    head = raw[:_HEADER_LOOKED_AT].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    head = head.replace(b"\n ", b" ").replace(b"\n\t", b" ")
    for line in head.split(b"\n"):
        if line[:5].lower() == b"date:":
            return _sensible(date_in(line[5:].decode("ascii", "replace").strip()))
    return None


def _sensible(at: datetime | None) -> datetime | None:
    """A date that mail can have: others would stand before or behind everything."""
    return at if at is not None and 1971 <= at.year <= 2100 else None


def import_mails(
    database: Database,
    policy: Policy,
    mails: Iterable[tuple[str, bytes, datetime | None]],
    now: datetime,
) -> Iterator[Imported]:
    """Take mails in, in the order given; what became of each comes once its transaction is on disk."""
    for batch in _batches(mails):
        prepared = [_prepare(source, raw, at, policy, now) for source, raw, at in batch]
        yield from _taken_in(database, prepared, policy, now)


@dataclass(frozen=True, slots=True)
class _Prepared:
    source: str
    raw: bytes
    envelope: Envelope
    said: Read


def _batches(
    mails: Iterable[tuple[str, bytes, datetime | None]],
) -> Iterator[list[tuple[str, bytes, datetime | None]]]:
    batch: list[tuple[str, bytes, datetime | None]] = []
    size = 0
    for each in mails:
        batch.append(each)
        size += len(each[1])
        if len(batch) >= BATCH or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _prepare(source: str, raw: bytes, at: datetime | None, policy: Policy, now: datetime) -> _Prepared:
    """Everything about a mail that needs no transaction."""
    envelope = Envelope(Source.FILE, mail_from=None, recipients=(), received_at=min(at, now) if at else now)
    said = read(raw, envelope, policy)
    mail = said.mail
    if mail.sent_at is not None and _sensible(mail.sent_at) is None:
        # with a date that mail cannot have it is as old as the mail before it
        said = replace(said, mail=replace(mail, sent_at=envelope.received_at))
    delivered = (*mail.all_headers("delivered-to"), *mail.all_headers("x-original-to"))
    named = [*(each.address for each in mail.recipients), *(each.strip(" <>") for each in delivered[:20])]
    ours = [each for each in dict.fromkeys(named) if mailboxes_of([each], policy)]
    return _Prepared(source, raw, replace(envelope, recipients=tuple(ours[:100])), said)


@dataclass(frozen=True, slots=True)
class _There:
    """A message that is there already, and why it is taken for the same."""

    row: MessageRow
    """Of a notice to an agent, the message that it tells of."""
    because: str
    direction: Direction = Direction.OUT


def _there(session: Session, prepared: Sequence[_Prepared], policy: Policy) -> dict[str, _There]:
    """The messages that are there already, by what makes two mails the same.

    What was sent from here is known by its random ID or by that which a provider is known to have given it, else by all
    that it says.
    """
    keys = [each.said.mail.dedupe_key for each in prepared]
    rows = session.scalars(select(MessageRow).where(MessageRow.dedupe_key.in_(keys)))
    there = {row.dedupe_key: _There(row, row.because, Direction(row.direction)) for row in rows if row.dedupe_key}
    ours = {
        each.said.mail.dedupe_key: each.said.mail
        for each in prepared
        if direction_of(_found(each, each.said, policy), policy) is Direction.OUT
    }
    by_id = {opaque_id(mail.message_id): key for key, mail in ours.items()}
    sent = select(MessageRow).join(OutboxRow, OutboxRow.message_id == MessageRow.id)
    for row in session.scalars(sent.where(MessageRow.message_id.in_(filter(None, by_id)))):
        there.setdefault(by_id[row.message_id], _There(row, row.because))
    given = select(MessageRow, AliasRow.alias).join(AliasRow, AliasRow.message_id == MessageRow.id)
    for row, alias in session.execute(given.where(AliasRow.alias.in_(filter(None, by_id)))):
        there.setdefault(
            by_id[alias], _There(row, f"it is our mail {row.message_id}, under the ID that a provider gave it")
        )
    for key in ours.keys() - there.keys():
        if (copy := known_as_sent(session, ours[key])) is not None:
            there[key] = _There(session.get_one(MessageRow, copy.sent.message), copy.because)
    return there


def _taken_in(database: Database, prepared: Sequence[_Prepared], policy: Policy, now: datetime) -> list[Imported]:
    """Take mails in, in one transaction; where one of them cannot be, each by itself, so that it stops none of the others."""
    try:
        with database.writing() as session:
            return _take_all(session, prepared, policy, now)
    except Unavailable:
        raise
    except Exception as error:
        log.warning("mails of an archive are taken in one by one", because=in_one_line(error))
    with database.writing() as session:
        there = _there(session, prepared, policy)
        return [_take_in(session, each, there, policy, now) for each in prepared]


def _take_all(session: Session, prepared: Sequence[_Prepared], policy: Policy, now: datetime) -> list[Imported]:
    """Take mails in, whose raw bytes are written together. Whatever is wrong with one of them is raised."""
    there = _there(session, prepared, policy)
    new = [each for each in prepared if each.said.mail.dedupe_key not in there]
    kept = iter([put_envelope(session, each.envelope, each.raw, write=put_together, state="done") for each in new])
    write_together(session)
    return [
        _as_it_is(each, found)
        if (found := there.get(each.said.mail.dedupe_key))
        else _arrive(session, each, each.said, next(kept), policy, now)
        for each in prepared
    ]


def _take_in(session: Session, each: _Prepared, there: dict[str, _There], policy: Policy, now: datetime) -> Imported:
    """Take one mail in, as one that could not be read where that fails."""
    found = there.get(each.said.mail.dedupe_key)
    if found is not None:
        return _as_it_is(each, found)
    try:
        with session.begin_nested():
            return _arrive(session, each, each.said, _keep(session, each), policy, now)
    except Unavailable:
        raise
    except Exception as error:
        log.exception("a mail of an archive was not taken in", source=each.source)
        because = in_one_line(error)
    with session.begin_nested():
        said, kept = read_at_least(each.raw, each.envelope, because), _keep(session, each)
        imported = _arrive(session, each, said, kept, policy, now)
        envelope = session.get_one(EnvelopeRow, kept.envelope_id)
        envelope.state, envelope.error = "shunted", because
    return replace(imported, because=because)


def _keep(session: Session, each: _Prepared) -> Kept:
    return put_envelope(session, each.envelope, each.raw, state="done")


def _arrive(session: Session, each: _Prepared, said: Read, kept: Kept, policy: Policy, now: datetime) -> Imported:
    found = replace(_found(each, said, policy), envelope_id=kept.envelope_id, raw_id=kept.raw_id)
    recorded = arrive(session, found, policy, now, rank=urgencies)
    return Imported(
        source=each.source,
        message_id=said.mail.message_id,
        message=recorded.message,
        direction=recorded.direction,
        conversation=recorded.conversation,
        new=not recorded.duplicate,
        held=recorded.held,
        because=recorded.because,
    )


def _found(each: _Prepared, said: Read, policy: Policy) -> Found:
    return Found(
        envelope_id=None,
        raw_id=None,
        envelope=each.envelope,
        mail=said.mail,
        classification=said.classification,
        verdict=said.verdict,
        mailboxes=mailboxes_of(each.envelope.recipients, policy) or _from_ours(said, policy),
        imported=True,
    )


def _from_ours(said: Read, policy: Policy) -> tuple[Any, ...]:
    """The mailbox that an answer of ours was sent from."""
    return mailboxes_of([said.mail.author.address], policy) if said.mail.author else ()


def _as_it_is(each: _Prepared, found: _There) -> Imported:
    return Imported(
        source=each.source,
        message_id=each.said.mail.message_id,
        message=found.row.id,
        direction=found.direction,
        conversation=found.row.conversation_id,
        new=False,
        held=found.row.held,
        because=found.because,
    )


def stands_in(database: Database, messages: Collection[UUID]) -> dict[UUID, UUID]:
    """In which conversation each of some messages stands now: a later mail may have merged it, or have drawn them away."""
    found: dict[UUID, UUID] = {}
    asked = list(messages)
    with database.reading() as session:
        for start in range(0, len(asked), _AT_ONCE):
            few = MessageRow.id.in_(asked[start : start + _AT_ONCE])
            found |= dict(session.execute(select(MessageRow.id, MessageRow.conversation_id).where(few)).all())
    return found


class Report:
    """What became of each mail, kept on disk until the end: a later mail may have put it elsewhere."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile("w+", encoding="ascii")  # noqa: SIM115 - closed by `close`

    def add(self, each: Imported) -> None:
        """Remember one."""
        self._file.write(json.dumps([str(each.message), each.as_json()]) + "\n")

    def lines(self, database: Database) -> Iterator[dict[str, Any]]:
        """Each in the order in which it came, with the conversation that it is in now."""
        self._file.seek(0)
        while lines := [json.loads(line) for line in islice(self._file, _AT_ONCE)]:
            now = stands_in(database, [UUID(message) for message, _ in lines])
            yield from ({**value, "conversation": str(now[UUID(message)])} for message, value in lines)

    def close(self) -> None:
        """Let the file go."""
        self._file.close()
