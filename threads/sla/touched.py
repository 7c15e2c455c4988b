"""Which conversations a transaction holds or changes, so that their clocks are put right before it ends.

Every act holds its conversations first, so it is noted where that is done: no act can forget its clocks.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from storage.tables import ConversationRow

_TOUCHED = "touched"
_TELLING = ("status", "priority", "mailbox", "department", "sla", "waiting_since", "due_at", "customer_id", "merged_into_id",
            "side_of_id")  # fmt: skip
"""What of a conversation decides about its clocks."""


@dataclass(slots=True)
class Touched:
    """A conversation in a transaction."""

    row: ConversationRow
    before: dict[str, Any]
    """What decides about its clocks, as it was; empty where it is new."""
    at: datetime | None = None
    """When something was done to it."""
    answered: bool = False
    undone: set[datetime] = field(default_factory=set)
    """The moments of what was taken back."""
    unranked: set[datetime] = field(default_factory=set)
    """The moments at which mails that have left it had it answered by other times."""
    promised: bool = False
    """Its customer's organisation may have been promised something else since."""

    @property
    def is_changed(self) -> bool:
        """Whether its clocks may have to be put right."""
        return self.answered or self.promised or bool(self.undone or self.unranked) or self.before != _telling(self.row)


def touch(session: Session, row: ConversationRow, *, new: bool = False) -> Touched:
    """Note a conversation before it is changed."""
    touched: dict[UUID, Touched] = session.info.setdefault(_TOUCHED, {})
    found = touched.get(row.id)
    if found is None:
        found = touched[row.id] = Touched(row, {} if new else _telling(row))
    return found


def touch_at(session: Session, row: ConversationRow, at: datetime, *, answered: bool) -> None:
    """Note that an act changes a conversation now; `answered` where a person answers with it."""
    found = touch(session, row)
    found.at = at if found.at is None else max(found.at, at)
    found.answered = found.answered or answered


def touch_promised(session: Session, row: ConversationRow, at: datetime) -> None:
    """Note that a customer may be promised something else from now on."""
    touch_at(session, row, at, answered=False)
    touch(session, row).promised = True


def touch_undone(session: Session, row: ConversationRow, then: datetime, now: datetime) -> None:
    """Note that what was done to a conversation at a moment is taken back."""
    touch_at(session, row, now, answered=False)
    touch(session, row).undone.add(then)


def touch_unranked(session: Session, row: ConversationRow, moments: Collection[datetime], now: datetime) -> None:
    """Note that mails have left a conversation which made it more urgent at some moments, or gave it another SLA policy."""
    if moments:
        touch_at(session, row, now, answered=False)
        touch(session, row).unranked.update(moments)


def take_touched(session: Session) -> list[Touched]:
    """All that was noted and is changed; from here on it is noted anew."""
    touched: dict[UUID, Touched] = session.info.pop(_TOUCHED, {})
    return [each for each in touched.values() if each.is_changed]


def _telling(row: ConversationRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _TELLING}
