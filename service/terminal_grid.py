"""Lists in columns: as wide as what stands in them, and narrower where the terminal has no room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from service.terminal import cut, hang, pad

_GAP = 2
_INDENT = 10


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, how narrow it may become, and how wide it is at most."""

    name: str
    least: int | None = None
    """None: it is never cut off."""
    most: int = 200
    right: bool = False


def grid(
    to: Console,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Text]],
    *,
    under: Mapping[int, Text] | None = None,
    headed: bool = False,
) -> None:
    """A line for each row; a column in which nothing stands is left out.

    Headings are for those who look on; `headed` shows them in a pipe as well, where figures mean nothing without.
    `under` holds what stands below a row, by the row's number.
    """
    used = [number for number in range(len(columns)) if any(row[number].plain for row in rows)]
    columns = [columns[number] for number in used]
    rows = [[row[number] for number in used] for row in rows]
    widths = _widths(columns, rows, to.width)
    if headed or to.is_terminal:
        _print(to, [Text(column.name, "quiet") for column in columns], columns, widths)
    for number, row in enumerate(rows):
        _print(to, row, columns, widths)
        if under and number in under:
            hang(to, Text(" " * _INDENT), under[number])


def _widths(columns: Sequence[Column], rows: Sequence[Sequence[Text]], room: int) -> list[int]:
    """As wide as the content; where that is too much, the widest that may give way does, until all fit."""
    widths = [
        min(column.most, max(cell_len(each.plain) for each in (Text(column.name), *(row[number] for row in rows))))
        for number, column in enumerate(columns)
    ]
    least = [
        width if column.least is None else min(width, column.least)
        for column, width in zip(columns, widths, strict=True)
    ]
    over = sum(widths) + _GAP * (len(widths) - 1) - room
    while over > 0:
        widest = max(range(len(widths)), key=lambda number: (widths[number] > least[number], widths[number]))
        if widths[widest] <= least[widest]:
            break
        widths[widest] -= 1
        over -= 1
    return widths


def _print(to: Console, row: Sequence[Text], columns: Sequence[Column], widths: Sequence[int]) -> None:
    shown = Text()
    for cell, column, width in zip(row, columns, widths, strict=True):
        text = cut(cell.plain, width).rjust(width) if column.right else pad(cell.plain, width)
        shown.append(text, cell.style).append(" " * _GAP)
    shown.rstrip()
    shown.truncate(to.width, overflow="ellipsis")
    to.print(shown, soft_wrap=True)
