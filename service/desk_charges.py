"""What `Desk` does about charges: an agent's word on one conversation, and what is billable by month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from threads import lookup
from threads.charge import marked
from threads.conversation import apply, locked

if TYPE_CHECKING:
    from service.desk import Desk

Row = dict[str, Any]


class Charges:
    """What is charged, and what not."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def mark(self, name: str, *, charged: bool, because: str) -> Row:
        """Mark a conversation as billable, or as not; `because` stands in the report. Raises `WrongUse`."""
        desk = self._desk
        with desk.writing() as (session, agent_id):
            row = locked(session, lookup.one(session, name).id)
            is_so, now = row.billable_at is not None, desk.clock()
            change = marked.billable(charged=charged, is_so=is_so, actor=agent_id, because=because, at=now)
            apply(session, row, change, actor=agent_id, now=now)
            return desk.result(session, row, change.because)

    def report(self, month: str = "") -> list[Row]:
        """What is billable of a month ("2026-11"), or of the present one, the oldest first. Raises `WrongUse`."""
        from threads.charge.report import billable
        from threads.sla.report import Month

        desk = self._desk
        zone = desk.policy.calendar.zone
        wanted = Month.said(month) if month else Month.of(desk.clock(), zone)
        with desk.reading() as session:
            return list(billable(session, wanted, zone))
