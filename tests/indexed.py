"""Articles put into a desk, and what an index finds of them."""

from __future__ import annotations

from datetime import UTC, datetime

from knowledge import store
from knowledge.article import Article
from knowledge.index import Index
from storage.database import Database

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
FIRST = Article("rechnung", "Wo finde ich meine Rechnung?", "Im Kundencenter.", ("Zahlung",))
SECOND = Article("domain", "Wie ziehe ich mit der Domain um?", "Mit dem Authcode.")


def put(database: Database, *articles: Article) -> store.Tally:
    """Bring articles in."""
    with database.writing() as session:
        return store.put_articles(session, articles, NOW)


def found(index: Index, query: str) -> list[str]:
    """The IDs of what a search finds, the best first."""
    return [each.article.id for each in index.search(query)]
