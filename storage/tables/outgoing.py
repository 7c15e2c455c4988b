"""Mail that is to go out, and each try to send it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.ids import uuid7
from storage.tables.base import Base

_DUE = text("state IN ('waiting', 'leased')")


class OutboxRow(Base):
    """One outgoing mail, frozen when it was decided, written in the same transaction as the decision."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "due_at", sqlite_where=_DUE, postgresql_where=_DUE),
        Index("ix_outbox_purpose_recipient", "purpose", "recipient", "created_at"),
        Index("ix_outbox_state_created", "state", "created_at", "id"),
        # what the budgets of acknowledgements count by stands in the index itself
        Index("ix_outbox_created", "created_at", "id", "purpose", "state", "domain"),
        Index(
            "ix_outbox_bounce_token",  # only what can come back has one
            "bounce_token",
            unique=True,
            sqlite_where=text("bounce_token IS NOT NULL"),
            postgresql_where=text("bounce_token IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    conversation_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversation.id"), index=True)
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("message.id"), index=True)
    purpose: Mapped[str]
    """"reply", "acknowledgement", "notice", "escalation", or "link" to a correspondence."""
    recipient: Mapped[str]
    """The first recipient's address: budgets count by it."""
    domain: Mapped[str]
    """The recipient's domain."""
    mailbox: Mapped[str] = mapped_column(default="")
    """Which of our mailboxes it is from: that may have a relay of its own."""
    content: Mapped[str] = mapped_column(default="")
    """Alike for mails that go out by themselves and say the same: by it and the recipient a loop is told; "" for others."""
    bounce_token: Mapped[str | None]
    """Leads what comes back to this mail: it stands in its envelope sender."""
    mail: Mapped[dict[str, Any]]
    """A `storage.outbox.OutgoingMail`."""
    pending: Mapped[list[str]]
    """The envelope recipients who have not got it yet."""
    refused: Mapped[list[str]] = mapped_column(default=list)
    """The envelope recipients that the relay refused for good."""
    state: Mapped[str] = mapped_column(default="waiting")
    """"waiting", "leased", "sent", "failed" (5xx), "given up" (after 5 days), "cancelled", "bounced" (sent, and came back)."""
    reports: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """What delivery reports said: [{"address", "failed", "said", "at", "because"}]"""
    due_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    lease: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    last_answer: Mapped[str] = mapped_column(default="")
    """The relay's last answer, or our error, in one line."""
    maybe_twice: Mapped[bool] = mapped_column(default=False)
    """A try ended without a word: it may have gone out before it was sent again."""
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class AttemptRow(Base):
    """The journal: a row is written before a mail is handed to the relay, and ended after."""

    __tablename__ = "attempt"

    outbox_id: Mapped[UUID] = mapped_column(ForeignKey("outbox.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """None where we never learnt how it ended."""
    outcome: Mapped[str] = mapped_column(default="")
    answer: Mapped[str] = mapped_column(default="")


class StopRow(Base):
    """An address that mail does not reach for good: nothing goes there by itself."""

    __tablename__ = "stopped_address"

    address: Mapped[str] = mapped_column(primary_key=True)
    since_at: Mapped[datetime]
    because: Mapped[str]


class BreakerRow(Base):
    """That nothing goes out by itself to an address for a while, or to anybody."""

    __tablename__ = "breaker"

    address: Mapped[str] = mapped_column(primary_key=True)
    """"" for all."""
    since_at: Mapped[datetime]
    until_at: Mapped[datetime]
    because: Mapped[str]
    closed_at: Mapped[datetime | None]
    """When an agent closed it before its time."""
