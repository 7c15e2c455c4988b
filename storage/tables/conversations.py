"""Conversations, the people in them, and what they said."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.ids import uuid7
from storage.tables.base import KEY_ONLY, Base

_OPEN = text("status IN ('open', 'waiting', 'snoozed')")


class ConversationRow(Base):
    """What a customer and the agents say to each other on one matter."""

    __tablename__ = "conversation"
    __table_args__ = (
        Index("ix_conversation_due", "due_at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(
            "ix_conversation_assignee_due", "assignee_id", "due_at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN
        ),
        Index("ix_conversation_status_priority_due", "status", "priority", "due_at", "id"),
        Index(
            "ix_conversation_merged_into_id",  # only what was merged: nearly all was not, and no plan shall begin there
            "merged_into_id",
            sqlite_where=text("merged_into_id IS NOT NULL"),
            postgresql_where=text("merged_into_id IS NOT NULL"),
        ),
        Index(
            "ix_conversation_side_of_id",
            "side_of_id",
            sqlite_where=text("side_of_id IS NOT NULL"),
            postgresql_where=text("side_of_id IS NOT NULL"),
        ),
        Index(
            "ix_conversation_continues_id",
            "continues_id",
            sqlite_where=text("continues_id IS NOT NULL"),
            postgresql_where=text("continues_id IS NOT NULL"),
        ),
        Index("ix_conversation_customer_subject", "customer_id", "canonical_subject", text("id DESC"), "updated_at"),
        Index("ix_conversation_status_updated", "status", text("updated_at DESC"), text("id DESC")),
        Index(
            "ix_conversation_undelivered",
            "undelivered_at",
            sqlite_where=text("undelivered_at IS NOT NULL"),
            postgresql_where=text("undelivered_at IS NOT NULL"),
        ),
        Index(
            "ix_conversation_billable",
            "billable_at",
            "id",
            sqlite_where=text("billable_at IS NOT NULL"),
            postgresql_where=text("billable_at IS NOT NULL"),
        ),
        Index(
            "ix_conversation_snoozed",
            "snoozed_until",
            sqlite_where=text("status = 'snoozed'"),
            postgresql_where=text("status = 'snoozed'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    handle: Mapped[str] = mapped_column(unique=True)
    mailbox: Mapped[str]
    """The address of ours that was written to first."""
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    customer_address: Mapped[str] = mapped_column(default="")
    """The address that the customer wrote from last: answers go there."""
    subject: Mapped[str]
    canonical_subject: Mapped[str]
    language: Mapped[str] = mapped_column(default="de")
    status: Mapped[str] = mapped_column(default="open")
    priority: Mapped[str] = mapped_column(default="normal")
    rule: Mapped[str] = mapped_column(default="")
    priority_because: Mapped[str] = mapped_column(default="")
    department: Mapped[str] = mapped_column(default="")
    sla: Mapped[str] = mapped_column(default="")
    """The name of the SLA policy that a rule gave it."""
    assignee_id: Mapped[str | None] = mapped_column(ForeignKey("agent.id"))
    messages: Mapped[int] = mapped_column(default=0)
    """Mails by people, in and out, held ones and acknowledgements apart."""
    opened_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    waiting_since: Mapped[datetime | None]
    """Since when the customer waits for us; None where they do not."""
    due_at: Mapped[datetime | None]
    snoozed_until: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    """Set with the one acknowledgement of this conversation."""
    undelivered_at: Mapped[datetime | None]
    """When the last answer turned out not to have reached somebody; None again with what is said next."""
    asked_at: Mapped[datetime | None]
    """When the customer was asked whether an emergency that they declared may be charged."""
    billable_at: Mapped[datetime | None]
    """When it was confirmed or decided that it is charged; None where it is not."""
    billable_by: Mapped[str] = mapped_column(default="")
    """The address of the customer who confirmed it, or the ID of the agent who decided it."""
    billable_because: Mapped[str] = mapped_column(default="")
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversation.id"))
    side_of_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversation.id"))
    """The conversation about which a third party is asked in this one, which its customer never sees."""
    continues_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversation.id"))
    """The conversation, closed for long, that goes on in this one."""


class ApartRow(Base):
    """That two conversations are never merged by themselves: an agent made two of one, or an old thread was reused for
    something new. Stands there both ways round."""

    __tablename__ = "apart"
    __table_args__ = KEY_ONLY

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"), primary_key=True)
    other_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"), primary_key=True)


class SubjectRow(Base):
    """Another canonical subject under which a conversation goes, beside its own."""

    __tablename__ = "conversation_subject"
    __table_args__ = KEY_ONLY

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"), primary_key=True)
    canonical_subject: Mapped[str] = mapped_column(primary_key=True)


class TagRow(Base):
    """A tag that a rule gave to a conversation."""

    __tablename__ = "conversation_tag"
    __table_args__ = (Index("ix_conversation_tag_tag", "tag", "conversation_id"), KEY_ONLY)

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(primary_key=True)


class ParticipantRow(Base):
    """A person in a conversation."""

    __tablename__ = "participant"
    __table_args__ = (Index("ix_participant_person_conversation", "person_id", "conversation_id", "role"), KEY_ONLY)

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    role: Mapped[str]
    """"customer" for the customer of that conversation, and for nobody else; or "participant"."""
    since_at: Mapped[datetime]


FORGED = text("authenticity = 'forged'")
"""As an index of them says it: nearly no message is."""


class MessageRow(Base):
    """One mail, in or out."""

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_conversation_received", "conversation_id", "received_at"),
        Index("ix_message_kind_received", "kind", "received_at"),
        Index("ix_message_held", "conversation_id", sqlite_where=text("held = 1"), postgresql_where=text("held")),
        Index("ix_message_forged", "conversation_id", sqlite_where=FORGED, postgresql_where=FORGED),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    code: Mapped[str] = mapped_column(unique=True)
    """The short code by which an agent names it."""
    direction: Mapped[str]
    kind: Mapped[str]
    """In: a `Kind`. Out: "reply", "acknowledgement", "notice", or "person" for an imported answer of ours."""
    message_id: Mapped[str | None] = mapped_column(index=True)
    dedupe_key: Mapped[str | None] = mapped_column(unique=True)
    raw_id: Mapped[UUID | None] = mapped_column(ForeignKey("raw_mail.id"), index=True)
    from_name: Mapped[str] = mapped_column(default="")
    from_address: Mapped[str] = mapped_column(default="")
    to: Mapped[list[dict[str, Any]]]
    """[{"name": "", "address": ""}]"""
    cc: Mapped[list[dict[str, Any]]]
    reply_to: Mapped[list[dict[str, Any]]]
    subject: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    reply: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="")
    attachments: Mapped[list[dict[str, Any]]]
    """[{"name", "type", "size", "part"}]"""
    defects: Mapped[list[str]]
    sent_at: Mapped[datetime | None]
    """The Date header."""
    received_at: Mapped[datetime]
    held: Mapped[bool] = mapped_column(default=False)
    signal: Mapped[str] = mapped_column(default="")
    because: Mapped[str] = mapped_column(default="")
    """Why it stands in this conversation."""
    loose_with: Mapped[UUID | None]
    """The message because of which it stands there loosely: itself, or one that it goes with by their IDs. None where it is firm."""
    kind_because: Mapped[str] = mapped_column(default="")
    authenticity: Mapped[str] = mapped_column(default="")
    """In: "genuine", "forged" or "unknown"."""
    authenticity_because: Mapped[str] = mapped_column(default="")
    checks: Mapped[str] = mapped_column(default="")
    """What SPF, DKIM, DMARC and ARC came to, in one line; "" where none of them was asked."""
    by_form: Mapped[bool] = mapped_column(default=False)
    """Somebody typed it into a form, ours or another's: that it comes from its sender is said, and no more."""
    acts: Mapped[bool] = mapped_column(default=True)
    """Whether it may act for whom it names as its author: not where it fails DMARC."""
    suspected: Mapped[str] = mapped_column(default="")
    """Why it was kept apart; "" where it was not."""
    virus: Mapped[str] = mapped_column(default="")
    """The name of what was found in it."""
    rejected: Mapped[list[str]]
    agent_id: Mapped[str | None] = mapped_column(ForeignKey("agent.id"))
    """Who wrote it, where it went out."""


