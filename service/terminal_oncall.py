"""Who is on call, on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.text import Text

from service.harmless import line
from service.terminal import parse_time, stamp
from service.terminal_grid import Column, grid

EMPTY = "No [[oncall]] stands in the settings; docs/escalation.md shows one."


def rosters(to: Console, rows: Sequence[dict[str, Any]], now: datetime) -> None:
    """A line for each roster."""
    if not rows:
        to.print(Text(EMPTY))
        return
    columns = [Column("roster", 8, 30), Column("on call", 8, 30), Column("until"), Column("then", 8, 30)]
    grid(to, columns, [_cells(row, now) for row in rows])


def _cells(row: dict[str, Any], now: datetime) -> list[Text]:
    until, following = parse_time(row["until"]), row["next"]
    return [
        Text(line(row["roster"]), "handle"),
        _who(row),
        Text(stamp(until, now, until.tzinfo) if until and until.tzinfo else "further notice"),
        _who(following) if following else Text("", "quiet"),
    ]


def _who(duty: dict[str, Any]) -> Text:
    if duty["agent"] is None:
        return Text("nobody", "late")
    return Text(line(duty["name"] or duty["agent"]))
