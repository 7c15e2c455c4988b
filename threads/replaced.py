"""Opening hours that never count: a rule after a semicolon takes the place of all that was said of its days.

Of "Mo-Fr 08:00-12:00; Mo-Fr 13:00-17:00" only the afternoons are left, which is rarely meant; a comma keeps both
(https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification, "normal rule" and "additional rule").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from storage.errors import WrongUse
from threads.opening import COMMENT, Opening, WallStretch

_CLOSES = re.compile(r"\b(?:off|closed)\b")
_OF_YEARS = re.compile(r"\b(?:19|20)\d\d\b")
_YEAR = 2028
"""A leap year, in which every day that a rule can name is one."""


def replaced_rules(hours: str, holidays: str = "") -> Iterator[str]:
    """What to say of each rule that opens, and without which the hours would be the same; one for certain years may count in them."""
    rules = Opening(hours, holidays).rules
    with_all = _open_for(hours, holidays)
    for number, rule in enumerate(rules[:-1]):
        said = COMMENT.sub("", rule)
        if _CLOSES.search(said) or _OF_YEARS.search(said):
            continue
        without = _open_for("; ".join(rules[:number] + rules[number + 1 :]), holidays)
        if with_all is not None and with_all == without:
            yield (
                f'"{rule}" never counts: what stands after a semicolon takes the place of all that is said of its days before it; '
                "a comma in place of the semicolon keeps both"
            )


def _open_for(hours: str, holidays: str) -> Sequence[WallStretch] | None:
    """The open stretches of a year; None where they cannot be read, as some only can together with others."""
    try:
        return Opening(hours, holidays).of_year(_YEAR)
    except WrongUse:
        return None
