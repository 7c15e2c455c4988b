"""Articles that were read are brought into the knowledge base, with where they came from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from knowledge import store
from knowledge.article import Article
from knowledge.files import Record
from knowledge.origins import gone


def bring_in(session: Session, records: Sequence[Record], path: str, now: datetime) -> tuple[store.Tally, list[str]]:
    """Bring in what was read from a path: what came of it, and the articles that came from there before and are gone.

    Nothing is taken away: that is for a person to decide.
    """
    articles = [each.found for each in records if isinstance(each.found, Article)]
    read = {each.found.id: each.origin for each in records if isinstance(each.found, Article)}
    unread = {each.origin.file for each in records if not isinstance(each.found, Article)}
    tally = store.put_articles(session, articles, now)
    missed = gone(store.origins(session), read, str(Path(path).resolve()), unread)
    store.note_origins(session, read)
    return tally, missed
