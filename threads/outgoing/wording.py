"""Moments and names in the words of a letter, German and English."""

from __future__ import annotations

import textwrap
import unicodedata
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

_DAYS = {
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    "de": ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
           "Dezember"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
}  # fmt: skip
_HALF_AN_HOUR = timedelta(minutes=30)
_HALF_A_YEAR = timedelta(days=182)
_LONGEST_NAME = 40
_MOST_WORDS = 4
WIDTH = 72


def by_when(at: datetime, now: datetime, language: str) -> str:
    """A promise: "heute bis 15 Uhr", "am Montag, 5. Januar, bis 10 Uhr"; `at` in the zone in which it is read.

    Rounded up to the next half hour, so that it is never earlier than what was reckoned.
    """
    at = _rounded_up(at)
    today = now.astimezone(at.tzinfo).date()
    yesterday = at.date() - timedelta(days=1)
    if (at.hour, at.minute) == (0, 0) and yesterday >= today:  # nobody reads "bis 0 Uhr" as the end of the day before
        return (
            f"{_day_de(yesterday, today)} bis 24 Uhr"
            if language == "de"
            else f"{_day_en(yesterday, today)} by midnight"
        )
    if language == "de":
        return f"{_day_de(at.date(), today)} bis {_clock_de(at)}"
    return f"{_day_en(at.date(), today)} by {_clock_en(at)}"


def within(since: datetime, until: datetime, now: datetime, language: str) -> str:
    """A promise of a window: "morgen, Dienstag, zwischen 14 und 16 Uhr"; both in the zone in which they are read.

    Where it begins now, or ends on another day, only its end is said, as `by_when` says it.
    """
    ends = until - timedelta(minutes=1) if (until.hour, until.minute) == (0, 0) else until
    if since.astimezone(UTC) - now.astimezone(UTC) < _HALF_AN_HOUR or ends.date() != since.date():
        return by_when(ends, now, language)
    today = now.astimezone(since.tzinfo).date()
    if language == "de":
        begins = f"{since.hour}" if since.minute == 0 else f"{since:%H:%M}"
        return f"{_day_de(since.date(), today)} zwischen {begins} und {_clock_de(ends)}"
    return f"{_day_en(since.date(), today)} between {_clock_en(since)} and {_clock_en(ends)}"


def exactly(at: datetime, now: datetime, language: str) -> str:
    """A moment to the minute, for agents: "heute um 14:45 Uhr", "on Monday, 5 January, at 10:00"; `at` in the zone in which it is read."""
    today = now.astimezone(at.tzinfo).date()
    if language == "de":
        return f"{_day_de(at.date(), today)} um {at:%H:%M} Uhr"
    return f"{_day_en(at.date(), today)} at {at:%H:%M}"


def day_and_time(at: datetime, language: str) -> str:
    """A moment as it stands above a quotation: "5. Januar 2026 um 10:12 Uhr", "5 January 2026 at 10:12"."""
    if language == "de":
        return f"{at.day}. {_MONTHS['de'][at.month - 1]} {at.year} um {at:%H:%M} Uhr"
    return f"{at.day} {_MONTHS['en'][at.month - 1]} {at.year} at {at:%H:%M}"


def month(at: datetime) -> str:
    """The German name of a month."""
    return _MONTHS["de"][at.month - 1]


def salutation(name: str) -> str:
    """A person's name for a greeting, "" where it does not look like one: whoever forges a name gets no text into our mail."""
    name = " ".join(name.split())
    last, comma, first = name.partition(",")
    if comma and "," not in first:
        name = f"{first.strip()} {last.strip()}"
    words = name.split()
    if not words or len(name) > _LONGEST_NAME or len(words) > _MOST_WORDS:
        return ""
    return name if all(_is_name(word) for word in words) else ""


def filled(text: str) -> str:
    """A text with its long lines broken at 72 characters; indented lines stay so, links stay whole."""
    return "\n".join(_filled(line) for line in text.split("\n"))


def shortened(text: str, lines: int, characters: int) -> str:
    """The beginning of a text, with "[...]" where something was left off."""
    kept = text.strip()[:characters].split("\n")[:lines]
    short = "\n".join(kept).rstrip()
    return short if short == text.strip() else f"{short}\n[...]"


def _rounded_up(at: datetime) -> datetime:
    over = timedelta(minutes=at.minute % 30, seconds=at.second, microseconds=at.microsecond)
    rounded = at + (_HALF_AN_HOUR - over) if over else at
    if rounded.date() != at.date():
        rounded = at.replace(second=0, microsecond=0) + timedelta(minutes=bool(at.second or at.microsecond))
    while rounded.replace(fold=0).timestamp() < at.timestamp():
        rounded += _HALF_AN_HOUR  # the hour comes twice, and would be taken for the first one
    return rounded.astimezone(UTC).astimezone(at.tzinfo)  # where summer time begins an hour is not there


def _day_de(day: date, today: date) -> str:
    if day == today:
        return "heute"
    if day == today + timedelta(days=1):
        return f"morgen, {_DAYS['de'][day.weekday()]},"
    return f"am {_DAYS['de'][day.weekday()]}, {day.day}. {_MONTHS['de'][day.month - 1]}{_year(day, today)},"


def _day_en(day: date, today: date) -> str:
    if day == today:
        return "today"
    if day == today + timedelta(days=1):
        return f"tomorrow, {_DAYS['en'][day.weekday()]},"
    return f"on {_DAYS['en'][day.weekday()]}, {day.day} {_MONTHS['en'][day.month - 1]}{_year(day, today)},"


def _year(day: date, today: date) -> str:
    """The year of a day that is so far off that another one could be meant."""
    return f" {day.year}" if abs(day - today) > _HALF_A_YEAR else ""


def _clock_de(at: datetime) -> str:
    return f"{at.hour} Uhr" if at.minute == 0 else f"{at:%H:%M} Uhr"


def _clock_en(at: datetime) -> str:
    if (at.hour, at.minute) == (12, 0):
        return "noon"  # "12 pm" is midnight to some
    hour, half = at.hour % 12 or 12, "am" if at.hour < 12 else "pm"
    return f"{hour} {half}" if at.minute == 0 else f"{hour}:{at:%M} {half}"


def _is_name(word: str) -> bool:
    if word.isalpha():
        return True
    letters = [char for char in word if char not in "-'’."]
    return (
        bool(letters)
        and not word.startswith(".")
        and "." not in word[:-1]
        and all(unicodedata.category(char)[0] in "LM" for char in letters)
    )


@lru_cache(maxsize=256)  # the lines of a template come again with each letter
def _filled(line: str) -> str:
    if len(line) <= WIDTH:
        return line
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.fill(
        line.strip(), WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
