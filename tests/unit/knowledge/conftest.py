"""What the tests of the knowledge base share: a shelf of articles with an index of it in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import pytest

from knowledge.article import Article
from knowledge.files import read_articles
from knowledge.index import Index
from knowledge.languages.open_thesaurus import Thesaurus
from knowledge.store import put_articles
from storage.database import open_database, sqlite_url
from storage.tables import Base


class Shelf(Protocol):
    """Makes an index in memory of some articles, as `shelf` does."""

    def __call__(self, articles: Sequence[Article], thesaurus: Thesaurus | None = None) -> Index: ...


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """Makes an index in memory of some articles."""
    opened = []

    def make(articles: Sequence[Article], thesaurus: Thesaurus | None = None) -> Index:
        database = open_database(sqlite_url(tmp_path_factory.mktemp("shelf") / "desk.sqlite"))
        Base.metadata.create_all(database.engine)
        with database.writing() as session:
            put_articles(session, articles, datetime(2026, 11, 24, tzinfo=UTC))
        index = Index(None, database, thesaurus=thesaurus)
        index.refresh()
        opened.append((index, database))
        return index

    yield make
    for index, database in opened:
        index.close()
        database.close()


@pytest.fixture(scope="session")
def sample() -> list[Article]:
    """The sample FAQ."""
    folder = Path(__file__).parents[3] / "knowledge" / "sample"
    read = list(read_articles(folder))
    articles = [each for each in read if isinstance(each, Article)]
    assert len(articles) == len(read)
    return articles


@pytest.fixture(scope="session")
def second() -> list[Article]:
    """The FAQ of quite another company: a maker of software for small shops, who also sells hardware."""
    read = list(read_articles(Path(__file__).parent / "second_faq.jsonl"))
    articles = [each for each in read if isinstance(each, Article)]
    assert len(articles) == len(read)
    return articles


@pytest.fixture(scope="session")
def sample_index(shelf: Shelf, sample: list[Article]) -> Index:
    """An index of the sample FAQ."""
    return shelf(sample)
