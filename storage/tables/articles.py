"""The knowledge base: articles, each with its revisions, and what visitors said of them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class ArticleRow(Base):
    """An article; what it says is its newest revision."""

    __tablename__ = "article"

    id: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(index=True)
    """The newest revision's number."""
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    origin_file: Mapped[str] = mapped_column(default="")
    """The file that it was imported from last; "" is none."""
    origin_page: Mapped[str] = mapped_column(default="")
    """The address that this file, a saved web page, says it has."""
    lesson: Mapped[int] = mapped_column(default=0, index=True)
    """Grows over all articles whenever the words change that this one learnt."""


class RevisionRow(Base):
    """What an article said from one moment on. Numbers grow over all articles in the order of commits."""

    __tablename__ = "revision"
    __table_args__ = (Index("ix_revision_article", "article_id", "number"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    article_id: Mapped[str] = mapped_column(ForeignKey("article.id"))
    question: Mapped[str]
    answer: Mapped[str]
    categories: Mapped[list[str]]
    audience: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="de")
    updated: Mapped[date | None] = mapped_column(Date)
    automatic: Mapped[bool] = mapped_column(default=True)
    mailboxes: Mapped[list[str]]
    """Whose mail it is suggested for; none is all."""
    removed: Mapped[bool] = mapped_column(default=False)
    agent_id: Mapped[str | None] = mapped_column(ForeignKey("agent.id"))
    created_at: Mapped[datetime]


class VoteRow(Base):
    """Whether a visitor found an article helpful: one vote each, which may change."""

    __tablename__ = "vote"

    article_id: Mapped[str] = mapped_column(ForeignKey("article.id"), primary_key=True)
    visitor: Mapped[str] = mapped_column(primary_key=True)
    """A keyed hash: nobody can be found by it."""
    helpful: Mapped[bool]
    at: Mapped[datetime]
