"""Mails as values, for decisions that know no database."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from storage.ids import uuid7
from threads.hours import Calendar
from threads.match import match
from threads.model import Address, InboundMail, Mailbox, Placement
from threads.placing.known import Known, KnownConversation, KnownMessage
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


class Stored:
    """What the desk knows, built up by a test."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.known = Known(
            writer=frozenset({"anna@kunde.example"}),
            own_addresses=frozenset({"support@desk.example"}),
            own_domains=frozenset({"desk.example"}),
            agents=frozenset({"max@private.example"}),
        )

    def conversation(self, subject: str = "rechnung", **fields: Any) -> KnownConversation:
        """A conversation with Anna, whose last mail came an hour ago."""
        values: dict[str, Any] = {
            "id": uuid7(),
            "handle": f"anna-{subject}",
            "canonical_subject": subject,
            "mailboxes": frozenset({"support@desk.example"}),
            "people": frozenset({"anna@kunde.example"}),
            "customer_domains": frozenset({"kunde.example"}),
            "last_at": self.now - timedelta(hours=1),
        }
        made = KnownConversation(**{**values, **fields})
        self.known = replace(self.known, conversations={**self.known.conversations, made.id: made})
        return made

    def message(self, message_id: str, conversation: KnownConversation, **fields: Any) -> None:
        """A message in it."""
        subject = fields.pop("subject", conversation.canonical_subject)
        made = KnownMessage(message_id, conversation.id, subject, **fields)
        self.known = replace(self.known, messages=(*self.known.messages, made))

    def by(self, address: str) -> None:
        """The mail to be placed is by somebody else."""
        self.known = replace(self.known, writer=frozenset({address}))


@pytest.fixture
def stored(now: datetime) -> Stored:
    """What the desk knows: nothing yet, of a mail by Anna."""
    return Stored(now)


@pytest.fixture
def place(stored: Stored, mailbox: Mailbox, now: datetime) -> Callable[..., Placement]:
    """Places a mail by what is stored."""

    def placed(mail: InboundMail, **more: Any) -> Placement:
        return match(mail, mailbox, stored.known, now, **more)

    return placed
