"""Clocks that run while their hours change are due at another time: put right step by step, so that no mail waits for it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.database import Database
from storage.tables import ConversationRow, TargetRow
from threads.conversation import hold_in_order
from threads.policy import Policy
from threads.sla.clock import clock_of
from threads.sla.following import is_at_once, write
from threads.sla.marks import marks_from
from threads.store.calendars import followed, not_followed

AT_A_TIME = 200
"""Conversations in one transaction."""


class HoursChanged:
    """The work that changed hours make. What a process leaves undone another one begins anew."""

    def __init__(self) -> None:
        self._changed: dict[str, datetime] = {}
        self._left: list[UUID] = []

    def step(self, database: Database, policy: Policy, now: datetime) -> int:
        """Put the clocks of some conversations right, in a transaction of its own; how many, 0 where none is left."""
        with database.reading() as session:
            changed = not_followed(session, policy)
            if changed != self._changed:
                self._changed, self._left = changed, _running_by(session, changed)
        if not changed:
            return 0
        some, rest = self._left[:AT_A_TIME], self._left[AT_A_TIME:]
        with database.writing() as session:
            _put_right(session, policy, some)
            if not rest:
                followed(session, changed, now)
        self._left = rest
        return len(some)


def _running_by(session: Session, names: Collection[str]) -> list[UUID]:
    """The conversations with clocks that run by such hours."""
    if not names:
        return []
    running = (TargetRow.state == "running") & TargetRow.calendar.in_(names)
    return list(session.scalars(select(TargetRow.conversation_id).where(running).distinct()))


def _put_right(session: Session, policy: Policy, conversations: Collection[UUID]) -> None:
    if not conversations:
        return
    hold_in_order(session, ConversationRow.id.in_(conversations))
    wanted = (TargetRow.state == "running") & TargetRow.conversation_id.in_(conversations)
    targets: dict[UUID, list[TargetRow]] = {}
    for target in session.scalars(select(TargetRow).where(wanted)):
        marks = marks_from(target.marks)
        write(target, marks, clock_of(marks, policy.hours))
        targets.setdefault(target.conversation_id, []).append(target)
    for row in session.scalars(select(ConversationRow).where(ConversationRow.id.in_(targets))):
        due = min((each.due_at for each in targets[row.id] if each.due_at), default=None)
        if not is_at_once(row) and row.due_at != due:
            row.due_at = due
