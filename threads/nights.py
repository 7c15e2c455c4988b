"""Nights that opening hours cut off at midnight: after a semicolon a rule takes the place of all that was said of its days.

"Mo-Fr 22:00-06:00; Sa 10:00-12:00" ends the night of Friday at midnight, which is rarely meant; with a comma its morning stays
(https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification, "normal rule" and "additional rule").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from storage.errors import WrongUse
from threads.opening import COMMENT, Opening

_DAY = timedelta(days=1)
_CLOSES = re.compile(r"\b(?:off|closed)\b")
_YEAR = 2028
"""A leap year, in which every day that a rule can name is one."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A rule that cuts a night, and the first day of a year whose morning it drops."""

    rule: str
    day: date

    @property
    def because(self) -> str:
        """What it does, and how to mend it."""
        return (
            f'"{self.rule}" takes the place of all that is said of its days before it, so a night from '
            f"{self.day - _DAY:%A} to {self.day:%A} ends at midnight; "
            "a comma in place of the semicolon before it keeps the morning"
        )


def cut_nights(hours: str, holidays: str = "") -> Iterator[Cut]:
    """Each rule that drops the morning of a night which a rule before it opens; what only closes is meant so."""
    rules = Opening(hours, holidays).rules
    for number, rule in enumerate(rules[1:], 1):
        if _CLOSES.search(COMMENT.sub("", rule)):
            continue
        try:
            before, after = (Opening("; ".join(rules[:end]), holidays).of_year(_YEAR) for end in (number, number + 1))
        except WrongUse:  # only together they can be read
            continue
        nights = {since for since, until in before if _is_night(since, until)}
        day = next((until.date() for since, until in after if since in nights and until == _midnight(since)), None)
        if day is not None:
            yield Cut(rule, day)


def _is_night(since: datetime, until: datetime) -> bool:
    return _midnight(since) < until <= since + _DAY


def _midnight(since: datetime) -> datetime:
    """When the day of a wall time ends."""
    return datetime.combine(since.date() + _DAY, time())
