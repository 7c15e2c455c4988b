"""Mails as values, for decisions that know no database."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from threads.hours import Calendar
from threads.model import Address, InboundMail, Mailbox
from threads.policy import Policy

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SUPPORT = Mailbox("support@desk.example", "Support")


def _written(**fields: Any) -> InboundMail:
    text = fields.pop("text", "Guten Tag, eine Frage.")
    author = fields.pop("author", "anna@kunde.example")
    values: dict[str, Any] = {
        "message_id": "<first@kunde.example>",
        "in_reply_to": (),
        "references": (),
        "sent_at": NOW,
        "language": "de",
        "author": Address(author, "Anna Berger") if isinstance(author, str) else author,
        "sender": None,
        "reply_to": (),
        "to": (Address("support@desk.example"),),
        "cc": (),
        "subject": "Rechnung",
        "text": text,
        "reply": text,
        "attachments": (),
        "headers": (),
        "content_type": "text/plain",
        "content_hash": hashlib.sha256(repr(sorted(fields.items(), key=str)).encode()).hexdigest(),
        "size": 1000,
    }
    return InboundMail(**{**values, **fields})


@pytest.fixture
def written() -> Callable[..., InboundMail]:
    """Makes a mail as it was read: `written(subject="...", in_reply_to=("<a@b>",))`."""
    return _written


@pytest.fixture
def now() -> datetime:
    """A Monday morning: 10 o'clock in Berlin."""
    return NOW


@pytest.fixture
def mailbox() -> Mailbox:
    """support@desk.example."""
    return SUPPORT


@pytest.fixture
def policy() -> Policy:
    """A desk with one mailbox and office hours."""
    return Policy(mailboxes=(SUPPORT,), calendar=Calendar("Mo-Fr 08:00-17:00"))
