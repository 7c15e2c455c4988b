"""Working time counted minute by minute: written without a look at how the desk does it, to be compared with it.

A calendar is a value of its own here. A minute counts where the wall time at which it begins is open: that is looked up in plain data,
and only written down in OpenStreetMap's syntax for the desk.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays as public
from hypothesis import strategies as st

from threads.hours import Calendar
from threads.working import Chronicle

WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
Span = tuple[int, int]
"""Minutes of the day; the second is smaller where it is over midnight."""


@cache
def public_holidays(code: str) -> frozenset[date]:
    country, _, part = code.partition("-")
    return (
        frozenset(public.country_holidays(country, subdiv=part or None, years=range(2009, 2031)))
        if code
        else frozenset()
    )


@dataclass(frozen=True)
class Plain:
    """Hours as plain data."""

    rules: tuple[tuple[frozenset[int], tuple[Span, ...]], ...]
    """On these weekdays (0 is Monday) at these times."""
    on_holidays: tuple[Span, ...] | None = None
    """None: as on any day; (): closed."""
    off: tuple[tuple[date, date], ...] = ()
    zone: str = "Europe/Berlin"
    holidays: str = ""

    def open_minutes(self, day: date) -> bytearray:
        """For each minute of a day on the wall whether it is open."""
        minutes = bytearray(24 * 60)
        if any(first <= day <= last for first, last in self.off):
            return minutes
        if self.on_holidays is not None and day in public_holidays(self.holidays):
            for begin, end in self.on_holidays:
                minutes[begin:end] = b"\1" * (end - begin)
            return minutes
        for weekdays, spans in self.rules:
            for begin, end in spans:
                if day.weekday() in weekdays:
                    minutes[begin : end if end > begin else None] = b"\1" * ((end if end > begin else 24 * 60) - begin)
                if (day - DAY).weekday() in weekdays and end <= begin:
                    minutes[:end] = b"\1" * end
        return minutes

    def flags(self, start: datetime, minutes: int) -> list[bool]:
        """Whether each minute from a moment on counts."""
        zone = ZoneInfo(self.zone)
        days: dict[date, bytearray] = {}
        found = []
        for number in range(minutes):
            wall = (start + number * MINUTE).astimezone(zone)
            day = wall.date()
            if day not in days:
                days[day] = self.open_minutes(day)
            found.append(bool(days[day][wall.hour * 60 + wall.minute]))
        return found

    @property
    def written(self) -> str:
        """In OpenStreetMap's syntax."""
        usual = ", ".join(f"{self._days(weekdays)} {self._spans(spans)}" for weekdays, spans in self.rules)
        if self.on_holidays is None:
            return usual
        return f"{usual}; PH {self._spans(self.on_holidays) or 'off'}"

    @staticmethod
    def _days(weekdays: frozenset[int]) -> str:
        return ",".join(WEEKDAYS[each] for each in sorted(weekdays))

    @staticmethod
    def _spans(spans: tuple[Span, ...]) -> str:
        return ",".join(f"{b // 60:02}:{b % 60:02}-{e // 60:02}:{e % 60:02}" for b, e in spans)

    @property
    def calendar(self) -> Calendar:
        off = [f"{first}" if first == last else f"{first}..{last}" for first, last in self.off]
        return Calendar(self.written, self.zone, self.holidays, off, today=date(2026, 1, 1))


LAENDER = [f"DE-{land}" for land in [
    "BB", "BE", "BW", "BY", "HB", "HE", "HH", "MV", "NI", "NW", "RP", "SH", "SL", "SN", "ST", "TH", "Augsburg",
]]  # fmt: skip
ZONES = (
    ["Europe/Berlin"] * 8
    + [
        "America/New_York",
        "America/St_Johns",
        "America/Santiago",
        "America/Havana",
        "Africa/Casablanca",
        "Africa/Cairo",
    ]
    + [
        "Asia/Beirut",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Pacific/Chatham",
        "Pacific/Apia",
        "Antarctica/Troll",
        "UTC",
    ]
)
_TURNS = [
    datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC), datetime(2027, 3, 28, 1, tzinfo=UTC),
    datetime(2027, 10, 31, 1, tzinfo=UTC), datetime(2028, 2, 29, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC), datetime(2026, 10, 3, 15, 30, tzinfo=UTC), datetime(2011, 12, 30, 10, tzinfo=UTC),
    datetime(2026, 3, 8, 7, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC), datetime(2026, 12, 24, tzinfo=UTC),
]  # fmt: skip
"""Summer time of Berlin, a leap day, the turn of a year; summer time of Lord Howe, the day that Apia skipped, New York; Christmas."""

