"""Opening hours as wall time: OpenStreetMap's syntax, with the public holidays of a country or one of its parts, and days off.

The wall time of a place knows no summer time; what it is in UTC is said by `threads.hours`.

A holiday or a day off is closed from midnight to midnight: a shift that came over midnight ends there, and what is left of one
that would have begun on that day holds from the next midnight on, as OpenStreetMap's syntax has it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from functools import lru_cache

import holidays as holiday_calendars
import opening_hours
from holidays.registry import EntityLoader

from storage.errors import WrongUse
from threads.days_off import Days, day_off

WallStretch = tuple[datetime, datetime]
"""From and until, both naive."""

YEARS = range(1901, 9999)
"""Outside of them nothing is ever open."""
MEANT = 'write it as in "Mo-Fr 08:00-17:00; PH off"'

_DAY = timedelta(days=1)
_LONGEST = 1000
COMMENT = re.compile(r'"[^"]*"')
"""What says nothing of when."""
_RULE = re.compile(r"\s*;\s*")
_NOT_KNOWN = (
    (re.compile(r"\bSH\b"), "name school holidays (SH), which are not known; leave them out"),
    (
        re.compile(r"\b(?:sunrise|sunset|dawn|dusk)\b"),
        "go by the sun, whose place is not known; write times of the clock",
    ),
    (re.compile(r"\b(?:Di|Mi|Do|So)\b"), "name days in German; here they are Mo, Tu, We, Th, Fr, Sa and Su"),
    (re.compile(r"\bUhr\b"), f"name hours in German; {MEANT}"),
)
_HOLIDAY = re.compile(r"\bPH\b(?:\s*([+-]\d{1,3})\s*days?\b)?")
_NEVER = "1900 Jan 01"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LAST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
"""The last day of each month in any year."""
_DATE = re.compile(rf"\b({'|'.join(_MONTHS)})\s+(\d{{1,2}})\b(?!:)")


class Opening:
    """When somebody is there, by the clock on the wall.

    `off` has single days and ranges, as in "2026-12-24" and "2026-12-31..2027-01-02". Raises `WrongUse` where something cannot be read.
    """

    def __init__(self, hours: str, holidays: str = "", off: Sequence[str] = ()) -> None:
        self.hours = hours.strip()
        self.holidays = holidays.strip()
        self._country, self._part = holidays_of(self.holidays)
        self._off = tuple(sorted(day_off(each) for each in off))
        _check(self.hours)
        self.rules = tuple(_RULE.split(self.hours))
        """What stands between its semicolons."""
        rules = [rule for rule in self.rules if not _HOLIDAY.search(COMMENT.sub("", rule))]
        self._minds_holidays = len(rules) < len(self.rules)
        self._usual = "; ".join(rules) or self.hours
        self.of_year = lru_cache(maxsize=64)(self._of_year)

    def holiday(self, day: date) -> str:
        """The name of the holiday on a day; "" where there is none, or the hours do not mind it."""
        if not self._country or not self._minds_holidays:
            return ""
        return _holidays(self._country, self._part, day.year).get(day, "")

    def is_off(self, day: date) -> bool:
        """Whether it is one of the days off."""
        return any(first <= day <= last for first, last in self._off)

    def closed_because(self, day: date) -> str:
        """Why nobody is there at some time of a day."""
        if self.is_off(day):
            return "closed: day off"
        holiday = self.holiday(day)
        return f"closed: holiday {holiday}" if holiday else f"closed: outside {self._usual}"

    def between(self, start: datetime, end: datetime) -> Iterator[WallStretch]:
        """The open stretches from one wall time to another, in order; they may touch each other at the turn of a year."""
        for year in range(start.year, end.year + 1):
            open_ = self.of_year(year)
            for since, until in open_[bisect_right(open_, start, key=_until) :]:
                if since >= end:
                    return
                yield max(since, start), min(until, end)

    def _of_year(self, year: int) -> tuple[WallStretch, ...]:
        """The open stretches of a year."""
        if year not in YEARS:
            return ()
        begin = datetime(year, 1, 1)  # noqa: DTZ001 - wall time is meant
        hours = _parsed(self.hours, self._country, self._part, year)
        open_ = [
            (since, until)
            for since, until, state, _ in hours.intervals(begin, begin.replace(year=year + 1))
            if state == opening_hours.State.OPEN
        ]
        return tuple(_without(open_, self._off))


def _until(stretch: WallStretch) -> datetime:
    return stretch[1]


def _without(open_: list[WallStretch], off: Sequence[Days]) -> list[WallStretch]:
    """What is left of open stretches without the days off."""
    for first, last in off:
        closes, opens = (datetime(day.year, day.month, day.day) for day in (first, min(last, date.max - _DAY) + _DAY))  # noqa: DTZ001 - wall time is meant
        pieces = [[(since, min(until, closes)), (max(since, opens), until)] for since, until in open_]
        open_ = [(since, until) for each in pieces for since, until in each if since < until]
    return open_


@lru_cache(maxsize=256)
def holidays_of(code: str) -> tuple[str, str]:
    """The country and the part of it that "DE-NW" means, as the library calls them. Raises `WrongUse` where there are none."""
    country, _, part = code.strip().partition("-")
    country = country.upper()
    if not country:
        return "", ""
    if country not in EntityLoader.get_country_codes():
        raise WrongUse(f'there are no holidays for "{code}"; write a country and its part as in "DE-NW", or "DE"')
    # only the country that is named: asked for all their parts the library loads every country
    calendar = getattr(holiday_calendars, country)
    parts = {each.casefold(): each for each in calendar.subdivisions}
    parts |= {each.casefold(): named for each, named in getattr(calendar, "subdivisions_aliases", {}).items()}
    if part and part.casefold() not in parts:
        near = get_close_matches(part.casefold(), parts, 1, 0.75)
        said = f"did you mean {country}-{parts[near[0]]}?" if near else f"there are {', '.join(calendar.subdivisions)}"
        raise WrongUse(f'"{code}" is no part of {country} with holidays of its own; {said}')
    return country, parts[part.casefold()] if part else ""


def _check(hours: str) -> None:
    """Refuse what cannot be read. Raises `WrongUse`."""
    if not hours or len(hours) > _LONGEST:
        raise WrongUse(f"the opening hours are {'too long' if hours else 'empty'}; {MEANT}")
    for named, said in _NOT_KNOWN:
        if named.search(COMMENT.sub("", hours)):
            raise WrongUse(f'the opening hours "{hours}" {said}')
    lacking = next((found[0] for found in _DATE.finditer(hours) if int(found[2]) > _LAST[_MONTHS.index(found[1])]), "")
    if lacking:
        raise WrongUse(f'the opening hours "{hours}" name "{lacking}", a day that no year has; {MEANT}')
    try:
        opening_hours.OpeningHours(hours)
    except opening_hours.ParserError as error:  # type: ignore[attr-defined]  # its stub leaves it out
        column = re.search(r"--> 1:(\d+)", str(error))
        where = f" at its character {column[1]}" if column else ""
        raise WrongUse(f'the opening hours "{hours}" cannot be read{where}; {MEANT}') from None
    try:
        opening_hours.OpeningHours(_with_dates(hours, [date(2026, 1, 1), date(2026, 1, 6)]))
    except opening_hours.ParserError:  # type: ignore[attr-defined]  # its stub leaves it out
        said = "holidays together with what is only understood without them; write a rule of its own for PH"
        raise WrongUse(f'the opening hours "{hours}" name {said}, as in "PH off" or "PH 10:00-12:00"') from None


@lru_cache(maxsize=256)
def _parsed(hours: str, country: str, part: str, year: int) -> opening_hours.OpeningHours:
    """The hours with the holidays of a year and its neighbours in place of PH."""
    days = [
        day
        for each in (year - 1, year, year + 1)
        for day in (_holidays(country, part, each) if country and each in YEARS else ())
    ]
    return opening_hours.OpeningHours(_with_dates(hours, sorted(days)))


@lru_cache(maxsize=256)
def _holidays(country: str, part: str, year: int) -> dict[date, str]:
    """The holidays of a year with their names, in a language of the country."""
    language = getattr(holiday_calendars, country).default_language  # else it goes by the locale of whoever asks
    return dict(holiday_calendars.country_holidays(country, subdiv=part or None, years=year, language=language).items())


def _with_dates(hours: str, days: Sequence[date]) -> str:
    """The hours with dates in place of PH: the library knows the holidays of whole countries only.

    "Sa,PH 10:00-12:00" means either, so it becomes two rules: a list of dates would narrow the Saturdays. Comments say nothing of when.
    """
    rules = []
    for rule in _RULE.split(COMMENT.sub('"said"', hours)):
        if not _HOLIDAY.search(rule):
            rules.append(rule)
            continue
        selector = re.match(r"(?:(?:Mo|Tu|We|Th|Fr|Sa|Su|PH)(?:\s*[-,]\s*)?)+(?!\w)", rule)
        listed = [day.strip() for day in selector[0].split(",")] if selector else []
        others = [day for day in listed if day and day != "PH"]
        if selector and "PH" in listed and others:
            rest = rule[selector.end() :].strip()
            rules += [f"{','.join(others)} {rest}", f"{_listed(days)} {rest}"]
        else:
            rules.append(_HOLIDAY.sub(lambda found: _listed(days, int(found[1] or 0)), rule))
    return "; ".join(rules)


def _listed(days: Sequence[date], shifted: int = 0) -> str:
    """A list of dates; one that never is where there are none."""
    moved = [day + shifted * _DAY for day in days]
    return ",".join(f"{day.year} {_MONTHS[day.month - 1]} {day.day:02d}" for day in moved) or _NEVER
