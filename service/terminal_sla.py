"""Targets on the terminal: each stretch of time, and the figures of months with small bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.text import Text

from service.harmless import line
from service.terminal import READABLE, hang, stamp
from service.terminal_grid import Column, grid
from threads.sla.terms import hours_in_words

Row = Mapping[str, Any]
NAMES = {"first": "first answer", "next": "next answer", "solution": "solution"}
_BAR = 10
_EXACT = 600
"""Seconds below which each of them is said in a report."""
_STYLES = {"kept": "", "breached": "late", "overdue": "late"}


def explained(to: Console, rows: Sequence[Row], now: datetime, zone: tzinfo) -> None:
    """Each target with its stretches, what they add up to, and what became of it."""
    for number, row in enumerate(rows):
        if number:
            to.print()
        _head(to, row, now, zone)
        _stretches(to, row, now, zone)
        _total(to, row, now, zone)


def _head(to: Console, row: Row, now: datetime, zone: tzinfo) -> None:
    policy = f'SLA policy "{line(row["policy"])}"' if row["policy"] else "[answer]"
    hours = "day and night" if row["hours"] == "24/7" else f"by the hours of {line(hours_in_words(row['hours']))}"
    said = f"{row['priority']}, {policy}: within {lasting(row['within_seconds'])}, {hours}"
    hang(to, Text(f"{NAMES[row['target']]}  ", "bold"), Text(said), widest=READABLE)
    for mark in row["marks"]:
        if mark["what"] == "changed":
            because = f"{mark['priority']}, within {lasting(mark['within_seconds'])}: {line(mark['because'])}"
            hang(to, Text("  "), Text(f"from {_local(mark['at'], now, zone)} on {because}", "quiet"), widest=READABLE)


def _stretches(to: Console, row: Row, now: datetime, zone: tzinfo) -> None:
    columns = [Column("from"), Column("until"), Column("counted", right=True), Column("why")]
    cells = [
        [
            Text(_local(each["since"], now, zone)),
            Text(_local(each["until"], now, zone)),
            Text(lasting(each["seconds"]) if each["counts"] else "-", "" if each["counts"] else "quiet"),
            Text(line(each["because"]), "" if each["counts"] else "quiet"),
        ]
        for each in row["stretches"]
    ]
    if cells:
        grid(to, columns, cells, headed=True)


def _total(to: Console, row: Row, now: datetime, zone: tzinfo) -> None:
    left = row["left_seconds"]
    rest = f"{lasting(left)} left" if left >= 0 else f"{lasting(-left)} over"
    total = f"{lasting(row['counted_seconds'])} of {lasting(row['within_seconds'])} counted, {rest}"
    due = datetime.fromisoformat(row["due_at"]) if row["due_at"] else None
    parts = [total, *([f"due {stamp(due, now, zone)}"] if due else [])]
    done = datetime.fromisoformat(row["done_at"]) if row["done_at"] else None
    if done is not None:
        what = f"answered by {line(row['by'])}" if row["by"] else line(row["because"])
        parts.append(f"{what} {stamp(done, now, zone)}")
    elif row["state"] == "paused":
        parts.append(line(row["because"]))
    parts.append(row["state"])
    to.print(Text("; ".join(parts), _STYLES.get(row["state"], "")), soft_wrap=True)


def reported(to: Console, rows: Sequence[Row], by: str, month: str) -> None:
    """The figures, a line for each month and target, with the share that was kept as a bar."""
    if not rows:
        to.print(f"Nothing was promised in {month}." if month else "Nothing was promised in the last twelve months.")
        return
    columns = [
        Column("month"), Column(by, least=12, most=40), Column("kept", right=True), Column("breached", right=True),
        Column("running", right=True, spare=True), Column("dropped", right=True, spare=True), Column("in time"),
        Column("median", right=True), Column("90 %", right=True),
    ]  # fmt: skip
    for kind, some in groupby(
        sorted(rows, key=lambda row: list(NAMES).index(row["target"])), key=lambda row: row["target"]
    ):
        to.print(Text(NAMES[kind], "bold"))
        grid(to, columns, [_figures(row) for row in some], headed=True)


def _figures(row: Row) -> list[Text]:
    numbers = [Text(str(row[name]) if row[name] else "-") for name in ("kept", "breached", "running", "dropped")]
    took = [Text(_about(row[name])) for name in ("median_seconds", "p90_seconds")]
    of = line(row["of"]) or ("nobody" if row["by"] == "agent" else "none") if row["by"] else ""
    return [Text(row["month"]), Text(of), *numbers, bar(row["share"]), *took]


def bar(share: float | None) -> Text:
    """A share as a small bar with its figure; nothing where there is none."""
    if share is None:
        return Text("")
    full = round(share * _BAR)
    return Text.assemble(("█" * full, ""), ("░" * (_BAR - full), "quiet"), f" {share:4.0%}")


def lasting(seconds: float) -> str:
    """A working time, as in "7 h 30 min"; a day of work is not 24 hours, so none is named."""
    minutes, rest = divmod(round(abs(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{number} {unit}" for number, unit in ((hours, "h"), (minutes, "min")) if number]
    if rest and not hours:
        parts.append(f"{rest} s")
    return " ".join(parts) or "0 min"


def _about(seconds: float | None) -> str:
    """A working time as it stands in a column: its seconds tell nothing where it took ten minutes or more."""
    if seconds is None:
        return ""
    return lasting(seconds if abs(seconds) < _EXACT else 60 * round(seconds / 60))


def _local(at: str, now: datetime, zone: tzinfo) -> str:
    local = datetime.fromisoformat(at).astimezone(zone)
    year = "" if local.year == now.astimezone(zone).year else f" {local.year}"
    return f"{local:%a} {local.day:>2} {local:%b}{year} {local:%H:%M}"
