"""Lists in columns: as wide as what stands in them, and narrower where the terminal has no room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from service.terminal import cut, hang, pad

_GAP = 2
_STUMP = 6
"""Columns that still say something where a terminal is too narrow for a list."""
_INDENT = 10


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, how narrow it may become, and how wide it is at most."""

    name: str
    least: int | None = None
    """None: it is never cut off."""
    most: int = 200
    right: bool = False
    spare: bool = False
    """Left out where the others would have less room than their least with it: they say what it says, if less well."""


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
    columns, rows = _of(columns, rows, [any(row[number].plain for row in rows) for number in range(len(columns))])
    if _room(_least(columns, _wanted(columns, rows))) > to.width:
        columns, rows = _of(columns, rows, [not column.spare for column in columns])
    widths = _widths(columns, rows, to.width)
    if headed or to.is_terminal:
        _print(to, [Text(column.name, "quiet") for column in columns], columns, widths)
    for number, row in enumerate(rows):
        _print(to, row, columns, widths)
        if under and number in under:
            hang(to, Text(" " * _INDENT), under[number])


def _of(
    columns: Sequence[Column], rows: Sequence[Sequence[Text]], kept: Sequence[bool]
) -> tuple[Sequence[Column], Sequence[Sequence[Text]]]:
    """The columns that are kept, and what stands in them."""
    return list(compress(columns, kept)), [list(compress(row, kept)) for row in rows]


def _wanted(columns: Sequence[Column], rows: Sequence[Sequence[Text]]) -> list[int]:
    """As wide as the content."""
    return [
        min(column.most, max(cell_len(each.plain) for each in (Text(column.name), *(row[number] for row in rows))))
        for number, column in enumerate(columns)
    ]


def _least(columns: Sequence[Column], widths: Sequence[int], *, at_most: int = 200) -> list[int]:
    """How narrow each may become."""
    return [
        width if column.least is None else min(width, column.least, at_most)
        for column, width in zip(columns, widths, strict=True)
    ]


def _room(widths: Sequence[int]) -> int:
    """The columns of a terminal that a line takes."""
    return sum(widths) + _GAP * (len(widths) - 1)


def _widths(columns: Sequence[Column], rows: Sequence[Sequence[Text]], room: int) -> list[int]:
    """As wide as the content; where that is too much, the widest that may give way does, until all fit.

    Where not even the least of all fits, the widest gives way all the same: else the last column would be lost.
    """
    widths = _wanted(columns, rows)
    for least in (_least(columns, widths), _least(columns, widths, at_most=_STUMP)):
        _give_way(widths, least, _room(widths) - room)
    return widths


def _give_way(widths: list[int], least: Sequence[int], over: int) -> None:
    """Make the widest narrower, one column of the terminal at a time, as long as it may be."""
    for _ in range(over):
        widest = max(range(len(widths)), key=lambda number: (widths[number] > least[number], widths[number]))
        if widths[widest] <= least[widest]:
            break
        widths[widest] -= 1


def _print(to: Console, row: Sequence[Text], columns: Sequence[Column], widths: Sequence[int]) -> None:
    shown = Text()
    for cell, column, width in zip(row, columns, widths, strict=True):
        text = cut(cell.plain, width).rjust(width) if column.right else pad(cell.plain, width)
        shown.append(text, cell.style).append(" " * _GAP)
    shown.rstrip()
    shown.truncate(to.width, overflow="ellipsis")
    to.print(shown, soft_wrap=True)
