"""Working time: when somebody is there, and how long that is from one moment to another.

A minute counts where its local wall time lies within the opening hours. So both changes of summer time are exact:
sums are made in UTC, over stretches in which the offset of the zone does not change.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from functools import lru_cache
from itertools import accumulate
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from storage.errors import WrongUse
from threads.offsets import Steady, steady
from threads.opening import MEANT, YEARS, Opening

SEARCH_FOR = timedelta(days=732)
"""How far ahead something is looked for: a calendar that does not open in two years is closed."""
OPEN = "open"
"""Why a stretch counts."""

_DAY = timedelta(days=1)
_NOTHING = timedelta()


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time which counted as a whole, or not at all."""

    since: datetime
    """In UTC, as `until`: two times of one zone with summer time are subtracted wrongly by `datetime`."""
    until: datetime
    counts: bool
    because: str

    @property
    def counted(self) -> timedelta:
        """The working time in it."""
        return self.until - self.since if self.counts else _NOTHING


@dataclass(frozen=True, slots=True)
class _Year:
    """The open stretches of a year of UTC, in order and none touching the next."""

    begins: list[datetime]
    ends: list[datetime]
    before: list[timedelta]
    """The working time of the year before each, and in the end all of it."""

    def until(self, at: datetime) -> timedelta:
        """The working time of the year until a moment of it."""
        place = bisect_left(self.begins, at)
        if not place:
            return _NOTHING
        return self.before[place] - max(self.ends[place - 1] - at, _NOTHING)


class Calendar:
    """Opening hours in OpenStreetMap's syntax, in a time zone, with the public holidays of a country or one of its parts.

    `off` are days off, as `threads.opening.Opening` takes them. Raises `WrongUse` where something cannot be read, or it never opens
    within two years from `today`.
    """

    def __init__(
        self,
        opening: str,
        zone: str = "Europe/Berlin",
        holidays: str = "",
        off: Sequence[str] = (),
        *,
        today: date | None = None,
    ) -> None:
        self.opening = opening.strip()
        self.zone = _zone(zone)
        self.holidays = holidays.strip()
        self.off = tuple(off)
        self._wall = Opening(opening, holidays, off)
        self._year = lru_cache(maxsize=64)(self._year_of)
        first = today or datetime.now(UTC).date()  # only to check the settings: no answer depends on the clock
        if self.next_opening(datetime(first.year, first.month, first.day, tzinfo=UTC)) is None:
            raise WrongUse(f'the opening hours "{opening}" never open in the next two years; {MEANT}')

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Calendar) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def __repr__(self) -> str:
        return f"Calendar({self.opening!r}, {self.zone.key!r}, {self.holidays!r}, {self.off!r})"

    @property
    def _key(self) -> tuple[str, str, str, tuple[str, ...]]:
        return self.opening, self.zone.key, self.holidays, self.off

    def is_open(self, at: datetime) -> bool:
        """Whether somebody is there at a moment."""
        at = at.astimezone(UTC)
        year = self._year(at.year)
        place = bisect_right(year.begins, at)
        return place > 0 and at < year.ends[place - 1]

    def next_opening(self, at: datetime) -> datetime | None:
        """The first moment from `at` on at which somebody is there (`at` itself where it is open), in UTC; None after two years."""
        return self.add(at, _NOTHING)

    def add(self, start: datetime, working_for: timedelta) -> datetime | None:
        """The moment, in UTC, at which that much working time has passed since `start`; None where two years do not hold it.

        Of no time at all it is the next moment at which somebody is there.
        """
        start, left = start.astimezone(UTC), max(working_for, _NOTHING)
        last = start + SEARCH_FOR
        passed = self._year(start.year).until(start)
        for number in range(start.year, last.year + 1):
            year = self._year(number)
            if passed + left <= year.before[-1]:
                found = _reached(year, passed + left) if left else _opening(year, start)
                if found is not None:
                    return found if found <= last else None
            left -= year.before[-1] - passed
            passed = _NOTHING
        return None

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The working time from one moment to a later one; nothing where it is not later."""
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        if end <= start:
            return _NOTHING
        whole = sum((self._year(year).before[-1] for year in range(start.year, end.year)), _NOTHING)
        return whole + self._year(end.year).until(end) - self._year(start.year).until(start)

    def stretches(self, start: datetime, end: datetime) -> Iterator[Stretch]:
        """Every stretch from one moment to a later one, in order, and why it counts or does not.

        They add up to the time between the two; those that count to the working time.
        """
        return joined(self._pieces(start.astimezone(UTC), end.astimezone(UTC)))

    def _pieces(self, start: datetime, end: datetime) -> Iterator[Stretch]:
        """The same in pieces of at most a day."""
        for number in range(start.year, end.year + 1):
            for since, until, offset in steady(self.zone, number):
                yield from self._of_steady(max(since, start), min(until, end), offset)

    def _of_steady(self, start: datetime, end: datetime, offset: timedelta) -> Iterator[Stretch]:
        """The pieces of a stretch in which the offset stays the same."""
        while start < end:
            wall = (start + offset).replace(tzinfo=None)
            day = wall.date()
            midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) + _DAY - offset
            until = min(midnight, end)
            for begin, close in self._wall.between(wall, (until + offset).replace(tzinfo=None)):
                opens, closes = begin.replace(tzinfo=UTC) - offset, close.replace(tzinfo=UTC) - offset
                yield Stretch(start, opens, counts=False, because=self._wall.closed_because(day))
                yield Stretch(opens, closes, counts=True, because=OPEN)
                start = closes
            yield Stretch(start, until, counts=False, because=self._wall.closed_because(day))
            start = until

    def _year_of(self, number: int) -> _Year:
        """The open stretches of a year of UTC."""
        begins: list[datetime] = []
        ends: list[datetime] = []
        for each in steady(self.zone, number) if number in YEARS else ():
            for begin, end in self._open_in(each):
                if ends and ends[-1] == begin:  # at midnight, or where the offset changes
                    ends[-1] = end
                else:
                    begins.append(begin)
                    ends.append(end)
        lengths = (end - begin for begin, end in zip(begins, ends, strict=True))
        return _Year(begins, ends, list(accumulate(lengths, initial=_NOTHING)))

    def _open_in(self, stretch: Steady) -> Iterator[tuple[datetime, datetime]]:
        since, until, offset = stretch
        wall = ((each + offset).replace(tzinfo=None) for each in (since, until))
        for begin, end in self._wall.between(*wall):
            yield begin.replace(tzinfo=UTC) - offset, end.replace(tzinfo=UTC) - offset


def _reached(year: _Year, passed: timedelta) -> datetime:
    """The first moment of a year until which so much of its working time has passed: some of it, and no more than it has."""
    place = bisect_left(year.before, passed) - 1
    return year.begins[place] + (passed - year.before[place])


def _opening(year: _Year, start: datetime) -> datetime | None:
    """The first moment of a year, from another on, at which somebody is there."""
    place = bisect_right(year.ends, start)
    return max(start, year.begins[place]) if place < len(year.begins) else None


def joined(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """The same stretches without empty ones, and neighbours that are alike as one."""
    last: Stretch | None = None
    for each in stretches:
        if each.since == each.until:
            continue
        if last is not None and (last.counts, last.because) == (each.counts, each.because):
            last = replace(last, until=each.until)
        else:
            if last is not None:
                yield last
            last = each
    if last is not None:
        yield last


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = get_close_matches(name, available_timezones(), 1, 0.8)
        said = f"did you mean {near[0]}?" if near else 'write it as in "Europe/Berlin"'
        raise WrongUse(f'there is no time zone "{name}"; {said}') from None
