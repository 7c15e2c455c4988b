"""Mail on the terminal: what goes out, what came, and what was set aside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

from rich.console import Console
from rich.text import Text

from service.harmless import line
from service.terminal import WIDE, hang, hint, parse_time, stamp, when
from service.terminal_grid import Column, grid

_STYLES = {"sent": "ours", "failed": "urgent", "given up": "urgent", "bounced": "urgent", "cancelled": "quiet"}


def outbox(to: Console, rows: Sequence[dict[str, Any]], now: datetime, zone: tzinfo) -> None:
    """A line for each mail that goes out; below it why it does not, or below the list where that is so of several."""
    wide = to.width >= WIDE
    columns = [
        Column("code"),
        Column("state"),
        *([Column("when")] if wide else []),
        Column("purpose"),
        Column("conversation", 22, 40),
        *([Column("to", 16, 60)] if wide else []),
        Column("subject", 12),
    ]
    reasons = [line(_said(row)) if row["state"] != "sent" else "" for row in rows]
    notes = _notes(reasons)
    under = {number: Text(said, "quiet") for number, said in enumerate(reasons) if said and said not in notes}
    cells = [
        _outgoing(row, now, zone, note=notes.get(said, ""), wide=wide) for row, said in zip(rows, reasons, strict=True)
    ]
    grid(to, columns, cells, under=under)
    for said, note in notes.items():
        hang(to, Text(f"{note}  ", "quiet"), Text(said, "quiet"))
    doubtful = ["! it may have gone out twice"] if any(row["maybe_twice"] for row in rows) else []
    hint(to, "brief outbox show CODE", *doubtful)


def _notes(reasons: Sequence[str]) -> dict[str, str]:
    """A mark for each reason that several mails share, in the order in which they stand there."""
    shared = [said for said, times in Counter(reasons).items() if said and times > 1]
    return {said: f"[{number}]" for number, said in enumerate(shared, 1)}


def _said(row: dict[str, Any]) -> str:
    """What the other side said last: that the mail came back or, where it did not, the relay's answer."""
    if row["state"] == "bounced" and row["reports"]:
        return f"{row['reports'][-1]['address']}: {row['reports'][-1]['said']}"
    return str(row["last_answer"])


def _outgoing(row: dict[str, Any], now: datetime, zone: tzinfo, *, note: str, wide: bool) -> list[Text]:
    at = parse_time(row["sent_at"] or row["due_at"])
    state = row["state"] + ("!" if row["maybe_twice"] else "")
    people = line(", ".join(row["to"]))
    return [
        Text(row["code"], "handle"),
        Text(f"{state} {note}".rstrip(), _STYLES.get(row["state"], "")),
        *([Text(when(at, now, zone) if at else "")] if wide else []),
        Text(line(row["purpose"])),
        Text(row["handle"] or ("" if wide else people), "handle" if row["handle"] else ""),
        *([Text(people, "customer")] if wide else []),
        Text(line(row["subject"]) or "(no subject)"),
    ]


def stopped(to: Console, rows: Sequence[dict[str, Any]], now: datetime, zone: tzinfo) -> None:
    """A line for each address that mail does not reach, with the reason beside it or, where that is narrow, below it."""
    _addresses(to, rows, now, zone, "since")
    hint(to, "brief outbox stops lift ADDRESS")


def breakers(to: Console, rows: Sequence[dict[str, Any]], now: datetime, zone: tzinfo) -> None:
    """A line for each address that nothing goes to by itself just now, with the reason as `stopped` has it."""
    _addresses(to, [{**row, "address": row["address"] or "all"} for row in rows], now, zone, "until")
    hint(to, "brief outbox breaker close")


def _addresses(to: Console, rows: Sequence[dict[str, Any]], now: datetime, zone: tzinfo, moment: str) -> None:
    wide = to.width >= WIDE
    columns = [Column("address", 16, 60), Column(moment), *([Column("because", 20)] if wide else [])]
    reasons = [Text(line(row["because"]), "quiet") for row in rows]
    cells = []
    for row, reason in zip(rows, reasons, strict=True):
        at = parse_time(row[moment])
        then = Text(when(at, now, zone) if at else "")
        cells.append([Text(line(row["address"]), "customer"), then, *([reason] if wide else [])])
    grid(to, columns, cells, under={} if wide else dict(enumerate(reasons)))


def arrived(to: Console, rows: Sequence[dict[str, Any]], now: datetime, zone: tzinfo) -> None:
    """A line for each mail that came."""
    wide = to.width >= WIDE
    columns = [
        Column("code"),
        Column("came"),
        Column("kind"),
        Column("conversation", 20, 40),
        *([Column("from", 16, 60)] if wide else []),
        Column("subject", 12),
    ]
    cells = []
    for row in rows:
        at = parse_time(row["at"])
        cells.append([
            Text(row["message"], "handle"),
            Text(when(at, now, zone) if at else ""),
            Text(row["kind"], "" if row["kind"] == "person" else "quiet"),
            Text(row["handle"], "handle"),
            *([Text(line(row["from"]["address"]), "customer")] if wide else []),
            Text(line(row["subject"]) or "(no subject)"),
        ])  # fmt: skip
    grid(to, columns, cells)


def shunted(to: Console, rows: Sequence[dict[str, Any]], now: datetime, zone: tzinfo) -> None:
    """Each mail that was set aside, with the reason."""
    for row in rows:
        at = parse_time(row["received_at"])
        label = Text(row["code"], "handle").append("  ")
        body = Text().append(f"{stamp(at, now, zone)}  " if at else "", "quiet")
        body.append(line(row["mail_from"]) or "<>", "customer").append(f"  {line(row['because'])}")
        hang(to, label, body)
    hint(to, "brief mail shunted show CODE", "brief mail shunted replay CODE")
