"""Working time: when somebody is there, and how long that is from one moment to another.

A minute counts where its local wall time lies within the opening hours. So both changes of summer time are exact:
sums are made in UTC, over stretches in which the offset of the zone does not change.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays as holiday_calendars
import opening_hours
from holidays.registry import EntityLoader

from storage.errors import WrongUse

SEARCH_FOR = timedelta(days=732)
"""How far ahead something is looked for: a calendar that does not open in two years is closed."""

Stretch = tuple[datetime, datetime]
"""From and until, both in UTC."""

_DAY = timedelta(days=1)
_LONGEST = 1000
_RULE = re.compile(r"\s*;\s*")
_SCHOOL_HOLIDAYS = re.compile(r"\bSH\b")
_HOLIDAY = re.compile(r"\bPH\b")
_MEANT = 'write it as in "Mo-Fr 08:00-17:00; PH off"'


class Calendar:
    """Opening hours in OpenStreetMap's syntax, in a time zone, with the public holidays of a country or one of its parts.

    Raises `WrongUse` where that cannot be read, or never opens within two years from `today`.
    """

    def __init__(
        self, opening: str, zone: str = "Europe/Berlin", holidays: str = "", *, today: date | None = None
    ) -> None:
        self.opening = opening.strip()
        self.zone = _zone(zone)
        self.holidays = holidays.strip()
        self._country, _, self._part = self.holidays.upper().partition("-")
        _check(self.opening, self.holidays)
        first = today or datetime.now(UTC).date()  # only to check the settings: no answer depends on the clock
        self._hours(first.year)
        self._stretches = lru_cache(maxsize=4096)(self._stretches_of)
        if self.next_opening(datetime(first.year, first.month, first.day, tzinfo=UTC)) is None:
            raise WrongUse(f'the opening hours "{opening}" never open in the next two years; {_MEANT}')

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Calendar) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def __repr__(self) -> str:
        return f"Calendar({self.opening!r}, {self.zone.key!r}, {self.holidays!r})"

    @property
    def _key(self) -> tuple[str, str, str]:
        return self.opening, self.zone.key, self.holidays

    def is_open(self, at: datetime) -> bool:
        """Whether somebody is there at a moment."""
        at = at.astimezone(UTC)
        return any(start <= at < end for start, end in self._stretches(at.astimezone(self.zone).date()))

    def next_opening(self, at: datetime) -> datetime | None:
        """The first moment from `at` on at which somebody is there (`at` itself where it is open); None after two years."""
        at = at.astimezone(UTC)
        for start, end in self._from(at):
            if end > at:
                return self._local(max(start, at))
        return None

    def add(self, start: datetime, working_for: timedelta) -> datetime | None:
        """The moment at which that much working time has passed since `start`; None where two years do not hold it."""
        start, left = start.astimezone(UTC), working_for
        for begin, end in self._from(start):
            begin = max(begin, start)
            if end <= begin:
                continue
            if left <= end - begin:
                return self._local(begin + left)
            left -= end - begin
        return None

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The working time from one moment to a later one; nothing where it is not later."""
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        worked = timedelta()
        for begin, until in self._from(start, end):
            begin, until = max(begin, start), min(until, end)
            if until > begin:
                worked += until - begin
        return worked

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)

    def _from(self, at: datetime, until: datetime | None = None) -> Iterator[Stretch]:
        """Open stretches in order, from the local day of `at` until that of `until`, or for two years."""
        day = at.astimezone(self.zone).date()
        last = min((until or at + SEARCH_FOR).astimezone(self.zone).date(), date.max - _DAY)
        while day <= last:
            yield from self._stretches(day)
            day += _DAY

    def _stretches_of(self, day: date) -> tuple[Stretch, ...]:
        """The open stretches of one local day."""
        begin = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - wall time is meant
        open_ = [
            (start, end)
            for start, end, state, _ in self._hours(day.year).intervals(begin, begin + _DAY)
            if state == opening_hours.State.OPEN
        ]
        return tuple(piece for start, end in open_ for piece in self._in_utc(day, start, end))

    def _in_utc(self, day: date, start: datetime, end: datetime) -> Iterator[Stretch]:
        """A stretch of wall time in UTC: in pieces, or twice, where the clocks change within it."""
        for since, until, offset in _offsets(self.zone, day):
            piece = max(start.replace(tzinfo=UTC) - offset, since), min(end.replace(tzinfo=UTC) - offset, until)
            if piece[0] < piece[1]:
                yield piece

    def _hours(self, year: int) -> opening_hours.OpeningHours:
        return _parsed(self.opening, self._country, self._part, year)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise WrongUse(f'there is no time zone "{name}"; write it as in "Europe/Berlin"') from None


