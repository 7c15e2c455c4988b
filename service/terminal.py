"""How results look to people: a console in quiet colours that read on dark and on light."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from typing import IO, Any

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text
from rich.theme import Theme

from service.harmless import line

THEME = Theme(
    {
        # named colours only: a terminal chooses their shades to fit its background. No yellow, which is lost on white,
        # no blue, which is lost on black, and no bright ones, which some palettes use for the background itself
        "handle": "bold",
        "customer": "cyan",
        "customer.name": "bold cyan",
        "ours": "green",
        "ours.name": "bold green",
        "machine": "dim",
        "note": "magenta",
        "held": "bold magenta",
        "urgent": "bold red",
        "high": "red",
        "late": "bold red",
        "hint": "dim",
        "quiet": "dim",
    }
)
WIDE = 110
"""Columns from which a terminal counts as wide."""
READABLE = 100
"""Columns of a text at most: longer lines are hard to read."""
_PIPED = 200
"""Columns of a list that nobody looks at: what reads it is to find all of it."""


def console(stream: IO[str] | None = None, *, listing: bool = False) -> Console:
    """A console on stdout: colour only on a terminal and without NO_COLOR, no markup read out of texts.

    A `listing` that goes into a pipe or file is wide, so that nothing which is looked for there is cut off.
    """
    stream = stream or sys.stdout
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure:
        reconfigure(errors="replace")  # an old terminal shows ? for what it has no sign for
    width = _PIPED if listing and not stream.isatty() and not os.environ.get("COLUMNS") else None
    return Console(file=stream, theme=THEME, highlight=False, markup=False, emoji=False, width=width)


def cut(text: str, width: int) -> str:
    """A text in at most `width` columns of a terminal, with … where it was longer."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(0, width - 1)).rstrip() + "…"


def pad(text: str, width: int) -> str:
    """A text in exactly `width` columns."""
    return set_cell_size(cut(text, width), width)


def parse_time(value: str | None) -> datetime | None:
    """A time of a result, or None."""
    return datetime.fromisoformat(value) if value else None


def when(at: datetime, now: datetime, zone: tzinfo) -> str:
    """A time as people say it: "just now", "5 min ago", "in 3 h", "yesterday 14:02", "Mon 09:00", "24 Nov"."""
    gap = now - at
    if abs(gap) < timedelta(minutes=1):
        return "just now" if gap >= timedelta(0) else "in a moment"
    if abs(gap) < timedelta(hours=1):
        return _ago(f"{abs(gap) // timedelta(minutes=1)} min", gap)
    local, today = at.astimezone(zone), now.astimezone(zone)
    days = (local.date() - today.date()).days
    if abs(gap) < timedelta(hours=6) and days == 0:
        return _ago(f"{abs(gap) // timedelta(hours=1)} h", gap)
    return _day(local, days, today)


def _ago(length: str, gap: timedelta) -> str:
    return f"{length} ago" if gap > timedelta(0) else f"in {length}"


def _day(local: datetime, days: int, today: datetime) -> str:
    named = {0: "today", -1: "yesterday", 1: "tomorrow"}.get(days)
    if named:
        return f"{named} {local:%H:%M}"
    if abs(days) < 7:
        return f"{local:%a %H:%M}"
    return f"{local.day} {local:%b}" if local.year == today.year else f"{local.day} {local:%b %Y}"


def stamp(at: datetime, now: datetime, zone: tzinfo) -> str:
    """A time in a timeline: the day and the minute."""
    local = at.astimezone(zone)
    days = (local.date() - now.astimezone(zone).date()).days
    if days in (0, -1):
        return f"{'today' if days == 0 else 'yesterday'} {local:%H:%M}"
    year = "" if local.year == now.astimezone(zone).year else f" {local.year}"
    return f"{local:%a} {local.day} {local:%b}{year}, {local:%H:%M}"


def due(value: str | None, now: datetime, zone: tzinfo) -> Text:
    """By when an answer is due; red and "late" where that is over."""
    at = parse_time(value)
    if at is None:
        return Text("")
    if at > now:
        soon = at - now < timedelta(hours=1)
        return Text(when(at, now, zone), style="high" if soon else "")
    over = now - at
    length = f"{over // timedelta(hours=1)} h" if over < timedelta(days=2) else f"{over.days} days"
    return Text(f"{over // timedelta(minutes=1)} min late" if over < timedelta(hours=1) else f"{length} late", "late")


def person(someone: Mapping[str, Any] | None) -> str:
    """A person's name, or their address where there is none."""
    return line((someone or {}).get("name") or (someone or {}).get("address") or "somebody")


def hang(to: Console, label: Text, body: Text, *, widest: int | None = None) -> None:
    """A text beside its label; where it takes several lines, each begins below the first."""
    inset = cell_len(label.plain)
    room = max(20, min(to.width, widest or to.width) - inset)
    for number, each in enumerate(body.wrap(to, room) or [Text()]):
        each.rstrip()
        to.print(Text.assemble(Text(" " * inset) if number else label, each), soft_wrap=True)


def hint(to: Console, *parts: str) -> None:
    """What one may do next: only where a person looks on. A part stands on one line."""
    if not to.is_terminal:
        return
    lines = [""]
    for part in parts:
        joined = f"{lines[-1]} · {part}" if lines[-1] else part
        if lines[-1] and cell_len(joined) > to.width:
            lines.append(part)
        else:
            lines[-1] = joined
    for each in lines:
        to.print(Text(each, "hint"), soft_wrap=True)
