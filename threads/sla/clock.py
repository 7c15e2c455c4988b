"""A clock: what marks come to. A pure fold, so that every stretch of time that counted can be shown, and adds up.

The rules:

- Time counts between a beginning (or going on) and a pause (or the end), as far as the hours that hold then are open.
- A pause begins where we wait for the customer, and ends with what they write. Being put aside pauses only where the
  settings say so.
- Where the priority, the contract or the mailbox changes, the new time counts from the same beginning, and what has passed
  is counted by the hours that held while it passed. Where a later mail of the customer raised the priority, the new time
  counts from that mail: nobody could know before what it says. So it does where other times are promised for the same
  priority afterwards.
- What becomes more urgent is never due later than it was, until it rests.
- It goes on after its end where it was reopened; the time between does not count.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from threads.sla.marks import ENDS, Mark, What
from threads.sla.terms import Terms

NOTHING = timedelta()


class Hours(Protocol):
    """When time counts."""

    def add(self, start: datetime, working_for: timedelta, /) -> datetime | None:
        """The moment at which that much working time has passed; None where there is none."""

    def between(self, start: datetime, end: datetime, /) -> timedelta:
        """The working time between two moments."""


HoursOf = Callable[[str], Hours]
"""Hours by their name."""


@dataclass(frozen=True, slots=True)
class Run:
    """A time in which a clock ran, or did not."""

    since: datetime
    until: datetime
    calendar: str | None
    """The name of the hours that counted; None where nothing did."""
    counted: timedelta
    because: str


@dataclass(frozen=True, slots=True)
class Clock:
    """How a clock stands after some marks."""

    started_at: datetime
    terms: Terms
    allowed: timedelta
    """The working time in which it is to be met."""
    runs: tuple[Run, ...] = ()
    """All that is behind its last mark, in order."""
    since: datetime | None = None
    """Since when it runs; None where it does not."""
    stopped: Mark | None = None
    """What stopped it: a pause or its end."""
    counted_before: timedelta = NOTHING
    """What had counted by the mail that gave it its priority; nothing where its time counts from the beginning."""
    latest_at: datetime | None = None
    """When it was due before it became more urgent: not later than this, until a pause or its end."""
    due_at: datetime | None = None
    """None while it is paused with time left, and where its hours do not open any more."""
    because: str = ""
    """Why it runs, or does not."""

    @property
    def spent(self) -> timedelta:
        """The working time until its last mark."""
        return sum((each.counted for each in self.runs), NOTHING)

    @property
    def done_at(self) -> datetime | None:
        """When it ended; None where it has not."""
        return self.stopped.at if self.stopped is not None and self.stopped.what in ENDS else None

    @property
    def state(self) -> str:
        """As `TargetRow.state` says it."""
        if self.stopped is None:
            return "running"
        if self.stopped.what not in ENDS:
            return "paused"
        if self.is_late(self.stopped.at):
            return "breached"
        return "kept" if self.stopped.what is What.MET else "dropped"

    def is_late(self, now: datetime) -> bool:
        """Whether its time was over at its end, or is by now."""
        void = self.stopped is not None and self.stopped.what is What.VOID
        return not void and self.due_at is not None and self.due_at < (self.done_at or now)


def clock_of(marks: Sequence[Mark], hours: HoursOf) -> Clock:
    """What marks in order come to; the first says that it began. Raises `ValueError` where it does not."""
    first = marks[0] if marks else None
    if first is None or first.what is not What.BEGAN or first.terms is None:
        raise ValueError("a clock begins with its terms")
    clock = Clock(first.at, first.terms, first.terms.within, since=first.at, because=first.because)
    clock = replace(clock, due_at=_due(clock, hours))
    for mark in marks[1:]:
        clock = _after(clock, mark, hours)
    return clock


def _after(clock: Clock, mark: Mark, hours: HoursOf) -> Clock:
    """How it stands once something more happened."""
    mark = replace(mark, at=max(mark.at, _last(clock)))
    if mark.what is What.CHANGED and mark.terms is not None:
        return _changed(clock, mark, mark.terms, hours)
    if mark.what is What.WENT_ON:
        return _went_on(clock, mark, hours)
    if mark.what is What.PAUSED or mark.what in ENDS:
        return _stopped(clock, mark, hours)
    return clock


def _last(clock: Clock) -> datetime:
    ends = [each.until for each in clock.runs[-1:]]
    return max(filter(None, (clock.started_at, clock.since, clock.stopped.at if clock.stopped else None, *ends)))


def _stopped(clock: Clock, mark: Mark, hours: HoursOf) -> Clock:
    """It is paused, or it ended. What ended does not end again, nor is it paused."""
    if clock.done_at is not None or (clock.stopped is not None and mark.what is What.PAUSED):
        return clock
    stopped = replace(_ran(clock, mark.at, hours), since=None, stopped=mark, because=mark.because)
    if mark.what in ENDS:
        return stopped
    paused = replace(stopped, latest_at=_latest_seen_by(clock, mark.at))
    return replace(paused, due_at=_due(paused, hours))


def _went_on(clock: Clock, mark: Mark, hours: HoursOf) -> Clock:
    if clock.stopped is None:
        return clock
    latest = _latest_seen_by(clock, clock.stopped.at)
    ran = replace(_ran(clock, mark.at, hours), since=mark.at, stopped=None, latest_at=latest, because=mark.because)
    return replace(ran, due_at=_due(ran, hours))


def _latest_seen_by(clock: Clock, rests_at: datetime) -> datetime | None:
    """Its latest moment as far as that had come before it rested: what was still to come then moves with the rest."""
    return clock.latest_at if clock.latest_at is not None and clock.latest_at <= rests_at else None


def _changed(clock: Clock, mark: Mark, terms: Terms, hours: HoursOf) -> Clock:
    if clock.done_at is not None:
        return clock
    raised = terms.priority.rank < clock.terms.priority.rank
    ran = _ran(clock, mark.at, hours)
    before = clock.counted_before if terms.priority is clock.terms.priority else NOTHING
    before = ran.spent if mark.anew else before
    allowed = terms.within + before
    if raised:
        allowed = min(allowed, _still_allowed(ran, mark.at, terms, hours))
    because = mark.because if clock.stopped is None else clock.because
    since = mark.at if clock.stopped is None else None
    latest = clock.due_at if raised else None
    changed = replace(
        ran, terms=terms, allowed=allowed, counted_before=before, since=since, because=because, latest_at=latest
    )
    return replace(changed, due_at=_due(changed, hours))


def _still_allowed(clock: Clock, at: datetime, terms: Terms, hours: HoursOf) -> timedelta:
    """The working time by other terms after which it would be due as it was."""
    if clock.due_at is None or clock.due_at <= at:
        return clock.allowed
    return clock.spent + hours(terms.calendar).between(at, clock.due_at)


def _ran(clock: Clock, until: datetime, hours: HoursOf) -> Clock:
    """The same with what passed since the last mark."""
    if clock.since is not None:
        counted = hours(clock.terms.calendar).between(clock.since, until)
        run = Run(clock.since, until, clock.terms.calendar, counted, clock.because)
    elif clock.stopped is not None:
        since = max(clock.stopped.at, clock.runs[-1].until if clock.runs else clock.stopped.at)
        run = Run(since, until, None, NOTHING, clock.because)
    else:
        return clock
    return replace(clock, runs=(*clock.runs, run)) if run.until > run.since else clock


def _due(clock: Clock, hours: HoursOf) -> datetime | None:
    """The moment at which what counted comes to what is allowed, perhaps one that is past; in UTC.

    In the hour that comes twice a local time is equal to no other zone's.
    """
    due = [
        each.astimezone(UTC) for each in (reached_at(clock, clock.allowed, hours), clock.latest_at) if each is not None
    ]
    return min(due, default=None)


def reached_at(clock: Clock, working: timedelta, hours: HoursOf) -> datetime | None:
    """The moment at which what a clock counted comes to some working time, perhaps one that is past; None where it never does as it stands."""
    passed = NOTHING
    for each in clock.runs:
        if each.calendar is not None and each.counted and passed + each.counted >= working:
            return hours(each.calendar).add(each.since, working - passed)
        passed += each.counted
    if clock.since is None:
        return None
    return hours(clock.terms.calendar).add(clock.since, working - passed)


def runs_until(clock: Clock, now: datetime, hours: HoursOf) -> tuple[Run, ...]:
    """All the times until now in which it ran or did not; after its end nothing is told."""
    if clock.done_at is not None or now <= _last(clock):
        return clock.runs
    return _ran(clock, now, hours).runs
