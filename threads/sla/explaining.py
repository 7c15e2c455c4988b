"""Every stretch of time that counted for a target, or did not, and why: they add up to what was spent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.tables import ConversationRow, TargetRow
from threads.conversation import iso
from threads.hours import Stretch, joined
from threads.sla.clock import Clock, Hours, Run, clock_of, runs_until
from threads.sla.marks import Mark, What, marks_from

Told = dict[str, Any]


class ToldHours(Hours, Protocol):
    """Hours that can tell each stretch."""

    def stretches(self, start: datetime, end: datetime, /) -> Iterator[Stretch]:
        """Every stretch between two moments, in order, and why it counts or does not."""


def explained(session: Session, row: ConversationRow, hours: Callable[[str], ToldHours], now: datetime) -> list[Told]:
    """What is and was owed in a conversation, the oldest first, each with every stretch of its time; in plain values."""
    wanted = select(TargetRow).where(TargetRow.conversation_id == row.id)
    found = session.scalars(wanted.order_by(TargetRow.started_at, TargetRow.id)).all()
    return [_explained(each, row, hours, now) for each in found if each.marks[-1]["what"] != What.VOID]


def _explained(target: TargetRow, row: ConversationRow, hours: Callable[[str], ToldHours], now: datetime) -> Told:
    marks = marks_from(target.marks)
    clock = clock_of(marks, hours)
    stretches = list(stretches_of(clock, hours, now))
    counted = sum((each.counted for each in stretches), timedelta())
    return {
        "handle": row.handle,
        "conversation": str(row.id),
        "target": target.kind,
        "state": "overdue" if clock.state == "running" and clock.is_late(now) else clock.state,
        "policy": clock.terms.policy,
        "priority": clock.terms.priority.value,
        "hours": clock.terms.calendar,
        "within_seconds": _seconds(clock.allowed),
        "started_at": iso(clock.started_at),
        "due_at": iso(clock.due_at),
        "done_at": iso(clock.done_at),
        "by": target.agent_id,
        "because": clock.stopped.because if clock.stopped else clock.because,
        "counted_seconds": _seconds(counted),
        "left_seconds": _seconds(clock.allowed - counted),
        "marks": [_mark(each) for each in marks if each.what is not What.TOOK_OVER],
        "stretches": [_stretch(each) for each in stretches],
    }


def stretches_of(clock: Clock, hours: Callable[[str], ToldHours], now: datetime) -> Iterator[Stretch]:
    """All time of a clock from its beginning until its end, or until now, in order."""
    return joined(stretch for run in runs_until(clock, now, hours) for stretch in _of_run(run, hours))


def _of_run(run: Run, hours: Callable[[str], ToldHours]) -> Iterator[Stretch]:
    if run.calendar is None:
        yield Stretch(run.since, run.until, counts=False, because=run.because)
    else:
        yield from hours(run.calendar).stretches(run.since, run.until)


def _stretch(each: Stretch) -> Told:
    return {
        "since": each.since.astimezone(UTC).isoformat(),
        "until": each.until.astimezone(UTC).isoformat(),
        "counts": each.counts,
        "seconds": _seconds(each.counted),
        "because": each.because,
    }


def _mark(each: Mark) -> Told:
    told: Told = {"at": iso(each.at), "what": each.what.value, "because": each.because}
    if each.terms is not None:
        within = _seconds(each.terms.within)
        told |= {"priority": each.terms.priority.value, "within_seconds": within, "hours": each.terms.calendar}
        told |= {"policy": each.terms.policy}
    return told


def _seconds(time: timedelta) -> float:
    seconds = time.total_seconds()
    return int(seconds) if seconds.is_integer() else round(seconds, 3)
