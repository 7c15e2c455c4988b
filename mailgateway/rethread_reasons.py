"""Why messages stand where they do once an archive is threaded anew."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.database import Database
from storage.tables import EventRow, MessageRow
from threads.undo.ledger import PLACING, keys_of

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Act:
    """What put messages elsewhere after they had arrived."""

    at: datetime
    because: str
    by_agent: bool
    messages: frozenset[UUID]

    def joined(self, one: MessageRow, other: MessageRow) -> bool:
        """Whether it put one of two messages to the other, both having been there."""
        parted = (one.id in self.messages) != (other.id in self.messages)
        return parted and max(one.received_at, other.received_at) <= self.at


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
    wanted = sorted(codes)
    found: dict[str, MessageRow] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        few = select(MessageRow).where(MessageRow.code.in_(wanted[start : start + _AT_ONCE]))
        found |= {row.code: row for row in session.scalars(few)}
    return found


def _acts(session: Session) -> list[Act]:
    """What put messages elsewhere, the last first."""
    events = select(EventRow).where(EventRow.kind.in_(PLACING)).order_by(EventRow.at.desc(), EventRow.id.desc())
    return [
        Act(each.at, each.because, bool(each.actor), keys_of(each.data.get("rows", {}), MessageRow))
        for each in session.scalars(events)
    ]


def _because(message: MessageRow, other: MessageRow | None, acts: Sequence[Act]) -> str:
    """By what a message stands where it does: what led it there when it came, or what put it to the other one later."""
    act = next((each for each in acts if each.joined(message, other)), None) if other is not None else None
    if act is None:
        return message.because
    led = "" if message.signal == "new" else f"{message.because}; then "
    return f"{led}{act.because if act.by_agent else f'a later mail shows that both are one: {act.because}'}"
