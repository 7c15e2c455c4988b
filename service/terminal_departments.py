"""Departments on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from service.harmless import line
from service.terminal_grid import Column, grid

EMPTY = "No [[department]] stands in the settings; docs/settings.md says what one has."


def departments(to: Console, rows: Sequence[dict[str, Any]]) -> None:
    """A line for each department."""
    if not rows:
        to.print(Text(EMPTY))
        return
    columns = [Column("department", 8, 30), Column("open"), Column("members", 8, 50), Column("mailbox", 8, 40)]
    grid(to, columns, [_cells(row) for row in rows])


def _cells(row: dict[str, Any]) -> list[Text]:
    members = Text(", ").join(_member(each) for each in row["members"])
    return [
        Text(line(row["name"]), "handle"),
        Text(str(row["open"]), "" if row["open"] else "quiet"),
        members if row["members"] else Text("nobody", "late"),
        Text(line(row["mailbox"]), "quiet"),
    ]


def _member(member: dict[str, Any]) -> Text:
    named = line(member["name"] or member["agent"])
    return Text(named) if member["there"] else Text(f"{named} (no agent)", "late")
