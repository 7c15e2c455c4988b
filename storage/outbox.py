"""Outgoing mail in the database: written with the decision, leased, handed over, settled.

At least once: a row of the journal is committed before a mail is handed to the relay, and ended after. Where one was
never ended the mail may have gone out, so the next try is marked `maybe_twice`; its Message-ID is always the same.

    waiting --lease--> leased --Sent--> sent          --Deferred--> waiting
       |                      --Failed--> failed      --GivenUp--> given up
       +--cancel--> cancelled
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from storage.claim import Among, claim_due, holds
from storage.ids import uuid7
from storage.outgoing import Mailable, OutgoingMail
from storage.rows import put
from storage.tables import AttemptRow, OutboxRow

__all__ = [
    "ALWAYS_GO", "Deferred", "Failed", "GivenUp", "Leased", "Mailable", "OutgoingMail", "PutBack", "Result", "Sent",
    "cancel", "counts", "enqueue", "lease_due", "listing", "send_again", "settle",
]  # fmt: skip

ALWAYS_GO = frozenset({"reply", "escalation"})
"""Purposes that no breaker keeps in: what a person wrote, and what happens once and may not wait."""
_NUMBERS = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Leased:
    """One mail to hand over now, by nobody else until the lease runs out."""

    outbox_id: UUID
    lease: int
    attempt: int
    """Which try this is, from 1."""
    mail: OutgoingMail
    pending: tuple[str, ...]
    """The envelope recipients who have not got it yet: it goes to these."""
    purpose: str
    conversation_id: UUID | None
    message_id: UUID | None
    created_at: datetime
    maybe_twice: bool
    content: str = ""
    """Alike for mails that say the same and go out by themselves."""

    @property
    def recipient(self) -> str:
        """The first recipient's address, in lower case."""
        return _first_of(self.mail)


@dataclass(frozen=True, slots=True)
class Sent:
    """The relay took it for every pending recipient, except those it refused for good."""

    answer: str = ""
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Deferred:
    """The relay is away, or asks to be tried again: 4xx."""

    until: datetime
    answer: str
    accepted: tuple[str, ...] = ()
    """The pending recipients that it took; they are not tried again."""
    refused: tuple[str, ...] = ()
    """The pending recipients that it refused for good."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The relay refused it for good: 5xx."""

    answer: str
    accepted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GivenUp:
    """It was tried for too long."""

    answer: str


@dataclass(frozen=True, slots=True)
class PutBack:
    """It was not tried: it may not go yet. That counts as no try."""

    until: datetime
    answer: str


Result = Sent | Deferred | Failed | GivenUp | PutBack


def enqueue(
    session: Session,
    mail: OutgoingMail,
    *,
    purpose: str,
    conversation_id: UUID | None,
    message_id: UUID | None,
    due_at: datetime,
    now: datetime,
    bounce_token: str | None = None,
    content: str | None = None,
) -> UUID:
    """Write a mail into the outbox, in the transaction that decided it; it goes out when it is due.

    `content` is alike for mails that count as saying the same, where their words alone do not tell.
    """
    first = _first_of(mail)
    outbox_id = uuid7()
    row = {
        "id": outbox_id,
        "conversation_id": conversation_id,
        "message_id": message_id,
        "purpose": purpose,
        "recipient": first,
        "domain": first.rpartition("@")[2],
        "mailbox": mail.author.address.lower(),
        "content": "" if purpose in ALWAYS_GO else content or _content_of(mail),
        "bounce_token": bounce_token,
        "mail": mail.as_json(),
        "pending": list(mail.recipients),
        "due_at": due_at,
        "created_at": now,
    }
    put(session, OutboxRow, row)
    return outbox_id


def _first_of(mail: OutgoingMail) -> str:
    return mail.recipients[0].lower() if mail.recipients else ""


def _content_of(mail: OutgoingMail) -> str:
    """Alike for mails that say the same, whatever time they name and whoever they go to."""
    said = "\n".join(_NUMBERS.sub("0", " ".join(part.lower().split())) for part in (mail.subject, mail.text))
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:32]


def lease_due(
    session: Session, now: datetime, lease_for: timedelta, limit: int, among: Among | None = None
) -> list[Leased]:
    """Lease the mails that are due, each with a new row in the journal. Commit before handing any of them over."""
    rows = claim_due(session, OutboxRow, now, lease_for, limit, among)
    silent = _ended_without_a_word(session, [row.id for row in rows])
    for row in rows:
        row.tries += 1
        row.maybe_twice = row.maybe_twice or row.id in silent
        session.add(AttemptRow(outbox_id=row.id, number=row.tries, started_at=now))
    session.flush()
    return [_leased(row) for row in rows]