class GhostRow(Base):
    """What a message refers to and nobody has seen: a Message-ID, or the beginning of an Exchange conversation."""

    __tablename__ = "ghost"
    __table_args__ = KEY_ONLY

    ghost: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id"), primary_key=True, index=True)


class BesideRow(Base):
    """An address of a message that is held: who wrote it or got it stands beside the conversation, not in it."""

    __tablename__ = "beside"
    __table_args__ = KEY_ONLY

    address: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id"), primary_key=True, index=True)


class AliasRow(Base):
    """Another Message-ID under which a mail of ours goes: a provider gave it one of its own."""

    __tablename__ = "alias"
    __table_args__ = KEY_ONLY

    alias: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id"), primary_key=True, index=True)


class PassageRow(Base):
    """The hash of a run of words of a message, by which a quotation of it is known."""

    __tablename__ = "passage"
    __table_args__ = KEY_ONLY

    hash: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id"), primary_key=True, index=True)


class DeliveryRow(Base):
    """That a message reached one of our mailboxes: the same mail to two of them is one message with two of these."""

    __tablename__ = "delivery"
    __table_args__ = KEY_ONLY

    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id"), primary_key=True)
    mailbox: Mapped[str] = mapped_column(primary_key=True)
    envelope_id: Mapped[UUID] = mapped_column(ForeignKey("envelope.id"), index=True)


