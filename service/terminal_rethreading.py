"""On the terminal: what today's policy would thread otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from service.harmless import line
from service.terminal_grid import Column, grid

_BESIDE = 40
"""Columns that the message, its sender and its subject need at least."""


def differences(to: Console, rows: Sequence[dict[str, Any]]) -> None:
    """A line for each: the first of its messages, and from where it would go to where; below it why, and what would be left.

    No handle is cut off, as an agent types it: where one has no room on that line, all of them stand below it.
    """
    fits = max(cell_len(_ways(row)) for row in rows) <= to.width - _BESIDE
    columns = [Column("message"), Column("from", 10, 40), Column("subject", 8, 40)]
    grid(
        to,
        [*columns, Column("would go")] if fits else columns,
        [_cells(row)[: 4 if fits else 3] for row in rows],
        under={number: _under(row, with_ways=not fits) for number, row in enumerate(rows)},
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


def _under(row: dict[str, Any], *, with_ways: bool) -> Text:
    left = f" (left: {row['left']})" if row["left"] else ""
    ways = Text(_ways(row) + "\n" if with_ways else "", "handle")
    return ways.append(line(row["messages"][0]["because"] + left), "quiet")
