"""Clocks and parts of a day as they stand in a sentence: "halb drei", "2 to 4pm", "vormittags"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time

MAY_FOLLOW = frozenset(
    ["und", "oder", "and", "or", "bis", "to", "until", "till", "-", "–", "—", ",", ".", ";", "!", "?", ")", "/", "am", "morgen",
     "heute", "on", "today", "tomorrow", "any", "in", "an", "unter", "bitte", "please", "o", "morgens", "vormittags", "nachmittags",
     "abends", "mittags", "passt", "erreichbar", "zurueck", "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "monday",
     "tuesday", "wednesday", "thursday", "friday", "auf", "mich", "if", "wenn", "every", "my", "your", "call", "works", "each"]
)  # fmt: skip
"""What may stand behind a mere number that is an hour; what it counts would stand there otherwise."""
PARTS = {
    word: span
    for span, words in {
        (time(6), time(12)): "frueh morgens vormittag vormittags morning mornings",
        (time(12), time(14)): "mittag mittags mittagszeit noon midday lunchtime",
        (time(12, 30), time(18)): "nachmittag nachmittags afternoon afternoons",
        (time(17), time(22)): "abend abends evening evenings tonight",
    }.items()
    for word in words.split()
}


def edge_of(part: tuple[time, time], word: str, *, begins: bool) -> time:
    """What "ab mittags", "by noon" or "after the morning" comes to."""
    if part == PARTS["noon"]:
        return part[0]
    return part[0] if begins and word not in ("nach", "after") else part[1]


def named_clock(tokens: Sequence[str]) -> tuple[time, int] | None:
    """A time of day in words: "halb drei", "half past two", "noon", and how many tokens it took."""
    if tokens[0] in ("noon", "midday"):
        return time(12), 1
    return _half(tokens) if tokens[0] in ("halb", "half") and len(tokens) > 1 else None


def _half(tokens: Sequence[str]) -> tuple[time, int] | None:
    """ "halb drei" is half past two; "half past two" is, too."""
    if tokens[0] == "half":
        hour = hour_of(tokens[2]) if tokens[1:2] == ["past"] and len(tokens) > 2 else None
        return (time(hour, 30), 3) if hour is not None else None
    hour = hour_of(tokens[1])
    return (time((hour - 1) % 24, 30), 2) if hour else None


_HOURS = (["null", "eins", "zwei", "drei", "vier", "fuenf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwoelf"],
          ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"])  # fmt: skip


def hour_of(word: str) -> int | None:
    """An hour, in digits or in words."""
    if word.isascii() and word.isdigit() and len(word) <= 2:
        return int(word) if int(word) < 24 else None
    return next((words.index(word) for words in _HOURS if word in words), None)


def ends_there(tokens: Sequence[str]) -> bool:
    """Whether nothing stands there that goes on with what was read."""
    return not tokens or tokens[0] in MAY_FOLLOW - {"montag", "dienstag", "mittwoch", "donnerstag", "freitag"}


def by_day(clock: time, *, at_night: bool) -> time:
    """An hour from one to six as one of the afternoon, unless it says itself that it is `at_night`."""
    return clock.replace(hour=clock.hour + 12) if 1 <= clock.hour <= 6 and not at_night else clock


def in_order(begins: time, ends: time, *, at_night: bool) -> tuple[time, time]:
    """Two clocks as the ends of a window: "2 to 4pm", "9 to 5"."""
    if at_night and ends.hour >= 12 and begins.hour + 12 <= ends.hour:
        begins = begins.replace(hour=begins.hour + 12)
    begins, ends = by_day(begins, at_night=False), by_day(ends, at_night=at_night)
    if ends <= begins and ends.hour < 12:
        ends = ends.replace(hour=ends.hour + 12)
    return (begins, ends) if begins < ends else (begins, time(23, 59))


def next_year(day: date) -> date | None:
    """The same day of the next year that has it."""
    for ahead in range(1, 5):
        try:
            return day.replace(year=day.year + ahead)
        except ValueError:
            continue
    return None
