"""Every mail that was ever accepted with what became of it, so that what is lost would show as a difference.

Reads page by page along the keys: its memory does not grow with the desk.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, select, tuple_
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from storage.codes import code_of
from storage.errors import Lost
from storage.raw import get_raw
from storage.tables import DeliveryRow, EnvelopeRow, ImapMailRow, MessageRow, RawChunkRow, RawRow
from threads.model import Direction

PAGE = 1000

OUTCOMES = {
    "done": "conversation",
    "duplicate": "duplicate",
    "shunted": "shunted",
    "waiting": "waiting",
    "leased": "waiting",
}
"""What each state of an envelope means: the first three are ends."""

KEPT = {"kept", "too large"}
"""What may have become of a mail on an IMAP server so that it has an envelope of its own here."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One time that a mail was accepted, and its end; `wrong` says what does not add up, "" where all does."""

    name: str
    """The code of the envelope; of a mail on an IMAP server account, folder, UIDVALIDITY and UID."""
    source: str
    received_at: datetime
    outcome: str
    wrong: str = ""


def outcomes(session: Session, *, read: bool = False) -> Iterator[Outcome]:
    """Every envelope and every UID with its outcome, the oldest first; `read` reads each raw mail to its checksum."""
    last: UUID | None = None
    while rows := session.execute(_page(last)).all():
        for row in rows:
            yield Outcome(
                code_of(row.id),
                row.source,
                row.received_at,
                OUTCOMES.get(row.state, row.state),
                _wrong(session, row, read),
            )
        last = rows[-1].id
    yield from _uids(session)


def _page(last: UUID | None) -> Select[*tuple[Any, ...]]:
    """Envelopes behind a key, each with whether what belongs to it is there."""
    chunk = exists().where(RawChunkRow.raw_id == EnvelopeRow.raw_id)
    delivery = exists().where(DeliveryRow.message_id == EnvelopeRow.message_id)
    query = (
        select(
            EnvelopeRow.id,
            EnvelopeRow.source,
            EnvelopeRow.received_at,
            EnvelopeRow.state,
            EnvelopeRow.raw_id,
            EnvelopeRow.message_id,
            MessageRow.conversation_id,
            MessageRow.direction,
            RawRow.size,
            RawRow.erased_at,
            chunk.label("chunk"),
            delivery.label("delivery"),
        )
        .join(RawRow, RawRow.id == EnvelopeRow.raw_id)
        .outerjoin(MessageRow, MessageRow.id == EnvelopeRow.message_id)
        .order_by(EnvelopeRow.id)
        .limit(PAGE)
    )
    return query if last is None else query.where(EnvelopeRow.id > last)


def _wrong(session: Session, row: Row[*tuple[Any, ...]], read: bool) -> str:
    """What does not add up about an envelope."""
    if row.state not in OUTCOMES:
        return f"its state {row.state!r} is none"
    if row.size and row.erased_at is None and not row.chunk:
        return "its raw mail is gone"
    if row.state in {"done", "duplicate"}:
        if row.conversation_id is None:
            return "it counts as taken in, but no message came of it"
        if not row.delivery and row.direction != Direction.OUT:
            return "its message reached no mailbox"
    if read and row.erased_at is None:
        try:
            get_raw(session, row.raw_id)
        except Lost as error:
            return str(error)
    return ""


def _uids(session: Session) -> Iterator[Outcome]:
    """Every mail that an IMAP server showed us."""
    key = (ImapMailRow.account, ImapMailRow.folder, ImapMailRow.uidvalidity, ImapMailRow.uid)
    last: tuple[Any, ...] | None = None
    while True:
        query = select(*key, ImapMailRow.outcome, ImapMailRow.at, ImapMailRow.envelope_id).order_by(*key).limit(PAGE)
        rows = session.execute(query if last is None else query.where(tuple_(*key) > tuple_(*last))).all()
        if not rows:
            return
        for row in rows:
            wrong = "it counts as kept, but has no envelope" if row.outcome in KEPT and row.envelope_id is None else ""
            yield Outcome("/".join(map(str, row[:4])), "imap uid", row.at, row.outcome, wrong)
        last = tuple(rows[-1][:4])
