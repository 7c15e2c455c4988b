"""Lists on the terminal: the inbox, agents, suggestions, and why something is so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from service.harmless import line, safe
from service.terminal import WIDE, cut, due, hint, parse_time, person, stamp, when

_MARKS = {"critical": ("‼", "urgent"), "high": ("!", "high"), "low": ("↓", "quiet")}
_STATUS = {"waiting": "waits for customer", "closed": "closed"}


def conversations(
    to: Console, rows: Sequence[dict[str, Any]], now: datetime, zone: tzinfo, *, empty: str, more: str = ""
) -> None:
    """A line for each conversation, the columns as many as the terminal has room for."""
    if not rows:
        to.print(Text(empty))
        return
    wide = to.width >= WIDE
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), expand=True, header_style="quiet")
    table.add_column("", width=1, no_wrap=True)
    table.add_column("conversation", no_wrap=True, overflow="ellipsis", max_width=34 if wide else 22)
    table.add_column("customer", no_wrap=True, overflow="ellipsis", max_width=26 if wide else 16)
    table.add_column("subject", no_wrap=True, overflow="ellipsis", ratio=1, min_width=8)
    if wide:
        table.add_column("mails", justify="right")
        table.add_column("wrote", no_wrap=True)
    table.add_column("due", no_wrap=True, max_width=18 if wide else 15)
    table.add_column("agent", no_wrap=True, overflow="ellipsis", max_width=12 if wide else 7)
    for row in rows:
        table.add_row(*_cells(row, now, zone, wide=wide))
    to.print(table)
    if more:
        hint(to, more)


def _cells(row: dict[str, Any], now: datetime, zone: tzinfo, *, wide: bool) -> list[Text]:
    mark, style = ("H", "held") if row["held"] else _MARKS.get(row["priority"], (" ", ""))
    since = parse_time(row["waiting_since"])
    middle = [Text(str(row["messages"])), Text(when(since, now, zone) if since else "")] if wide else []
    return [
        Text(mark, style),
        Text(row["handle"], "handle"),
        Text(person(row["customer"]), "customer"),
        Text(line(row["subject"]) or "(no subject)", "" if row["subject"] else "quiet"),
        *middle,
        _standing(row, now, zone),
        Text(row["assignee"] or "", "ours"),
    ]


def _standing(row: dict[str, Any], now: datetime, zone: tzinfo) -> Text:
    """When an answer is due, or why none is."""
    if row["status"] == "open":
        return due(row["due_at"], now, zone)
    back = parse_time(row["snoozed_until"])
    if row["status"] == "snoozed" and back:
        return Text(f"⏾ {when(back, now, zone)}", "quiet")
    return Text({"waiting": "waiting"}.get(row["status"], row["status"]), "quiet")


def standing(row: dict[str, Any], now: datetime, zone: tzinfo) -> str:
    """Where a conversation stands, in words."""
    if row["status"] == "open":
        since, by = parse_time(row["waiting_since"]), parse_time(row["due_at"])
        waits = f"waiting since {stamp(since, now, zone)}" if since else "open"
        return f"{waits} · answer due {when(by, now, zone)}" if by else waits
    back = parse_time(row["snoozed_until"])
    if row["status"] == "snoozed" and back:
        return f"put aside until {stamp(back, now, zone)}"
    return _STATUS.get(row["status"], str(row["status"]))


def suggestions(to: Console, rows: Sequence[dict[str, Any]], handle: str) -> None:
    """Articles that may answer, with how likely it is and why."""
    if not rows:
        to.print(Text("No article is likely to help."))
        return
    to.print(Text("Suggested answers", "bold"))
    for row in rows:
        head = Text().append(f" {row['rank']}  ", "ours.name")
        head.append(f"{round(row['probability'] * 100):>3} %  ", "quiet")
        head.append(line(row["question"]))
        head.append(f"  {line(row['article'])}", "quiet")
        if row.get("quoted"):
            head.append("  (was in the acknowledgement)", "quiet")
        to.print(head)
        for text in (row["excerpt"], row["because"]):
            if text:
                to.print(Padding(Text(cut(line(text), 300), "quiet"), (0, 2, 0, 11), expand=False))
    hint(to, f"brief reply {handle} --answer 1    puts it into your answer")


def reasons(to: Console, rows: Sequence[dict[str, Any]], now: datetime, zone: tzinfo) -> None:
    """Each decision with its sentence, and what was considered and refused."""
    if not rows:
        to.print(Text("Nothing was decided here by itself."))
    for row in rows:
        at = parse_time(row["at"])
        head = Text().append(line(row["about"]), "bold")
        head.append(f" {row['code']}" if row.get("code") else "", "quiet")
        head.append(f"  {line(row['decided'])}", "customer")
        head.append(f"  {stamp(at, now, zone)}" if at else "", "quiet")
        head.append("  taken back" if row.get("undone") else "", "held")
        to.print(head)
        to.print(Padding(Text(safe(row["because"])), (0, 0, 0, 2), expand=False))
        for refused in row.get("rejected") or ():
            to.print(Padding(Text(f"not: {safe(refused)}", "quiet"), (0, 0, 0, 2), expand=False))


def agents(to: Console, rows: Sequence[dict[str, Any]]) -> None:
    """The people who answer."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="quiet")
    for name in ("agent", "name", "mail", "login", ""):
        table.add_column(name, no_wrap=True, overflow="ellipsis")
    for row in rows:
        gone = "disabled" if row["disabled_at"] else ""
        values = (row["id"], row["name"], row["email"], row["login"] or "", gone)
        table.add_row(*(Text(line(value), "quiet" if gone else "") for value in values))
    to.print(table)
