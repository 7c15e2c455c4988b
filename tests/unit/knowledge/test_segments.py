"""A state of the index that follows another is the same as one that is read anew."""

from __future__ import annotations

import fcntl
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.article import Article
from knowledge.documents import SCORED, restored
from knowledge.impacts import Snapshot
from knowledge.index import Index
from knowledge.store import put_articles, remove_article
from storage.database import Database, open_database, sqlite_url
from storage.tables import Base

NOW = datetime(2026, 11, 23, tzinfo=UTC)
WORDS = ["rechnung", "domain", "server", "passwort", "umzug", "kündigung"]
ARTICLES = st.builds(
    Article,
    id=st.sampled_from("abcde"),
    question=st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join),
    answer=st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join),
)
ROUNDS = st.lists(st.tuples(st.lists(ARTICLES, max_size=3), st.sets(st.sampled_from("abcde"), max_size=2)), max_size=6)


def desk(folder: Path) -> Database:
    database = open_database(sqlite_url(folder / "desk.sqlite"))
    Base.metadata.create_all(database.engine)
    return database


def change(database: Database, put: Sequence[Article], removed: Sequence[str] = ()) -> None:
    with database.writing() as session:
        put_articles(session, put, NOW)
        for key in removed:
            remove_article(session, key, NOW)


def read(snapshot: Snapshot) -> list[object]:
    """All that a search reads of a state, by the articles: their numbers are the index's own."""
    ids = {number: article.id for number, article in snapshot.articles.items()}
    terms = {
        (field, word): sorted(
            (ids[place], round(float(counts), 5))
            for place, counts in zip(*(each.tolist() for each in snapshot.impact(field, word)), strict=True)
        )
        for field in SCORED
        for word in WORDS
    }
    return [sorted(snapshot.articles.values(), key=lambda each: each.id), snapshot.words, snapshot.languages, terms]


@settings(max_examples=25, deadline=None)
@given(ROUNDS)
def test_what_follows_is_what_is_read_anew(rounds: list[tuple[list[Article], set[str]]]) -> None:
    with TemporaryDirectory() as scratch:
        database = desk(Path(scratch))
        index = Index(Path(scratch) / "index", database)
        for put, removed in rounds:
            change(database, put, sorted(removed))
            index.refresh()
            anew = Index(Path(scratch) / "index", database)
            assert read(index.snapshot()) == read(anew.snapshot())
            anew.close()
        index.close()
        database.close()


def test_what_stood_there_before_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = desk(tmp_path)
    change(database, [Article(f"{number}", "Wo ist die Rechnung?", "Hier.") for number in range(50)])
    index = Index(tmp_path / "index", database)
    index.refresh()
    often = list[str]()

    def counted(line: str) -> Article:
        often.append(line)
        return restored(line)

    monkeypatch.setattr("knowledge.segments.restored", counted)
    change(database, [Article("7", "Wo ist der Beleg?", "Dort.")])
    index.refresh()
    assert len(often) == 1
    assert len(index.snapshot().articles) == 50
    index.close()
    database.close()


def test_while_another_writes_the_former_state_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = desk(tmp_path)
    change(database, [Article("a", "Rechnung?", "Hier.")])
    index = Index(tmp_path / "index", database)
    index.refresh()
    monkeypatch.setattr("knowledge.index_files.PATIENCE", 0.02)
    with (tmp_path / "index" / "writing.lock").open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        change(database, [Article("b", "Domain?", "Dort.")])
        assert not index.refresh()
        assert [each.article.id for each in index.search("rechnung")] == ["a"]
    assert index.refresh()
    assert [each.article.id for each in index.search("domain")] == ["b"]
    index.close()
    database.close()