_minute = st.one_of(st.integers(0, 47).map(lambda each: each * 30), st.integers(0, 24 * 60 - 1))
_span = st.tuples(_minute, _minute).filter(lambda each: each[0] != each[1])
_day_span = _span.map(lambda each: (min(each), max(each)))
_rule = st.tuples(st.frozensets(st.integers(0, 6), min_size=1), st.lists(_span, min_size=1, max_size=2).map(tuple))
_day = st.integers(0, 800).map(lambda each: date(2026, 1, 1) + each * DAY)
_off = st.lists(st.tuples(_day, st.integers(0, 6)).map(lambda each: (each[0], each[0] + each[1] * DAY)), max_size=12)
moments = st.one_of(
    st.tuples(st.sampled_from(_TURNS), st.integers(-3 * 24 * 60, 2 * 24 * 60)).map(
        lambda each: each[0] + each[1] * MINUTE
    ),
    st.integers(0, 800 * 24 * 60).map(lambda each: datetime(2026, 1, 1, tzinfo=UTC) + each * MINUTE),
)
"""Whole minutes, often near to where something turns."""
plain = st.one_of(
    st.builds(
        Plain,
        st.lists(_rule, min_size=1, max_size=2).map(tuple),
        st.one_of(st.none(), st.just(()), st.lists(_day_span, min_size=1, max_size=1).map(tuple)),
        _off.map(tuple),
        st.sampled_from(ZONES),
        st.sampled_from([*LAENDER, "DE", "AT", "CH-ZH", "FR", "US", "AU-NSW", "WS", ""]),
    ),
    st.builds(
        Plain,
        st.just(((frozenset(range(7)), ((0, 24 * 60),)),)),
        st.sampled_from([None, ()]),
        _off.map(tuple),
        st.sampled_from(ZONES),
        st.sampled_from(LAENDER),
    ),
)
"""Calendars of every sort: shifts over midnight, two stretches a day, hours for holidays, days off, day and night."""


def differences(asked: Calendar | Chronicle, flags: list[bool], start: datetime, wanted: int) -> Iterator[str]:
    """Where `between`, `add` and `stretches` say something else than the counter: nothing where all agree."""
    end = start + len(flags) * MINUTE
    total = sum(flags)
    if asked.between(start, end) != total * MINUTE:
        yield f"between: {asked.between(start, end)}, counted {total} minutes"
    yield from _of_add(asked, flags, start, wanted % total + 1 if total else 0)
    yield from _of_stretches(asked, flags, start, end)


def _of_add(asked: Calendar | Chronicle, flags: list[bool], start: datetime, wanted: int) -> Iterator[str]:
    if not wanted:
        opens = asked.next_opening(start)
        if opens is not None and opens < start + len(flags) * MINUTE:
            yield f"next_opening: {opens}, though no minute counts"
        return
    places = [place for place, counts in enumerate(flags) if counts]
    if asked.add(start, wanted * MINUTE) != start + (places[wanted - 1] + 1) * MINUTE:
        yield f"add {wanted} minutes: {asked.add(start, wanted * MINUTE)}, counted {start + (places[wanted - 1] + 1) * MINUTE}"
    if asked.next_opening(start) != start + places[0] * MINUTE:
        yield f"next_opening: {asked.next_opening(start)}, counted {start + places[0] * MINUTE}"


def _of_stretches(asked: Calendar | Chronicle, flags: list[bool], start: datetime, end: datetime) -> Iterator[str]:
    told: list[bool] = []
    at = start
    for each in asked.stretches(start, end):
        if each.since != at or each.until <= each.since or each.counts != (each.because == "open"):
            yield f"stretches: {each} after {at}"
        told += [each.counts] * ((each.until - each.since) // MINUTE)
        at = each.until
    if told != flags or (flags and at != end):
        yield f"stretches: {sum(told)} of {len(told)} minutes until {at}, counted {sum(flags)} of {len(flags)}"
