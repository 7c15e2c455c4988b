"""Escalation: the steps that were due for a target, who was told at each, and the calls to other programs."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.ids import uuid7
from storage.tables.base import Base

_DUE = text("state IN ('waiting', 'leased')")
_UNTOLD = text("state = 'waiting'")
_GIVEN_UP = text("state = 'given up'")


class StepRow(Base):
    """A step of a ladder that was due for a target: each happens once."""

    __tablename__ = "step"
    __table_args__ = (UniqueConstraint("target_id", "step"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    target_id: Mapped[UUID] = mapped_column(ForeignKey("target.id"))
    step: Mapped[str]
    """The name of the ladder and when the step is due by it, as "usual 75%"."""
    state: Mapped[str]
    """"done", "missed" (a later one was due as well by the time that anybody looked), "passed" (somebody had taken it)."""
    due_at: Mapped[datetime]
    done_at: Mapped[datetime]
    passed_for: Mapped[int]
    """Working time that had passed when it was due, in seconds."""
    event_id: Mapped[UUID | None] = mapped_column(ForeignKey("event.id"), index=True)
    """That shows it in the conversation."""


class TellingRow(Base):
    """Somebody whom a step tells, by mail."""

    __tablename__ = "telling"
    __table_args__ = (Index("ix_telling_untold", "due_at", sqlite_where=_UNTOLD, postgresql_where=_UNTOLD),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    step_id: Mapped[UUID] = mapped_column(ForeignKey("step.id"), index=True)
    address: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    agent_id: Mapped[str | None] = mapped_column(ForeignKey("agent.id"))
    because: Mapped[str]
    """Why they are told: "assignee", "on call", ..."""
    state: Mapped[str] = mapped_column(default="waiting")
    """"waiting" to go out in one mail with what else is due, "mailed", "stopped" (mail does not reach them), "passed" (somebody saw to it before that mail was written)."""
    outbox_id: Mapped[UUID | None] = mapped_column(ForeignKey("outbox.id"), index=True)
    """The mail that tells them; what became of it stands there."""
    due_at: Mapped[datetime]
    """When they are to hear of it; later where they could not be told."""


class CallRow(Base):
    """A webhook or a command of a step, written with it, and tried until it succeeds or is given up.

    What is called stands in the settings alone: who can write here runs no program by that.
    """

    __tablename__ = "call"
    __table_args__ = (
        Index("ix_call_due", "due_at", sqlite_where=_DUE, postgresql_where=_DUE),
        Index("ix_call_given_up", "created_at", sqlite_where=_GIVEN_UP, postgresql_where=_GIVEN_UP),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    step_id: Mapped[UUID] = mapped_column(ForeignKey("step.id"), index=True)
    kind: Mapped[str]
    """"webhook" or "command"."""
    step: Mapped[str]
    """As `StepRow.step` names it."""
    payload: Mapped[dict[str, Any]]
    """What it is told, as JSON."""
    state: Mapped[str] = mapped_column(default="waiting")
    """"waiting", "leased", "done" or "given up"."""
    due_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    answered: Mapped[int] = mapped_column(default=0)
    """Tries whose end was written down. One that ended without a word, as its process was killed, may have been heard all the same."""
    lease: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    last_answer: Mapped[str] = mapped_column(default="")
    """What it answered last, or our error, in one line."""
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