def _ended_without_a_word(session: Session, ids: Sequence[UUID]) -> set[UUID]:
    query = select(AttemptRow.outbox_id).where(AttemptRow.outbox_id.in_(ids), AttemptRow.ended_at.is_(None))
    return set(session.scalars(query)) if ids else set()


def _leased(row: OutboxRow) -> Leased:
    return Leased(
        outbox_id=row.id,
        lease=row.lease,
        attempt=row.tries,
        mail=OutgoingMail.from_json(row.mail),
        pending=tuple(row.pending),
        purpose=row.purpose,
        conversation_id=row.conversation_id,
        message_id=row.message_id,
        created_at=row.created_at,
        maybe_twice=row.maybe_twice,
        content=row.content,
    )


def settle(session: Session, leased: Leased, result: Result, now: datetime) -> bool:
    """Write down how a try ended. False where the lease was lost: then only the journal learns of it."""
    attempt = session.get(AttemptRow, (leased.outbox_id, leased.attempt))
    if attempt is not None and isinstance(result, PutBack):
        session.delete(attempt)
    elif attempt is not None:
        attempt.ended_at, attempt.answer = now, result.answer
        attempt.outcome = _OUTCOMES[type(result)]
    if not holds(session, OutboxRow, leased.outbox_id, leased.lease):
        session.flush()
        return False
    row = session.get_one(OutboxRow, leased.outbox_id, populate_existing=True)
    _apply(row, result, now)
    row.leased_until = None
    row.last_answer = result.answer
    session.flush()
    return True


_OUTCOMES: dict[type[Result], str] = {
    Sent: "sent", Deferred: "deferred", Failed: "failed", GivenUp: "given up",
}  # fmt: skip


def _apply(row: OutboxRow, result: Result, now: datetime) -> None:
    """Bring a row to what follows from a result."""
    if isinstance(result, Sent):
        row.refused = [*row.refused, *result.refused]
        row.pending = []
        # who asked must see that somebody did not get it
        row.state, row.sent_at = ("failed" if row.refused else "sent"), now
    elif isinstance(result, Deferred):
        done = {*result.accepted, *result.refused}
        row.refused = [*row.refused, *result.refused]
        row.pending = [each for each in row.pending if each not in done]
        row.state, row.due_at = "waiting", result.until
    elif isinstance(result, Failed):
        row.refused = [*row.refused, *(each for each in row.pending if each not in result.accepted)]
        row.pending = []
        row.state, row.sent_at = "failed", (now if result.accepted else None)
    elif isinstance(result, PutBack):
        row.state, row.due_at, row.tries = "waiting", result.until, row.tries - 1
    else:
        row.state = "given up"


def cancel(session: Session, outbox_id: UUID) -> bool:
    """Take a mail back that waits and that nobody can have got. Whether that was still possible."""
    row = session.scalar(
        select(OutboxRow)
        .where(OutboxRow.id == outbox_id, OutboxRow.state == "waiting")
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None or row.maybe_twice or set(row.pending) != set(OutgoingMail.from_json(row.mail).recipients):
        return False
    row.state = "cancelled"
    session.flush()
    return True


def send_again(session: Session, outbox_id: UUID, now: datetime) -> bool:
    """Try a mail again that failed or was given up, for the recipients without it. Whether there was one."""
    row = session.scalar(
        select(OutboxRow)
        .where(OutboxRow.id == outbox_id, OutboxRow.state.in_(("failed", "given up")))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        return False
    row.pending, row.refused = [*row.pending, *row.refused], []
    row.state, row.due_at = "waiting", now
    session.flush()
    return True


def listing(
    session: Session,
    *,
    states: Sequence[str] = (),
    conversation_id: UUID | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> list[OutboxRow]:
    """A page of the outbox, newest first; `after` is the last row's id of the page before."""
    query = select(OutboxRow).order_by(OutboxRow.created_at.desc(), OutboxRow.id.desc()).limit(limit)
    if states:
        query = query.where(OutboxRow.state.in_(states))
    if conversation_id is not None:
        query = query.where(OutboxRow.conversation_id == conversation_id)
    last = session.get(OutboxRow, after) if after is not None else None
    if last is not None:
        query = query.where(tuple_(OutboxRow.created_at, OutboxRow.id) < tuple_(last.created_at, last.id))
    return list(session.scalars(query))


def counts(session: Session) -> dict[str, int]:
    """How many mails stand in each state."""
    rows = session.execute(select(OutboxRow.state, func.count()).group_by(OutboxRow.state))
    return dict(rows.all())
