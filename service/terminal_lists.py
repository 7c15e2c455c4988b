"""Lists on the terminal: the inbox, agents, suggestions, and why something is so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from service.harmless import line, safe
from service.terminal import READABLE, WIDE, cut, due, hang, hint, parse_time, person, stamp, when
from service.terminal_grid import Column, grid

_MARKS = {"critical": ("‼", "urgent"), "high": ("!", "high"), "low": ("↓", "quiet")}
_UNDELIVERED = "the last answer was not delivered"
_LEGEND = {
    "‼": "critical", "!": "high", "↓": "low", "H": "a stranger's mail is held", "F": "a mail may be forged", "✗": _UNDELIVERED,
    "☎": "wishes to be called", "→": "a third party is asked", "←": "a third party has answered",
}  # fmt: skip
ASIDE = {"waiting": "waits for the third party", "open": "the third party has answered"}
"""Where a side conversation stands, seen from the one that it is about."""
_STATUS = {"waiting": "waits for customer", "closed": "closed", "suspected": "kept apart: it is suspected"}


def conversations(
    to: Console,
    rows: Sequence[dict[str, Any]],
    now: datetime,
    zone: tzinfo,
    *,
    empty: str,
    hints: Sequence[str] = (),
) -> None:
    """A line for each conversation, the columns as many as the terminal has room for; below them what their marks mean."""
    if not rows:
        to.print(Text(empty))
        return
    wide = to.width >= WIDE
    columns = [
        Column(""),
        Column("conversation", 24, 40),
        Column("customer", 12, 40, spare=True),  # the handle begins with their name
        Column("subject", 12),
        *([Column("mails", right=True), Column("wrote")] if wide else []),
        Column("due"),
        Column("agent", 6, 24),
    ]
    grid(to, columns, [_cells(row, now, zone, wide=wide) for row in rows])
    hint(to, *hints, *_legend(rows))


def _legend(rows: Sequence[dict[str, Any]]) -> list[str]:
    """The marks that stand in this list."""
    there = {mark for row in rows for mark in _marks(row)[0]}
    return [f"{mark} {said}" for mark, said in _LEGEND.items() if mark in there]


def _marks(row: dict[str, Any]) -> tuple[str, str]:
    mark, style = ("H", "held") if row["held"] else _MARKS.get(row["priority"], ("", ""))
    if row["forged"]:
        mark, style = f"{mark}F", "urgent"
    if row["undelivered_at"]:
        mark, style = f"{mark}✗", style or "urgent"
    if row["callback"]:
        mark, style = f"{mark}☎", style or "note"
    if row["asked"] or row["answered"]:
        mark, style = mark + ("←" if row["answered"] else "→"), style or ("customer" if row["answered"] else "quiet")
    return mark, style


def _subject(row: dict[str, Any]) -> Text:
    subject = line(row["subject"]) or "(no subject)"
    if row["about"]:
        return Text(f"about {row['about']}: {subject}", "quiet")
    return Text(subject, "" if row["subject"] else "quiet")


def _cells(row: dict[str, Any], now: datetime, zone: tzinfo, *, wide: bool) -> list[Text]:
    since = parse_time(row["waiting_since"])
    middle = [Text(str(row["messages"])), Text(when(since, now, zone) if since else "")] if wide else []
    return [
        Text(*_marks(row)),
        Text(row["handle"], "handle"),
        Text(person(row["customer"]), "customer"),
        _subject(row),
        *middle,
        _standing(row, now, zone),
        Text(row["assignee"] or "", "ours"),
    ]


def _standing(row: dict[str, Any], now: datetime, zone: tzinfo) -> Text:
    """When an answer is due, or why none is."""
    if row["status"] == "open":
        call, by = row["callback"], parse_time(row["due_at"])
        if call and (by is None or datetime.fromisoformat(call["until_at"]) < by):
            return Text("☎ ").append_text(due(call["until_at"], now, zone))
        return due(row["due_at"], now, zone)
    back = parse_time(row["snoozed_until"])
    if row["status"] == "snoozed" and back:
        return Text(f"back {when(back, now, zone)}", "quiet")
    return Text({"waiting": "waiting"}.get(row["status"], row["status"]), "quiet")


def standing(row: dict[str, Any], now: datetime, zone: tzinfo) -> str:
    """Where a conversation stands, in words."""
    said = _standing_in_words(row, now, zone)
    return f"{said} · {_UNDELIVERED}" if row["undelivered_at"] else said


def _standing_in_words(row: dict[str, Any], now: datetime, zone: tzinfo) -> str:
    if row["status"] == "open":
        since, by = parse_time(row["waiting_since"]), parse_time(row["due_at"])
        waits = f"waiting since {stamp(since, now, zone)}" if since else "open"
        return f"{waits} · answer due {when(by, now, zone)}" if by else waits
    back = parse_time(row["snoozed_until"])
    if row["status"] == "snoozed" and back:
        return f"put aside until {stamp(back, now, zone)}"
    if row["status"] == "waiting" and row["about"]:
        return ASIDE["waiting"]
    return _STATUS.get(row["status"], str(row["status"]))


def suggestions(to: Console, rows: Sequence[dict[str, Any]], handle: str) -> None:
    """Articles that may answer, with how likely it is and why."""
    if not rows:
        to.print(Text("No article is likely to help."))
        return
    to.print(Text("Suggested answers", "bold"))
    for row in rows:
        label = Text().append(f" {row['rank']}  ", "ours.name")
        label.append(f"{round(row['probability'] * 100):>3} %  ", "quiet")
        head = Text(line(row["question"]))
        head.append(f"  {line(row['article'])}", "quiet")
        if row.get("quoted"):
            head.append("  (was in the acknowledgement)", "quiet")
        if row.get("withheld"):
            head.append("  (withheld from the acknowledgement, to compare: [faq] without_suggestion)", "quiet")
        hang(to, label, head, widest=READABLE)
        for text in (row["excerpt"], row["because"]):
            if text:
                hang(to, Text(" " * cell_len(label.plain)), Text(cut(line(text), 300), "quiet"), widest=READABLE)
    hint(to, f"brief reply {handle} --answer 1    puts it into your answer")


def reasons(to: Console, rows: Sequence[dict[str, Any]], now: datetime, zone: tzinfo) -> None:
    """Each decision in a sentence, those on one message together, and what was considered and refused."""
    if not rows:
        to.print(Text("Nothing was decided here by itself."))
    before = ""
    for row in rows:
        head = _decided(row, now, zone)
        if not row.get("code") or row["code"] != before:
            to.print(head, soft_wrap=True)
        before = row.get("code", "")
        hang(to, Text("  "), Text(safe(row["says"])), widest=READABLE)
        for refused in row.get("rejected") or ():
            hang(to, Text("  not: ", "quiet"), Text(safe(refused), "quiet"), widest=READABLE)


def _decided(row: dict[str, Any], now: datetime, zone: tzinfo) -> Text:
    """What a decision is about, and when it was made."""
    at = parse_time(row["at"])
    head = Text().append(line(row["about"]), "bold")
    head.append(f" {row['code']}" if row.get("code") else "", "quiet")
    head.append(f"  {stamp(at, now, zone)}" if at else "", "quiet")
    return head.append("  taken back" if row.get("undone") else "", "held")


def agents(to: Console, rows: Sequence[dict[str, Any]]) -> None:
    """The people who answer."""
    columns = [Column("agent"), Column("name", 12), Column("mail", 16), Column("login", 8), Column("")]
    cells = []
    for row in rows:
        gone = "disabled" if row["disabled_at"] else ""
        values = (row["id"], row["name"], row["email"], row["login"] or "", gone)
        style = ("quiet",) * 5 if gone else ("handle", "", "", "", "")
        cells.append([Text(line(value), each) for value, each in zip(values, style, strict=True)])
    grid(to, columns, cells)
