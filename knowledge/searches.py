"""What visitors search for, in the database: in words that may be kept, added up, and not who it was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from knowledge.learning import PEOPLE
from knowledge.lessons import Pseudonym, hear
from knowledge.plain_words import PlainWord
from storage.claim import serialise
from storage.tables import SearchRow

KEPT = timedelta(days=180)
"""A search that nobody did for so long is forgotten."""
MOST = 5_000
"""Searches that are kept: those done last."""


@dataclass(frozen=True, slots=True)
class Searched:
    """What was searched for, and what came of it."""

    language: str
    words: str
    times: int
    empty: int
    """How often nothing was found."""
    clicks: int
    """How often somebody went on to an article."""
    last_at: datetime


def note(
    session: Session,
    language: str,
    said: Iterable[PlainWord],
    *,
    who: str,
    pseudonym: Pseudonym,
    now: datetime,
    found: bool = True,
    clicked: bool = False,
) -> str:
    """Add a search up, or that it was clicked on from; the words that were kept of it, "" where none may be."""
    serialise(session, "searches")
    words = " ".join(
        each.text
        for each in said
        if each.is_known or hear(session, "", each.text, who=who, pseudonym=pseudonym, now=now)[1] + 1 >= PEOPLE
    )
    if not words:
        return ""
    row = session.get(SearchRow, (language, words)) or _new(session, language, words, now)
    if clicked:
        row.clicks += 1
    else:
        row.times += 1
        row.empty += not found
    row.last_at = max(row.last_at, now)
    return words


def searches(session: Session, since: datetime) -> list[Searched]:
    """What was searched for since a time, the most frequent first."""
    chosen = select(SearchRow).where(SearchRow.last_at >= since).order_by(SearchRow.times.desc(), SearchRow.words)
    return [
        Searched(row.language, row.words, row.times, row.empty, row.clicks, row.last_at)
        for row in session.scalars(chosen)
    ]


def is_forgetting(session: Session, now: datetime) -> bool:
    """Whether a search is to be forgotten."""
    return session.scalar(select(SearchRow.words).where(SearchRow.last_at <= now - KEPT).limit(1)) is not None


def forget(session: Session, now: datetime) -> None:
    """Forget the searches that nobody did for long."""
    session.execute(delete(SearchRow).where(SearchRow.last_at <= now - KEPT))


def _new(session: Session, language: str, words: str, now: datetime) -> SearchRow:
    if (session.scalar(select(func.count()).select_from(SearchRow)) or 0) >= MOST:
        session.delete(session.scalars(select(SearchRow).order_by(SearchRow.last_at).limit(1)).one())
    row = SearchRow(language=language, words=words, times=0, empty=0, clicks=0, last_at=now)
    session.add(row)
    return row
