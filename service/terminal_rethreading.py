"""On the terminal: what today's policy would thread otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from service.harmless import line
from service.terminal_grid import Column, grid


def differences(to: Console, rows: Sequence[dict[str, Any]]) -> None:
    """A line for each: the first of its messages, and from where it would go to where; below it why, and what would be left."""
    columns = [Column("message"), Column("from", 10, 40), Column("subject", 8, 40), Column("would go", 24, 80)]
    grid(
        to,
        columns,
        [_cells(row) for row in rows],
        under={number: Text(_under(row), "quiet") for number, row in enumerate(rows)},
    )


def _cells(row: dict[str, Any]) -> list[Text]:
    first, *others = row["messages"]
    more = f" +{len(others)}" if others else ""
    return [
        Text(first["message"] + more, "handle"),
        Text(line(first["from"]), "customer"),
        Text(line(first["subject"]) or "(no subject)"),
        Text(_ways(row), "handle"),
    ]


def _ways(row: dict[str, Any]) -> str:
    if row["becomes"] == "merged":
        return f"{row['from']} = {row['to']}"
    return f"{row['from']} → {row['to'] or 'its own'}"


def _under(row: dict[str, Any]) -> str:
    left = f" (left: {row['left']})" if row["left"] else ""
    return line(row["messages"][0]["because"] + left)
