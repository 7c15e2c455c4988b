"""SLA targets: by when something is owed in a conversation, and what became of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.ids import uuid7
from storage.tables.base import Base

_RUNNING = text("state = 'running'")
AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""Of `TargetRow.next_step_at`: when its next step is due has to be reckoned."""


class TargetRow(Base):
    """A clock of a conversation: by when a first or next answer is owed, or that the matter is settled."""

    __tablename__ = "target"
    __table_args__ = (
        Index("ix_target_conversation_started", "conversation_id", "started_at"),
        Index("ix_target_due", "due_at", "id", sqlite_where=_RUNNING, postgresql_where=_RUNNING),
        Index("ix_target_started", "started_at"),
        Index("ix_target_next_step", "next_step_at", "id", sqlite_where=_RUNNING, postgresql_where=_RUNNING),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    kind: Mapped[str]
    """"first" and "next" (answer), or "solution"."""
    state: Mapped[str] = mapped_column(default="running")
    """"running", "paused", and in the end "kept", "breached" or "dropped": nothing was owed any more, and it was not late."""
    started_at: Mapped[datetime]
    allowed_for: Mapped[int]
    """The seconds of working time in which it is to be met."""
    spent_for: Mapped[int] = mapped_column(default=0)
    """The seconds of working time that had counted at the last mark."""
    due_at: Mapped[datetime | None]
    """None while it is paused, and where its calendar does not open any more. In the end what it was."""
    done_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]
    """When its time was over before it was met, as far as that has been seen."""
    policy: Mapped[str] = mapped_column(default="")
    """The name of the SLA policy; "" is [answer]."""
    priority: Mapped[str]
    calendar: Mapped[str] = mapped_column(default="")
    """By which hours it runs now, by the name that `Policy` knows them under."""
    agent_id: Mapped[str | None] = mapped_column(ForeignKey("agent.id"))
    """Who met it."""
    marks: Mapped[list[dict[str, Any]]]
    """What happened to it, in order: `threads.sla.marks`."""
    next_step_at: Mapped[datetime | None] = mapped_column(default=AT_ONCE, onupdate=AT_ONCE)
    """When the next step of its ladder is due; `AT_ONCE` after each change of this row, None where none is to come."""
