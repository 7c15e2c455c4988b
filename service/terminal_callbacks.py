"""Calls that are wished for, on the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from rich.console import Console
from rich.text import Text

from service.harmless import line
from service.terminal import cut, hint, parse_time, person, stamp
from service.terminal_grid import Column, grid

EMPTY = "No callback is open."


def callbacks(to: Console, rows: Sequence[dict[str, Any]], now: datetime, zone: tzinfo) -> None:
    """A line for each open call, by when it is due; what is overdue is marked."""
    if not rows:
        to.print(Text(EMPTY))
        return
    columns = [
        Column("conversation", 20, 40),
        Column("customer", 12, 40, spare=True),
        Column("number", 17, 24),
        Column("call", 26, 44),
        Column("agent", 6, 24),
    ]
    grid(to, columns, [_cells(row, now, zone) for row in rows])
    hint(to, f'brief callback done {rows[0]["handle"]} --note "..."')


def _cells(row: dict[str, Any], now: datetime, zone: tzinfo) -> list[Text]:
    return [
        Text(row["handle"], "handle"),
        Text(person(row["customer"]), "customer"),
        Text(number(row) or "?", "" if row["number"] else "late"),
        when(row, now, zone),
        Text(row["assignee"] or "", "ours"),
    ]


def number(callback: Mapping[str, Any]) -> str:
    """Its number as it is read anywhere: "+49 911 1234567"; "" where none is known."""
    from threads.callbacks.numbers import shown

    return line(shown(callback["number"], "")) if callback["number"] else ""


def when(callback: Mapping[str, Any], now: datetime, zone: tzinfo) -> Text:
    """Its window, and whether that is over."""
    begins, ends = parse_time(callback["from_at"]), parse_time(callback["until_at"])
    if begins is None or ends is None:
        return Text()
    same = begins.astimezone(zone).date() == ends.astimezone(zone).date()
    until = f"{ends.astimezone(zone):%H:%M}" if same else stamp(ends, now, zone)
    if ends < now:
        return Text(f"overdue: until {stamp(ends, now, zone)}", "late")
    if begins <= now:
        return Text(f"now to {until}", "urgent")
    return Text(f"{stamp(begins, now, zone)} to {until}")


def sentence(callback: Mapping[str, Any], now: datetime, zone: tzinfo) -> Text:
    """The call of a conversation, in one line of `brief show`."""
    from threads.callbacks.planned import COSTLY

    called = Text("☎ call ", "note").append(number(callback) or "(no number is known)")
    if COSTLY in callback["because"]:
        called.append(" (ringing it costs extra)", "late")
    called.append(": ")
    called.append_text(when(callback, now, zone))
    return called.append(f' "{cut(line(callback["said"]), 100)}"', "quiet") if callback["said"] else called
