"""What people's words taught the knowledge base: the words of articles, who said them lately, and what was searched."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import KEY_ONLY, Base


class LearntRow(Base):
    """A word that led people to an article."""

    __tablename__ = "learnt"

    article_id: Mapped[str] = mapped_column(ForeignKey("article.id"), primary_key=True)
    word: Mapped[str] = mapped_column(primary_key=True)
    """As they wrote it, in lower case."""
    weight: Mapped[float]
    """What it counted at `weighed_at`."""
    weighed_at: Mapped[datetime]
    level: Mapped[int]
    """How often it stands in the article's document in the index."""
    fades_at: Mapped[datetime] = mapped_column(index=True)
    """When it falls to the next level by itself."""
    searches: Mapped[int] = mapped_column(default=0)
    answers: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime]
    barred_by: Mapped[str | None] = mapped_column(ForeignKey("agent.id"))
    """Who took it back for good."""


class HeardRow(Base):
    """That somebody used a word: nobody can read from it who, or which word. Kept for some weeks."""

    __tablename__ = "heard"
    __table_args__ = KEY_ONLY

    article_id: Mapped[str] = mapped_column(primary_key=True)
    """What it led to; "" where that was nothing."""
    word: Mapped[str] = mapped_column(primary_key=True)
    """A keyed hash."""
    who: Mapped[str] = mapped_column(primary_key=True)
    """A keyed hash."""
    at: Mapped[datetime] = mapped_column(index=True)


class SearchRow(Base):
    """What visitors searched for, in the words that may be kept, and what came of it; not who they were."""

    __tablename__ = "search"
    __table_args__ = KEY_ONLY

    language: Mapped[str] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(primary_key=True)
    """In the order in which they were typed, set apart by blanks."""
    times: Mapped[int] = mapped_column(default=0)
    empty: Mapped[int] = mapped_column(default=0)
    """How often nothing was found."""
    clicks: Mapped[int] = mapped_column(default=0)
    """How often somebody went on to an article."""
    last_at: Mapped[datetime] = mapped_column(index=True)
