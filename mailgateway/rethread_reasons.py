"""Why messages stand where they do once an archive is threaded anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.database import Database
from storage.portions import portions
from storage.tables import EventRow, MessageRow
from threads.undo.ledger import PLACING, went


@dataclass(frozen=True, slots=True)
class Act:
    """What put messages elsewhere after they had arrived."""

    at: datetime
    id: UUID
    kind: str
    """Of its event, one of `PLACING`."""
    because: str
    by_agent: bool
    messages: frozenset[UUID]

    def joined(self, one: MessageRow, other: MessageRow) -> bool:
        """Whether it put one of two messages to the other, both having been there."""
        parted = (one.id in self.messages) != (other.id in self.messages)
        return parted and max(one.received_at, other.received_at) <= self.at

    @property
    def draws(self) -> bool:
        """Whether by it a mail that had just come drew those that stood elsewhere loosely."""
        return self.kind == "moved" and not self.by_agent


def reasons(scratch: Database, beside: Mapping[str, str | None]) -> dict[str, tuple[str, bool]]:
    """Why each of some messages stands where it does in the scratch, and whether it is held there.

    `beside` are their codes, each with that of a message of the conversation to which it would go; None is a new one.
    """
    with scratch.reading() as session:
        found = _found(session, {*beside, *filter(None, beside.values())})
        acts = _acts(session)
        return {
            code: (_because(found[code], found.get(other or ""), acts), found[code].held)
            for code, other in beside.items()
        }


def _found(session: Session, codes: Collection[str]) -> dict[str, MessageRow]:
    found: dict[str, MessageRow] = {}
    for few in portions(sorted(codes)):
        found |= {row.code: row for row in session.scalars(select(MessageRow).where(MessageRow.code.in_(few)))}
    return found


def _acts(session: Session) -> dict[UUID, list[Act]]:
    """By each message what put it elsewhere."""
    of: dict[UUID, list[Act]] = defaultdict(list)
    for each in session.scalars(select(EventRow).where(EventRow.kind.in_(PLACING))):
        messages = went(each.data.get("rows", {}))
        act = Act(each.at, each.id, each.kind, each.because, bool(each.actor), frozenset(messages))
        for message in messages:
            of[message].append(act)
    return of


def _last(one: MessageRow, other: MessageRow, acts: Mapping[UUID, Sequence[Act]]) -> Act | None:
    """What put one of two messages to the other last."""
    of_both = (*acts.get(one.id, ()), *acts.get(other.id, ()))
    joined = (each for each in of_both if each.joined(one, other))
    return max(joined, key=lambda each: (each.at, each.id), default=None)


def _because(message: MessageRow, other: MessageRow | None, acts: Mapping[UUID, Sequence[Act]]) -> str:
    """By what a message stands where it does: what led it there when it came, or what put it to the other one later."""
    act = _last(message, other, acts) if other is not None else None
    if act is None:
        return message.because
    if act.draws:
        return message.because if message.id in act.messages else act.because
    led = "" if message.signal == "new" else f"{message.because}; then "
    return f"{led}{act.because if act.by_agent else f'a later mail shows that both are one: {act.because}'}"
