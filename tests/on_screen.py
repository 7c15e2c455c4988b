"""What a terminal shows is made of: rows and letters of a desk as plain values, and a screen of any width."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console

from service.terminal import THEME

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)


def a_row(**changed: Any) -> dict[str, Any]:
    """A conversation as a list has it."""
    return {
        "handle": "anna-rechnung",
        "conversation": "0190",
        "customer": {"name": "Anna Weber", "address": "anna@example.org"},
        "subject": "Neue Rechnungsadresse",
        "status": "open",
        "priority": "normal",
        "assignee": "lena",
        "department": "",
        "due_at": (NOW + timedelta(hours=2)).isoformat(),
        "waiting_since": (NOW - timedelta(minutes=5)).isoformat(),
        "snoozed_until": None,
        "messages": 2,
        "held": 0,
        "forged": 0,
        "undelivered_at": None,
        "callback": None,
        "about": "",
        "continues": "",
        "continued_by": [],
        "tags": [],
        "charge": {"asked_at": None, "billable_at": None, "billable_by": "", "because": ""},
        "asked": 0,
        "answered": 0,
        **changed,
    }


def a_letter(**changed: Any) -> dict[str, Any]:
    """A message of a timeline."""
    return {
        "at": (NOW - timedelta(minutes=5)).isoformat(),
        "kind": "message",
        "direction": "in",
        "code": "k3x9q2m",
        "mail": "person",
        "from": {"name": "Anna Weber", "address": "anna@example.org"},
        "to": [{"name": "", "address": "support@localhost"}],
        "cc": [],
        "subject": "Neue Rechnungsadresse",
        "reply": "Guten Tag,\n\nwir sind umgezogen.",
        "text": "Guten Tag,\n\nwir sind umgezogen.",
        "attachments": [],
        "held": False,
        "because": "no signal",
        "agent_name": "",
        "delivery": None,
        "origin": {"word": "unknown", "because": "", "checks": []},
        "speaks_for": "",
        "suspected": "",
        "defects": [],
        **changed,
    }


def a_conversation(*timeline: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """A conversation with what was said and done in it."""
    row = a_row()
    customer = {**row["customer"], "addresses": [row["customer"]["address"]], "organisation": None}
    empty: dict[str, Any] = {"customer": customer, "participants": [], "earlier": 0, "suggestions": []}
    return {**row, **empty, "timeline": list(timeline), **changed}


def screen(width: int = 80, *, terminal: bool = False, coloured: bool = True) -> Console:
    """A console that writes into a text."""
    return Console(
        file=io.StringIO(),
        width=width,
        theme=THEME,
        force_terminal=terminal,
        color_system="standard" if terminal and coloured else None,
        highlight=False,
        markup=False,
        emoji=False,
    )


def text_of(to: Console) -> str:
    """What was written to it."""
    assert isinstance(to.file, io.StringIO)
    return to.file.getvalue()
