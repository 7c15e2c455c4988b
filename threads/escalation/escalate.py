"""Which steps of a ladder are due for a target: a pure decision by the same clock that says when an answer is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from threads.escalation.ladder import Ladder, Step
from threads.escalation.words import owed_in, time_in
from threads.sla.clock import Clock, HoursOf, reached_at
from threads.sla.marks import Mark, What
from threads.sla.terms import Aim

LATE_AFTER = timedelta(minutes=5)
"""A step that is carried out later than this was missed: nobody was there to see to it."""


@dataclass(frozen=True, slots=True)
class Due:
    """A step whose moment has come."""

    step: Step
    key: str
    due_at: datetime
    working: timedelta
    """After how much working time it was due."""
    because: str

    def is_late(self, now: datetime) -> bool:
        """Whether its moment passed unseen."""
        return now - self.due_at > LATE_AFTER


@dataclass(frozen=True, slots=True)
class Escalation:
    """What is to be done for a target now, and when to look again."""

    carried: Due | None = None
    """The one step that is carried out."""
    missed: tuple[Due, ...] = ()
    """Steps before it that nobody saw to in time; they are not made up for."""
    passed: tuple[Due, ...] = ()
    """Steps that were due while an agent had taken it."""
    next_at: datetime | None = None
    """When the next step is due; None where none is to come as it stands."""
    because: str = ""
    """Why nothing is done, where steps were due."""

    @property
    def tell(self) -> tuple[str, ...]:
        """Who hears of it: those of the step that is carried out; where that tells nobody, those of the last missed one that does."""
        steps = (each.step for each in reversed((*self.missed, *filter(None, [self.carried]))))
        return next((step.tell for step in steps if step.tell), ())


@dataclass(frozen=True, slots=True)
class Climb:
    """How far a target has come on its ladder."""

    aim: Aim
    clock: Clock
    since: datetime
    """From when its terms hold: no step was due before."""
    done: frozenset[str] = frozenset()
    """The steps that are written down."""
    taken_by: str = ""
    """The agent who took the conversation while this was owed."""


def reckoned_since(marks: Sequence[Mark]) -> datetime:
    """From when the terms of a clock hold that hold now."""
    return max(each.at for each in marks if each.what in (What.BEGAN, What.CHANGED, What.TOOK_OVER))


def escalate(climb: Climb, ladder: Ladder, now: datetime, hours: HoursOf) -> Escalation:
    """The steps that are due: of several only the highest is carried out. None at all once somebody has answered or taken it.

    Who takes a conversation does not end the ladder of its solution: that is how it begins.
    """
    clock = climb.clock
    if clock.state != "running":
        return Escalation(because="its clock does not run")
    steps = [each for each in ladder.steps if ladder.key(each) not in climb.done]
    dated = [(each, _due_at(climb, each, hours)) for each in steps]
    due = [_due(climb, ladder, step, at) for step, at in dated if at is not None and at <= now]
    found = Escalation(next_at=min((at for _, at in dated if at is not None and at > now), default=None))
    if climb.taken_by and climb.aim is not Aim.SOLUTION:
        return replace(found, passed=tuple(due), because=f"{climb.taken_by} took it")
    if not due:
        return found
    *missed, carried = due
    return replace(found, carried=carried, missed=tuple(missed))


def _due_at(climb: Climb, step: Step, hours: HoursOf) -> datetime | None:
    at = reached_at(climb.clock, step.working(climb.clock.allowed), hours)
    return max(at, climb.since) if at is not None else None


def _due(climb: Climb, ladder: Ladder, step: Step, at: datetime) -> Due:
    working, allowed = step.working(climb.clock.allowed), climb.clock.allowed
    passed, whole = time_in("en", working), time_in("en", allowed)
    said = f"{passed} of {whole}" if working < allowed else f"{passed}, all that is allowed,"
    if working > allowed:
        said = f"{passed}, where {whole} are allowed,"
    owed = owed_in("en", climb.aim)
    because = f"{owed} is owed and {said} of working time have passed (ladder {ladder.name}, {step.moment})"
    return Due(step, ladder.key(step), at, working, because)
