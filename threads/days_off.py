"""Days off: single ones, and several in a row."""

from __future__ import annotations

from datetime import date

from storage.errors import WrongUse

Days = tuple[date, date]
"""The first day and the last, both off."""


def day_off(text: str) -> Days:
    """What "2026-12-24" or "2026-12-31..2027-01-02" says. Raises `WrongUse` for anything else."""
    first, dots, last = (part.strip() for part in text.partition(".."))
    try:
        days = date.fromisoformat(first), date.fromisoformat(last if dots else first)
    except ValueError:
        days = date.max, date.min
    if days[0] > days[1]:
        raise WrongUse(
            f'"{text}" is no day off; write it as in "2026-12-24", or "2026-12-31..2027-01-02" for several in a row'
        )
    return days