class TokenRow(Base):
    """A random reply address of a conversation."""

    __tablename__ = "reply_token"

    token: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"), index=True)
    created_at: Mapped[datetime]


class EventRow(Base):
    """Something that happened to a conversation, by a rule or by an agent."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_conversation_at", "conversation_id", "at"),
        Index("ix_event_actor_at", "actor", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("message.id"), index=True)
    at: Mapped[datetime]
    kind: Mapped[str]
    """"opened", "note", "status", "priority", "assigned", "merged", "held", "let in", "thanks", "delivery", ..."""
    actor: Mapped[str]
    """An agent's id, or "" where the desk did it by itself."""
    because: Mapped[str] = mapped_column(default="")
    data: Mapped[dict[str, Any]]
    """What changed: {"before": {...}, "after": {...}} where it can be undone."""
    undone_at: Mapped[datetime | None]


class SuggestionRow(Base):
    """An article that was suggested when a mail came in."""

    __tablename__ = "suggestion"
    __table_args__ = (
        Index(
            "ix_suggestion_fit_at",
            "fit_at",
            sqlite_where=text("fit_at IS NOT NULL"),
            postgresql_where=text("fit_at IS NOT NULL"),
        ),
    )

    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id"), primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"), index=True)
    article_id: Mapped[str]
    question: Mapped[str]
    excerpt: Mapped[str]
    probability: Mapped[float]
    quoted: Mapped[bool]
    """It stood in the acknowledgement."""
    withheld: Mapped[bool] = mapped_column(default=False)
    """It would have stood there, and the conversation goes without, to compare."""
    fit_at: Mapped[datetime | None]
    """When it was quoted or withheld; None where neither."""
    because: Mapped[str]


class WordRow(Base):
    """A folded word of a conversation, by which an agent finds it."""

    __tablename__ = "conversation_word"
    __table_args__ = (UniqueConstraint("conversation_id", "word"), KEY_ONLY)

    word: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"), primary_key=True)
