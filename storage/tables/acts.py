"""What agents did that is about people, not about one conversation."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.ids import uuid7
from storage.tables.base import Base


class ActRow(Base):
    """Something that an agent did about people or an organisation, with what it takes to undo it."""

    __tablename__ = "act"
    __table_args__ = (Index("ix_act_actor_at", "actor", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    at: Mapped[datetime]
    kind: Mapped[str]
    """"linked" or "organisation"."""
    actor: Mapped[str]
    """An agent's id."""
    about: Mapped[str]
    """Whom or what it is about, as an agent names them."""
    because: Mapped[str]
    data: Mapped[dict[str, Any]]
    """What was before, and what was made of it."""
    undone_at: Mapped[datetime | None]
