"""Who is on call: a rotation with handover times, and single shifts that go before it. Wall time of one zone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

LOOK_AHEAD = timedelta(days=90)
"""How far ahead gaps are looked for."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A single time for which somebody is on call; "" says that nobody is."""

    agent: str
    since: datetime
    until: datetime
    """Both as wall time, without a zone: in the hour that comes twice the first one is meant."""


@dataclass(frozen=True, slots=True)
class Roster:
    """People who take turns. Without an order only the shifts count."""

    name: str
    zone: ZoneInfo
    order: tuple[str, ...] = ()
    start: datetime | None = None
    """The first handover, as wall time."""
    every: timedelta = timedelta(days=7)
    until: datetime | None = None
    """When the rotation ends, as wall time; None is never."""
    shifts: tuple[Shift, ...] = ()
    """They go before the rotation; of two at the same time the later one of the list counts."""
    departments: frozenset[str] = frozenset()
    """Whom it is for; empty is for all who have none of their own."""

    def agent_at(self, moment: datetime) -> str:
        """Who is on call at a moment; "" where nobody is."""
        at = moment.timestamp()
        shifts = (each for each in reversed(self.shifts) if self._at(each.since) <= at < self._at(each.until))
        shift = next(shifts, None)
        if shift is not None:
            return shift.agent
        if not self.order or self.start is None or at < self._at(self.start):
            return ""
        if self.until is not None and at >= self._at(self.until):
            return ""
        return self.order[self._turn(self.start, moment) % len(self.order)]

    def _turn(self, start: datetime, moment: datetime) -> int:
        """How many handovers there were by a moment, which is not before the first of them."""
        turn = (moment.astimezone(self.zone).replace(tzinfo=None) - start) // self.every
        if self._at(start + (turn + 1) * self.every) <= moment.timestamp():
            return turn + 1  # in the hour that comes twice: it was the first time
        return turn - (
            self._at(start + turn * self.every) > moment.timestamp()
        )  # its hour was not there, and is made up for

    def _at(self, wall: datetime) -> float:
        """The moment of a time on the wall: of two the first, and of one that is not there what it would have been without summer time."""
        return wall.replace(tzinfo=self.zone).timestamp()

    def handovers(self, since: datetime, until: datetime) -> Iterator[datetime]:
        """Every moment between two at which another may be on call, in no order."""
        walls = [wall for each in self.shifts for wall in (each.since, each.until)]
        walls += [wall for wall in (self.start, self.until) if wall is not None]
        if self.order and self.start is not None:
            first = max(self.start, since.astimezone(self.zone).replace(tzinfo=None))
            turn = self.start + (first - self.start) // self.every * self.every
            last = until.astimezone(self.zone).replace(tzinfo=None)
            while turn <= last:
                walls.append(turn)
                turn += self.every
        for wall in walls:
            at = wall.replace(tzinfo=self.zone)
            if since.timestamp() < at.timestamp() < until.timestamp():
                yield at


@dataclass(frozen=True, slots=True)
class Duty:
    """That somebody is on call from one moment to another."""

    roster: str
    agent: str
    """"" where nobody is."""
    since: datetime
    until: datetime


def rosters_for(rosters: Sequence[Roster], department: str) -> list[Roster]:
    """Those of a department, else those for everybody."""
    own = [each for each in rosters if department and department in each.departments]
    return own or [each for each in rosters if not each.departments]


def on_call(rosters: Sequence[Roster], department: str, moment: datetime) -> tuple[str, ...]:
    """The agents on call for a department at a moment, each once."""
    found = (each.agent_at(moment) for each in rosters_for(rosters, department))
    return tuple(dict.fromkeys(each for each in found if each))


def duties(roster: Roster, since: datetime, until: datetime) -> list[Duty]:
    """Who is on call from one moment to a later one, without a break; neighbours with the same agent are one."""
    zone = roster.zone
    moments = sorted({since, *roster.handovers(since, until)}, key=datetime.timestamp)
    found: list[Duty] = []
    for at, end in zip(moments, [*moments[1:], until], strict=True):
        duty = Duty(roster.name, roster.agent_at(at), at.astimezone(zone), end.astimezone(zone))
        if found and found[-1].agent == duty.agent:
            found[-1] = replace(found[-1], until=duty.until)
        else:
            found.append(duty)
    return found


def gaps(roster: Roster, now: datetime) -> list[Duty]:
    """When nobody will be on call, in the next ninety days."""
    return [each for each in duties(roster, now, now + LOOK_AHEAD) if not each.agent]
