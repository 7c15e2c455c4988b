"""Calls that customers wish for."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.ids import uuid7
from storage.tables.base import Base

_OPEN = text("state = 'open'")
_UNTOLD = text("tell_at IS NOT NULL")


class CallbackRow(Base):
    """That a customer is to be called, and what became of it."""

    __tablename__ = "callback"
    __table_args__ = (
        Index("ix_callback_due", "until_at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_callback_tell", "tell_at", "id", sqlite_where=_UNTOLD, postgresql_where=_UNTOLD),
        Index("ix_callback_conversation", "conversation_id"),
        Index("ix_callback_message", "message_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("message.id"))
    """The mail that asked for it last; None where an agent wrote it down."""
    state: Mapped[str] = mapped_column(default="open")
    """"open", "done" or "cancelled"."""
    number: Mapped[str] = mapped_column(default="")
    """As it is dialled from anywhere (E.164); "" where none is known."""
    said: Mapped[str] = mapped_column(default="")
    """The words that asked for it."""
    from_at: Mapped[datetime]
    until_at: Mapped[datetime]
    """It is due then."""
    because: Mapped[str] = mapped_column(default="")
    """Why in this window, and whence the number."""
    created_at: Mapped[datetime]
    tell_at: Mapped[datetime | None]
    """When somebody is told that it is time; None once they were, and where nobody is to be."""
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(default="")
    """An agent's id."""
    ended_because: Mapped[str] = mapped_column(default="")
