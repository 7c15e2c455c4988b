"""The desk itself: its agents, who writes just now, and a few facts about it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class AgentRow(Base):
    """Somebody who answers customers."""

    __tablename__ = "agent"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    login: Mapped[str | None] = mapped_column(unique=True)
    """The user of the operating system that this agent is."""
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class DraftingRow(Base):
    """That an agent is writing an answer just now."""

    __tablename__ = "drafting"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"), primary_key=True)
    agent_id: Mapped[str] = mapped_column(ForeignKey("agent.id"), primary_key=True)
    since_at: Mapped[datetime]


class FactRow(Base):
    """A named fact about the desk, such as the fingerprint of its keys."""

    __tablename__ = "fact"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
