"""The breaker in the database, where every process sees it, and what it counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from storage.claim import serialise
from storage.outbox import Leased
from storage.rows import directly, rows_of
from storage.tables import BreakerRow, OutboxRow
from storage.tables.types import UtcTime
from threads.outgoing.breaker import ALL, WITHIN, Breaker, Counted

_COLUMNS = BreakerRow.address, BreakerRow.since_at, BreakerRow.until_at, BreakerRow.because, BreakerRow.closed_at
_OF_ADDRESS = select(*_COLUMNS).where(BreakerRow.address.in_((ALL, bindparam("address"))))
_AUTOMATIC = (OutboxRow.content != "", OutboxRow.state != "cancelled", OutboxRow.id <= bindparam("up_to"))
_SINCE = OutboxRow.created_at > bindparam("since", type_=UtcTime())
_TO_ADDRESS = (
    select(func.count())
    .where(OutboxRow.purpose == bindparam("purpose"), OutboxRow.recipient == bindparam("recipient"), _SINCE)
    .where(OutboxRow.content == bindparam("content"), *_AUTOMATIC)
)
_SENT = select(OutboxRow.recipient, OutboxRow.content).where(_SINCE, *_AUTOMATIC)


@dataclass(frozen=True, slots=True)
class Standing:
    """How the breaker stands for an address."""

    breaker: Breaker | None
    """The one that is open for it or for all, the longest."""
    since: datetime
    """From when on mails are counted: anew once a breaker has closed, or what waited for that would open it again."""


def standing(session: Session, address: str, now: datetime) -> Standing:
    """How the breaker stands for an address."""
    rows = rows_of(session, _OF_ADDRESS, address=address.lower())
    found = [(Breaker(row.address, row.since_at, row.until_at, row.because), row.closed_at) for row in rows]
    is_open = [each for each, closed_at in found if closed_at is None and now < each.until]
    ended = [closed_at or each.until for each, closed_at in found if each not in is_open]
    return Standing(max(is_open, key=lambda each: each.until, default=None), since=max([now - WITHIN, *ended]))


def counted(session: Session, leased: Leased, since: datetime) -> Counted:
    """What was to go out by itself since a time, up to a mail and with it."""
    same = to_address(session, leased, since)
    # the first to its address repeats nothing, so nothing more is asked: that is nearly every mail
    return Counted(same, repeated(session, leased, since) if same > 1 else 0)


def to_address(session: Session, leased: Leased, since: datetime) -> int:
    """How many mails that say the same as one were to go to its address."""
    asked = {"since": since, "up_to": leased.outbox_id, "purpose": leased.purpose, "content": leased.content}
    return directly(session).execute(_TO_ADDRESS, {**asked, "recipient": leased.recipient}).scalar() or 0


def repeated(session: Session, leased: Leased, since: datetime) -> int:
    """How many were to go to an address that was sent the same before."""
    rows = directly(session).execute(_SENT, {"since": since, "up_to": leased.outbox_id})
    sent = [tuple(row) for row in rows]
    return len(sent) - len(set(sent))


def keep_open(session: Session, breaker: Breaker) -> None:
    """Write down that it is open; what closed long ago is forgotten."""
    serialise(session, "breaker")
    session.execute(delete(BreakerRow).where(BreakerRow.until_at < breaker.since - WITHIN))
    values = {"since_at": breaker.since, "until_at": breaker.until, "because": breaker.because, "closed_at": None}
    session.merge(BreakerRow(address=breaker.address, **values))
    session.flush()


def open_breakers(session: Session, now: datetime) -> list[Breaker]:
    """All that are open, the one for all first."""
    rows = session.scalars(
        select(BreakerRow).where(BreakerRow.until_at > now, BreakerRow.closed_at.is_(None)).order_by(BreakerRow.address)
    )
    return [Breaker(row.address, row.since_at, row.until_at, row.because) for row in rows]


def close(session: Session, breaker: Breaker, now: datetime) -> int:
    """Close one before its time: what waited for it is due, and is counted anew. How many mails waited.

    The mails are changed first: who hands one over holds it, and opens the breaker then.
    """
    waits = [OutboxRow.state == "waiting", OutboxRow.due_at == breaker.until, OutboxRow.content != ""]
    if breaker.address != ALL:
        waits.append(OutboxRow.recipient == breaker.address)
    waited = directly(session).execute(update(OutboxRow).where(*waits).values(due_at=now)).rowcount
    serialise(session, "breaker")
    session.execute(update(BreakerRow).where(BreakerRow.address == breaker.address).values(closed_at=now))
    return waited
