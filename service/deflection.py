"""What the comparison of quoted with withheld answers says, as scripts rely on it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from knowledge.statistics import Estimate, difference, share
from templates.amounts import counted
from threads.deflection import SETTING, WITHIN, Deflection, Group

UNCOUNTED = ("clicks on a quoted link", "votes on the website")
"""What is never taken for an answer."""


def report_of(found: Deflection, since: datetime | None, now: datetime, withheld_share: float) -> dict[str, Any]:
    """One report: both groups, the difference with its interval, and what that says."""
    quoted, without = found.quoted, found.without
    apart = difference(quoted.came_back, quoted.conversations, without.came_back, without.conversations)
    return {
        "report": "deflection",
        "since": since.isoformat() if since else None,
        "until": (now - WITHIN).isoformat(),
        "within_days": WITHIN.days,
        "withheld_share": withheld_share,
        "quoted": _group(quoted),
        "withheld": _group(without),
        "difference": asdict(apart) if apart else None,
        "too_young": found.too_young,
        "not_counted": list(UNCOUNTED),
        "says": _says(found, apart, withheld_share),
    }


def _group(group: Group) -> dict[str, Any]:
    came_back = share(group.came_back, group.conversations)
    return {**asdict(group), "share": asdict(came_back) if came_back else None}


def _says(found: Deflection, apart: Estimate | None, withheld_share: float) -> str:
    """Whether the figures show anything, in a sentence."""
    if apart is None:
        return _empty(found, withheld_share)
    if apart.low <= 0 <= apart.high:
        return (
            "The interval holds 0: this does not yet show that quoting an answer changes how often customers come back."
        )
    less = "less" if apart.high < 0 else "more"
    least, most = sorted((abs(apart.low), abs(apart.high)))
    points = f"by {least * 100:.1f} to {most * 100:.1f} percentage points"
    return f"Customers who were quoted an answer came back {less} often, {points}: more than chance explains."


def _empty(found: Deflection, withheld_share: float) -> str:
    """Which group is missing, and what fills it."""
    waiting = f"; {counted(found.too_young, 'conversation')} not {WITHIN.days} days old yet" if found.too_young else ""
    if found.without.conversations:
        return f"Nothing to compare: no answer was quoted {WITHIN.days} days ago or earlier{waiting}."
    how = f"set to {withheld_share:g}" if withheld_share else "off; 0.1 withholds a tenth"
    return (
        f"Nothing to compare: no answer was withheld {WITHIN.days} days ago or earlier ({SETTING} is {how}){waiting}."
    )
