"""Working time by hours that change: what has passed counts by those that held then, the rest by the new ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, pairwise
from zoneinfo import ZoneInfo

from threads.hours import Calendar, Stretch, joined

_NOTHING = timedelta()

Held = tuple[datetime | None, Calendar]
"""From when hours held; None is ever since."""


@dataclass(frozen=True, slots=True)
class Chronicle:
    """Hours by the moment from which each held. It is asked as a single `Calendar` is."""

    first: Calendar
    """What held until the first change."""
    changes: tuple[tuple[datetime, Calendar], ...] = ()
    """What has held since, in order of its moments, which are in UTC."""

    @classmethod
    def of(cls, held: Iterable[tuple[datetime, Calendar]]) -> Chronicle:
        """Hours with the moments from which they held, in any order; the first held ever before. Raises `ValueError` for none."""
        ordered = sorted(held, key=lambda each: each[0])
        if not ordered:
            raise ValueError("a chronicle wants hours")
        changed = [later for earlier, later in pairwise(ordered) if earlier[1] != later[1]]
        return cls(ordered[0][1], tuple(changed))

    @property
    def newest(self) -> Calendar:
        """The hours that hold now."""
        return self.changes[-1][1] if self.changes else self.first

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which they name a moment now."""
        return self.newest.zone

    def then(self, at: datetime, calendar: Calendar) -> Chronicle:
        """The same, and other hours from a moment on, at the earliest after all of its own; itself where these hold anyway."""
        if calendar == self.newest:
            return self
        return Chronicle(self.first, (*self.changes, (max([at, *(since for since, _ in self.changes[-1:])]), calendar)))

    def at(self, moment: datetime) -> Calendar:
        """The hours that held at a moment."""
        return next((calendar for since, calendar in reversed(self.changes) if since <= moment), self.first)

    def is_open(self, at: datetime) -> bool:
        """Whether somebody is there at a moment."""
        return self.at(at).is_open(at)

    def next_opening(self, at: datetime) -> datetime | None:
        """The first moment from `at` on, in UTC, at which somebody is there; None where there is none in two years."""
        return self.add(at, _NOTHING)

    def add(self, start: datetime, working_for: timedelta) -> datetime | None:
        """The moment, in UTC, at which that much working time has passed since `start`; None where two years of the last hours do not hold it."""
        left = max(working_for, _NOTHING)
        for calendar, since, until in self._spans(start.astimezone(UTC)):
            found = calendar.add(since, left)
            if until is None or (found is not None and (found < until or (found == until and left))):
                return found
            left -= calendar.between(since, until)
        return None

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The working time from one moment to a later one; nothing where it is not later."""
        return sum((calendar.between(*span) for calendar, *span in self._within(start, end)), _NOTHING)

    def stretches(self, start: datetime, end: datetime) -> Iterator[Stretch]:
        """Every stretch from one moment to a later one, in order, and why it counts or does not.

        They add up to the time between the two; those that count to the working time.
        """
        return joined(chain.from_iterable(calendar.stretches(*span) for calendar, *span in self._within(start, end)))

    def _within(self, start: datetime, end: datetime) -> Iterator[tuple[Calendar, datetime, datetime]]:
        """From one moment to a later one, in UTC: what held, from when and until when."""
        end = end.astimezone(UTC)
        for calendar, since, until in self._spans(start.astimezone(UTC)):
            if since >= end:
                return
            yield calendar, since, min(until or end, end)

    def _spans(self, start: datetime) -> Iterator[tuple[Calendar, datetime, datetime | None]]:
        """From a moment of UTC on: what held, from when and until when; None is open."""
        held: list[Held] = [(None, self.first), *self.changes]
        for place, (since, calendar) in enumerate(held):
            until = held[place + 1][0] if place + 1 < len(held) else None
            if until is None or until > start:
                yield calendar, max(since or start, start).astimezone(UTC), until
