"""Reports on the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from rich.console import Console
from rich.text import Text

from service.harmless import line
from service.terminal import READABLE, hang, parse_time, person, stamp
from service.terminal_grid import Column, grid
from templates.amounts import counted


def deflection(to: Console, row: Mapping[str, Any]) -> None:
    """Both groups, the difference, what it says and what does not count."""
    columns = [
        Column("an answer was"),
        Column("conversations", right=True),
        Column("came back", right=True),
        Column("share", right=True),
        Column("with 95 %", right=True),
    ]
    grid(to, columns, [_group(name, row[name]) for name in ("quoted", "withheld")], headed=True)
    apart = row["difference"]
    if apart:
        span = f"{apart['low'] * 100:+.1f} to {apart['high'] * 100:+.1f}"
        _say(to, f"quoted less withheld: {apart['value'] * 100:+.1f} percentage points, with 95 % {span}")
    _say(to, row["says"], style="bold")
    young = row["too_young"]
    if young and apart:
        _say(to, f"{counted(young, 'conversation')} not {row['within_days']} days old yet: not counted", style="quiet")
    _say(to, f"never counted as an answer: {' and '.join(row['not_counted'])}", style="quiet")


def billable(to: Console, rows: Sequence[Mapping[str, Any]], now: datetime, zone: tzinfo) -> None:
    """A line of each conversation that is charged, with why below it."""
    if not rows:
        _say(to, "nothing is billable in this month", style="quiet")
        return
    columns = [Column("conversation"), Column("customer", 8), Column("since"), Column("by", 6)]
    lines, under = [], {}
    for number, row in enumerate(rows):
        at = parse_time(row["billable_at"])
        whose = row["organisation"] or person(row["customer"])
        lines.append(
            [
                Text(line(each))
                for each in (row["handle"], whose, stamp(at, now, zone) if at else "", row["billable_by"])
            ]
        )
        under[number] = Text(line(row["because"]), "quiet")
    grid(to, columns, lines, under=under)


def _group(name: str, group: Mapping[str, Any]) -> list[Text]:
    share = group["share"]
    figures = [str(group["conversations"]), str(group["came_back"])]
    shares = [f"{share['value']:.1%}", f"{share['low']:.1%} to {share['high']:.1%}"] if share else ["", ""]
    return [Text(each) for each in (name, *figures, *shares)]


def _say(to: Console, text: str, style: str = "") -> None:
    hang(to, Text(""), Text(text, style), widest=READABLE)