def _check(opening: str, holidays: str) -> None:
    """Refuse what cannot be read. Raises `WrongUse`."""
    if not opening or len(opening) > _LONGEST:
        raise WrongUse(f"the opening hours are {'too long' if opening else 'empty'}; {_MEANT}")
    if _SCHOOL_HOLIDAYS.search(opening):
        raise WrongUse(f'the opening hours "{opening}" name school holidays (SH), which are not known; leave them out')
    country, _, part = holidays.upper().partition("-")
    if holidays and country not in EntityLoader.get_country_codes():
        raise WrongUse(f'there are no holidays for "{holidays}"; write a country and its part as in "DE-NW", or "DE"')
    # only the country that is named: asked for all their parts the library loads every country
    parts = getattr(holiday_calendars, country).subdivisions if part else ()
    if part and part not in parts:
        raise WrongUse(f'"{holidays}" is no part of {country} with holidays of its own; there are {", ".join(parts)}')
    try:
        opening_hours.OpeningHours(opening)
    except opening_hours.ParserError as error:  # type: ignore[attr-defined]  # its stub leaves it out
        column = re.search(r"--> 1:(\d+)", str(error))
        where = f" at its character {column[1]}" if column else ""
        raise WrongUse(f'the opening hours "{opening}" cannot be read{where}; {_MEANT}') from None


@lru_cache(maxsize=256)
def _parsed(opening: str, country: str, part: str, year: int) -> opening_hours.OpeningHours:
    """The hours with the holidays of a year and its neighbours in place of PH."""
    return opening_hours.OpeningHours(_with_dates(opening, _holiday_dates(country, part, year)))


def _holiday_dates(country: str, part: str, year: int) -> str:
    """Holidays as a list of dates: a date that never is where there are none."""
    if not country:
        return "1900 Jan 01"
    years = [each for each in (year - 1, year, year + 1) if date.min.year <= each <= date.max.year]
    days = holiday_calendars.country_holidays(country, subdiv=part or None, years=years)
    return ",".join(f"{day.year} {_MONTHS[day.month - 1]} {day.day:02d}" for day in sorted(days)) or "1900 Jan 01"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _with_dates(opening: str, dates: str) -> str:
    """The hours with dates in place of PH: the library knows the holidays of whole countries only.

    "Sa,PH 10:00-12:00" means either, so it becomes two rules: a list of dates would narrow the Saturdays.
    """
    rules = []
    for rule in _RULE.split(opening):
        if not _HOLIDAY.search(rule):
            rules.append(rule)
            continue
        selector = re.match(r"(?:(?:Mo|Tu|We|Th|Fr|Sa|Su|PH)(?:\s*[-,]\s*)?)+(?!\w)", rule)
        days = [day.strip() for day in selector[0].split(",")] if selector else []
        others = [day for day in days if day and day != "PH"]
        if selector and "PH" in days and others:
            rest = rule[selector.end() :].strip()
            rules += [f"{','.join(others)} {rest}", f"{dates} {rest}"]
        else:
            rules.append(_HOLIDAY.sub(dates, rule))
    return "; ".join(rules)


@lru_cache(maxsize=4096)
def _offsets(zone: ZoneInfo, day: date) -> tuple[tuple[datetime, datetime, timedelta], ...]:
    """The stretches of UTC that make up a local day, each with the offset that holds in it."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    edges = [midnight - _DAY, *_changes(zone, midnight - _DAY, midnight + 2 * _DAY), midnight + 2 * _DAY]
    return tuple((since, until, since.astimezone(zone).utcoffset() or timedelta()) for since, until in pairwise(edges))


def _changes(zone: ZoneInfo, start: datetime, end: datetime) -> list[datetime]:
    """The moments between two others at which the offset of a zone changes, to the second: at most one in six hours."""
    hours = [start + timedelta(hours=6 * step) for step in range(int((end - start) / timedelta(hours=6)) + 1)]
    offsets = [hour.astimezone(zone).utcoffset() for hour in hours]
    return [
        _change(zone, before, after)
        for before, after, was, became in zip(hours, hours[1:], offsets, offsets[1:], strict=False)
        if was != became
    ]


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    offset = before.astimezone(zone).utcoffset()
    seconds = range(int((after - before).total_seconds()) + 1)
    changed = bisect_right(
        seconds, False, key=lambda second: (before + timedelta(seconds=second)).astimezone(zone).utcoffset() != offset
    )
    return before + timedelta(seconds=changed)
