"""When a conversation that was put aside comes back: a small grammar, German and English.

    wish     = part { part }                in any order, each sort at most once
    part     = day | duration | clock | daypart
    day      = today | tomorrow | weekday | date | next week | next month
    duration = ["in"] number unit           "in 3 Tagen", "2h", "in einer Woche"
    clock    = "9 Uhr", "9:30", "9.30 Uhr", "9am", "12 noon"
    daypart  = morning | noon | afternoon | evening

A day without a clock means the morning, a clock without a day its next time. The answer always lies in the future.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from storage.errors import WrongUse

MORNING = time(8)
LATEST_FOR, _LONGEST = timedelta(days=5 * 366), 100
EXAMPLES = 'say it as in "tomorrow 9am", "Montag 8 Uhr", "in 3 Tagen", "next week" or "2026-12-24 10:00"'

TOKEN = re.compile(r"\d+|[^\W\d_]+|[:.+-]|\S")
"""What a text is read by, in lower case: numbers, words, and signs one by one."""
_FILLERS = frozenset(
    word
    for words in (
        "um den der dem des bis zu zum von ab wieder gegen am im",
        "at on the until till back again o ' clock ,",
    )
    for word in words.split()
)
_NUMBERS = {
    word: number
    for number, words in enumerate(
        (
            "",
            "ein eine einem einer eines einen one a an",
            "zwei two",
            "drei three",
            "vier four",
            "fünf fuenf five",
            "sechs six",
            "sieben seven",
            "acht eight",
            "neun nine",
            "zehn ten",
            "elf eleven",
            "zwölf zwoelf twelve",
        )
    )
    for word in words.split()
}
_WEEKDAYS = {
    word: number
    for number, words in enumerate(
        (
            "montag mo monday mon",
            "dienstag di tuesday tue tues",
            "mittwoch mi wednesday wed",
            "donnerstag do thursday thu thurs",
            "freitag fr friday fri",
            "samstag sonnabend sa saturday sat",
            "sonntag so sunday sun",
        )
    )
    for word in words.split()
}
_MONTHS = {
    word: number + 1
    for number, words in enumerate(
        (
            "januar january jan jänner",
            "februar february feb",
            "märz maerz march mär mar",
            "april apr",
            "mai may",
            "juni june jun",
            "juli july jul",
            "august aug",
            "september sep sept",
            "oktober october okt oct",
            "november nov",
            "dezember december dez dec",
        )
    )
    for word in words.split()
}
_UNITS = {
    word: unit
    for unit, words in {
        "minutes": "min mins minute minuten minutes m",
        "hours": "h std stunde stunden hour hours hr hrs",
        "days": "d tag tage tagen day days",
        "weeks": "w woche wochen week weeks",
        "months": "monat monate monaten month months",
    }.items()
    for word in words.split()
}
_DAYPARTS = {
    word: clock
    for clock, words in {
        MORNING: "früh frueh morgens vormittag vormittags morning",
        time(12): "mittag mittags noon",
        time(14): "nachmittag nachmittags afternoon",
        time(18): "abend abends evening tonight",
    }.items()
    for word in words.split()
}
_NEXT = frozenset(["nächste", "nächsten", "nächster", "nächstes", "naechste", "naechsten", "naechster", "next"])


@dataclass(frozen=True, slots=True)
class Wish:
    """What was read so far: each slot at most once."""

    day: date | None = None
    near: bool = False
    """The day may be moved on a week (a weekday) where its time is over."""
    yearly: bool = False
    """The day may be moved on a year (a date without one)."""
    clock: time | None = None
    hours_for: timedelta | None = None
    days_for: int | None = None
    months_for: int | None = None


Reading = tuple[Wish, int]
"""What was read, and how many tokens it took."""


def until(text: str, now: datetime, zone: tzinfo) -> datetime:
    """The moment that is meant, after `now`, in UTC. Raises `WrongUse` where it cannot be read or is over."""
    tokens = _tokens(text)
    today = now.astimezone(zone).date()
    wish = Wish()
    while tokens:
        read = next((found for reader in _READERS if (found := reader(tokens, wish, today))), None)
        if read is None:
            raise WrongUse(f"{text[:_LONGEST]!r} is no time that I understand; {EXAMPLES}")
        wish, taken = read
        tokens = tokens[taken:]
    try:
        return _in_future(wish, text, now, zone)
    except (OverflowError, ValueError):
        raise WrongUse(f"{text[:_LONGEST]!r} is too far away; {EXAMPLES}") from None


def day_at(tokens: list[str], today: date) -> tuple[Wish, int] | None:
    """The day that some tokens begin with, as a wish, and how many tokens it took; None where they name none."""
    return next(
        (found for reader in (_read_next, _read_date, _read_day) if (found := reader(tokens, Wish(), today))), None
    )


def clock_at(tokens: list[str]) -> tuple[time, int] | None:
    """The time of day that some tokens begin with, also a mere hour, and how many tokens it took."""
    found = _read_clock(tokens, Wish(), date.min)
    return (found[0].clock, found[1]) if found and found[0].clock is not None else None


def for_at(tokens: list[str], today: date) -> tuple[timedelta, int] | None:
    """The time that some tokens say to wait, "in 2 Stunden" or "3 days", and how many tokens it took."""
    found = _read_duration(tokens, Wish(), today) if tokens else None
    is_one = found is not None and found[0].months_for is None
    return (found[0].hours_for or timedelta(days=found[0].days_for or 0), found[1]) if found and is_one else None


def _tokens(text: str) -> list[str]:
    if len(text) > _LONGEST:
        raise WrongUse(f"that is too long for a time; {EXAMPLES}")
    tokens = TOKEN.findall(re.sub(r"(\d{4}-\d\d-\d\d)[tT](?=\d)", r"\1 ", text).casefold())
    kept = [
        word
        for place, word in enumerate(tokens)
        # "am Montag" fills, "9 am" does not
        if word not in _FILLERS or (word == "am" and place and tokens[place - 1].isdigit())
    ]
    if not kept:
        raise WrongUse(f"until when? {EXAMPLES}")
    return kept


def _in_future(wish: Wish, text: str, now: datetime, zone: tzinfo) -> datetime:
    if wish.hours_for is not None:
        if wish != Wish(hours_for=wish.hours_for):
            raise WrongUse(f"{text!r} names a time twice; {EXAMPLES}")
        return _checked(now.astimezone(UTC) + wish.hours_for, text, now)
    local = now.astimezone(zone)
    moments = (_moment(each, _clock(wish, each, local), zone) for each in _days(wish, local.date()))
    return _checked(next((moment for moment in moments if moment > now), None), text, now)


def _checked(moment: datetime | None, text: str, now: datetime) -> datetime:
    if moment is None or moment <= now:
        raise WrongUse(f"{text!r} is over already; {EXAMPLES}")
    if moment - now > LATEST_FOR:
        raise WrongUse(f"{text!r} is more than five years away; {EXAMPLES}")
    return moment


def _moment(day: date, clock: time, zone: tzinfo) -> datetime:
    # through UTC: an hour that the change to summer time leaves out becomes the one after it
    return datetime.combine(day, clock, zone).astimezone(UTC)


def _clock(wish: Wish, day: date, local: datetime) -> time:
    if wish.clock is not None:
        return wish.clock
    if wish.day is None and wish.days_for is not None:
        return local.time().replace(microsecond=0)
    return time(18) if day == local.date() else MORNING


def _days(wish: Wish, today: date) -> tuple[date, ...]:
    """The days that may be meant, the nearest first."""
    if wish.days_for is not None or wish.months_for is not None:
        return (_months_on(today, wish.months_for or 0) + timedelta(days=wish.days_for or 0),)
    if wish.day is None:
        return (today, today + timedelta(days=1), today + timedelta(days=2))
    if wish.near:
        return (wish.day, wish.day + timedelta(days=7))
    if wish.yearly:
        return tuple(day for ahead in range(5) if (day := _date(wish.day.year + ahead, wish.day.month, wish.day.day)))
    return (wish.day,)


def _months_on(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return next(found for back in range(4) if (found := _date(year, month + 1, day.day - back)))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _read_next(tokens: list[str], wish: Wish, today: date) -> Reading | None:
    """ "nächste Woche", "next month", "next Monday"."""
    if tokens[0] not in _NEXT or len(tokens) < 2 or wish.day:
        return None
    word = tokens[1]
    if _UNITS.get(word) == "weeks":
        return replace(wish, day=today + timedelta(days=7 - today.weekday())), 2
    if _UNITS.get(word) == "months":
        return replace(wish, day=_months_on(today.replace(day=1), 1)), 2
    if word in _WEEKDAYS:
        return replace(wish, day=today + timedelta(days=(_WEEKDAYS[word] - today.weekday() - 1) % 7 + 1)), 2
    return None


def _read_duration(tokens: list[str], wish: Wish, today: date) -> Reading | None:  # noqa: ARG001 - one signature for all readers
    """ "in 3 Tagen", "2h", "eine Woche"."""
    start = 1 if tokens[0] == "in" else 0
    if len(tokens) < start + 2 or tokens[start + 1] not in _UNITS:
        return None
    number, unit = _number(tokens[start]), _UNITS[tokens[start + 1]]
    if number is None or wish.day or _is_duration(wish):
        return None
    if unit in ("minutes", "hours"):
        return replace(wish, hours_for=timedelta(**{unit: number})), start + 2
    if unit == "months":
        return replace(wish, months_for=number, days_for=0), start + 2
    return replace(wish, days_for=number * (7 if unit == "weeks" else 1)), start + 2


def _is_duration(wish: Wish) -> bool:
    return wish.hours_for is not None or wish.days_for is not None


def _number(token: str) -> int | None:
    if token in _NUMBERS:
        return _NUMBERS[token]
    return int(token) if token.isascii() and token.isdigit() and len(token) <= 5 else None


def _read_day(tokens: list[str], wish: Wish, today: date) -> Reading | None:
    """ "heute", "tomorrow", "übermorgen", a weekday."""
    if wish.day or _is_duration(wish):
        return None
    if tokens[:3] == ["day", "after", "tomorrow"]:
        return replace(wish, day=today + timedelta(days=2)), 3
    word = tokens[0]
    ahead = {"heute": 0, "today": 0, "morgen": 1, "tomorrow": 1, "übermorgen": 2, "uebermorgen": 2}.get(word)
    if ahead is not None:
        return replace(wish, day=today + timedelta(days=ahead)), 1
    if word in _WEEKDAYS:
        dot = 2 if tokens[1:2] == ["."] else 1
        return replace(wish, day=today + timedelta(days=(_WEEKDAYS[word] - today.weekday()) % 7), near=True), dot
    if word == "tonight" and wish.clock is None:
        return replace(wish, day=today, clock=time(18)), 1
    return None


def _read_date(tokens: list[str], wish: Wish, today: date) -> Reading | None:
    """2026-12-24, 24.12.2026, 24.12., 24. Dezember, 24 December 2026, December 24."""
    if wish.day or _is_duration(wish):
        return None
    for read in (_iso, _german, _named):
        if found := read(tokens, today):
            day, yearly, taken = found
            return replace(wish, day=day, yearly=yearly), taken
    return None


Dated = tuple[date, bool, int]
"""The day, whether its year is open, and how many tokens it took."""


def _iso(tokens: list[str], today: date) -> Dated | None:  # noqa: ARG001 - one signature for all
    if len(tokens) < 5 or tokens[1] != "-" or tokens[3] != "-" or not _digits(tokens[0], 4):
        return None
    day = _day(tokens[0], tokens[2], tokens[4])
    return (day, False, 5) if day else None


def _german(tokens: list[str], today: date) -> Dated | None:
    if len(tokens) < 4 or tokens[1] != "." or tokens[3] != ".":
        return None
    if len(tokens) > 4 and _digits(tokens[4], 4) and len(tokens[4]) == 4:
        day = _day(tokens[4], tokens[2], tokens[0])
        return (day, False, 5) if day else None
    return _open_year(tokens[2], tokens[0], today, 4)


def _named(tokens: list[str], today: date) -> Dated | None:
    words = [word for word in tokens[:4] if word != "."]
    dots = len(tokens[:4]) - len(words)
    if len(words) < 2:
        return None
    number, month = (words[0], words[1]) if words[1] in _MONTHS else (words[1], words[0])
    if month not in _MONTHS:
        return None
    if len(words) > 2 and _digits(words[2], 4):
        day = _day(words[2], str(_MONTHS[month]), number)
        return (day, False, 3 + dots) if day else None
    return _open_year(str(_MONTHS[month]), number, today, 2 + dots)


def _open_year(month: str, day: str, today: date, taken: int) -> Dated | None:
    found = next((it for ahead in range(5) if (it := _day(str(today.year + ahead), month, day))), None)
    return (found, True, taken) if found else None


def _day(year: str, month: str, day: str) -> date | None:
    if not (_digits(year, 4) and _digits(month, 2) and _digits(day, 2)):
        return None
    return _date(int(year), int(month), int(day))


def _digits(token: str, most: int) -> bool:
    return token.isascii() and token.isdigit() and len(token) <= most


def _read_clock(tokens: list[str], wish: Wish, today: date) -> Reading | None:  # noqa: ARG001 - one signature for all readers
    """ "9 Uhr", "9 Uhr 30", "9:30", "9.30 Uhr", "9am", "9:30 pm"."""
    if wish.clock is not None or not _digits(tokens[0], 2):
        return None
    hour, minute, taken = int(tokens[0]), 0, 1
    if len(tokens) > 2 and tokens[1] in ":." and _digits(tokens[2], 2) and len(tokens[2]) == 2:
        minute, taken = int(tokens[2]), 3
    if tokens[taken : taken + 2] == [":", "00"]:
        taken += 2
    word = tokens[taken] if len(tokens) > taken else ""
    if word in ("am", "pm"):
        hour, taken = (hour % 12 + (12 if word == "pm" else 0) if 1 <= hour <= 12 else 99), taken + 1
    elif word in ("uhr", "h"):
        taken += 1
        if taken == 2 and len(tokens) > 2 and _digits(tokens[2], 2) and len(tokens) == 3:
            minute, taken = int(tokens[2]), 3
    return (replace(wish, clock=time(hour, minute)), taken) if hour < 24 and minute < 60 else None


def _read_daypart(tokens: list[str], wish: Wish, today: date) -> Reading | None:  # noqa: ARG001 - one signature for all readers
    """ "früh", "abends", "in the afternoon"; after a day also "morgen"."""
    start = 1 if tokens[0] in ("in", "this", "diesen") and len(tokens) > 1 else 0
    word = tokens[start]
    clock = _DAYPARTS.get(word) or (MORNING if word == "morgen" and wish.day else None)
    if clock is None:
        return None
    if wish.clock is None:
        return replace(wish, clock=clock), start + 1
    # "9 Uhr morgens", "7 abends": the clock stands, and is moved to the evening where that is meant
    late = clock >= time(14) and wish.clock.hour < 12
    return replace(wish, clock=wish.clock.replace(hour=wish.clock.hour + 12) if late else wish.clock), start + 1


_READERS: tuple[Callable[[list[str], Wish, date], Reading | None], ...] = (
    _read_next,
    _read_date,
    _read_duration,
    _read_day,
    _read_clock,
    _read_daypart,
)
