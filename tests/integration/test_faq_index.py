"""The index follows the articles in every process, and mends itself whatever happened to it."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from knowledge import index as searching
from knowledge import index_files, reading, store
from knowledge.article import Article
from knowledge.index import Index
from knowledge.index_files import IndexFiles
from storage.database import Database
from storage.errors import Unavailable
from tests.indexed import FIRST, NOW, SECOND, found, put


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def index(database: Database, folder: Path) -> Iterator[Index]:
    put(database, FIRST)
    opened = Index(folder, database)
    yield opened
    opened.close()


def test_importing_the_same_again_changes_nothing(database: Database) -> None:
    assert put(database, FIRST, SECOND) == store.Tally(new=2)
    assert put(database, FIRST, SECOND) == store.Tally(same=2)
    changed = Article("domain", "Wie ziehe ich um?", "Anders.")
    assert put(database, FIRST, changed) == store.Tally(changed=1, same=1)
    with database.reading() as session:
        assert [each.number for each in store.revisions_after(session, 0)] == [1, 2, 3]
        assert [each.article.answer for each in store.revisions(session, "domain")] == ["Mit dem Authcode.", "Anders."]
        assert store.article(session, "domain") == changed


def test_numbers_grow_in_the_order_of_commits(database: Database) -> None:
    threads = [threading.Thread(target=put, args=(database, Article(f"a{n}", "Frage?", "Ja."))) for n in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    with database.reading() as session:
        assert [each.number for each in store.revisions_after(session, 0)] == list(range(1, 9))


def test_what_is_removed_is_gone_and_can_come_back(database: Database, index: Index) -> None:
    with database.writing() as session:
        assert store.remove_article(session, "rechnung", NOW)
        assert not store.remove_article(session, "rechnung", NOW)
    with database.reading() as session:
        assert store.article(session, "rechnung") is None
        assert store.articles(session) == []
    index.refresh()
    assert found(index, "rechnung") == []
    assert put(database, FIRST) == store.Tally(changed=1)
    index.refresh()
    assert found(index, "rechnung") == ["rechnung"]


def test_a_visitor_has_one_vote_which_may_change(database: Database) -> None:
    put(database, FIRST)
    with database.writing() as session:
        assert store.vote(session, "rechnung", "v1", True, NOW)
        assert store.vote(session, "rechnung", "v1", False, NOW)
        assert store.vote(session, "rechnung", "v2", True, NOW)
        assert not store.vote(session, "gone", "v1", True, NOW)
    with database.reading() as session:
        assert store.votes(session) == {"rechnung": store.Votes(helpful=1, unhelpful=1)}


def test_a_change_is_followed(database: Database, index: Index) -> None:
    assert found(index, "rechnung") == ["rechnung"]
    assert not index.refresh()
    put(database, SECOND, Article("rechnung", "Wo ist der Beleg?", "Hier."))
    assert index.refresh()
    assert found(index, "authcode") == ["domain"]
    assert index.search("beleg")[0].article.question == "Wo ist der Beleg?"


def test_another_process_s_index_of_the_same_folder_follows(database: Database, index: Index, folder: Path) -> None:
    other = Index(folder, database)
    assert found(other, "rechnung") == found(index, "rechnung")
    put(database, SECOND)
    index.refresh()
    assert other.refresh()
    assert found(other, "authcode") == ["domain"]
    other.close()


def test_an_index_that_is_being_built_is_given_up_and_built_by_the_next(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(database, FIRST, SECOND)
    index, read = Index(folder, database), reading.documents_of

    def stopped(*given: Any) -> Iterator[Mapping[str, str]]:
        for number, each in enumerate(read(*given)):
            if number:
                index.stop()
            yield each

    monkeypatch.setattr(index_files, "documents_of", stopped)
    assert not index.refresh()
    with pytest.raises(Unavailable):
        index.search("rechnung")
    monkeypatch.undo()
    later = Index(folder, database)
    assert found(later, "rechnung") == ["rechnung"]
    later.close()


def test_whoever_waits_for_another_process_that_builds_the_index_can_be_ended(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, lock = threading.Event(), fcntl.flock

    def tells(*given: Any) -> None:
        asked.set()
        lock(*given)

    put(database, FIRST)
    other = Index(folder, database)
    other.refresh()
    index = Index(folder, database)
    with (folder / "writing.lock").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        monkeypatch.setattr(fcntl, "flock", tells)
        waiting = threading.Thread(target=index.refresh, daemon=True)
        waiting.start()
        asked.wait(30)
        index.stop()
        waiting.join(30)
        assert not waiting.is_alive()
    other.close()


def test_a_search_does_not_wait_long_for_an_index_that_another_thread_opens(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(database, FIRST)
    index, follow, begun, done = Index(folder, database), IndexFiles.follow, threading.Event(), threading.Event()

    def slow(*given: Any, **options: Any) -> Any:
        begun.set()
        done.wait(60)
        return follow(*given, **options)

    monkeypatch.setattr(IndexFiles, "follow", slow)
    monkeypatch.setattr(searching, "OPENED_WITHIN", 0.01)
    opening = threading.Thread(target=index.refresh)
    opening.start()
    begun.wait(60)
    with pytest.raises(Unavailable, match="not open yet"):
        index.search("rechnung")
    done.set()
    opening.join()
    assert found(index, "rechnung") == ["rechnung"]
    index.close()


def test_a_rebuild_does_not_stop_others(database: Database, index: Index, folder: Path) -> None:
    other = Index(folder, database)
    assert found(other, "rechnung") == ["rechnung"]
    assert index.rebuild() == 1
    assert found(other, "kundencenter") == ["rechnung"]
    put(database, SECOND)
    assert other.refresh()
    assert found(other, "authcode") == ["domain"]
    other.close()


WRITER = """
import sys
from datetime import UTC, datetime
from knowledge import store
from knowledge.article import Article
from knowledge.index import Index
from pathlib import Path
from storage.database import open_database
database = open_database(sys.argv[1])
index = Index(Path(sys.argv[2]), database)
number = 0
while True:
    number += 1
    with database.writing() as session:
        store.put_articles(session, [Article(f"k{number}", f"Frage {number} zur Rechnung?", "Ja.")], datetime.now(UTC))
    index.refresh()
    print(number, flush=True)
"""


def test_a_kill_at_any_moment_is_survived(database: Database, database_url: str, folder: Path) -> None:
    put(database, FIRST)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    for rounds in range(2):
        command = [sys.executable, "-c", WRITER, database_url, str(folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as writer:
            assert writer.stdout is not None
            for _ in range(1 + rounds):
                assert writer.stdout.readline()
            writer.send_signal(signal.SIGKILL)
        index = Index(folder, database)
        index.refresh()
        with database.reading() as session:
            everything = {each.id for each in store.articles(session)}
        assert {each.id for each in index.snapshot().articles.values()} == everything
        index.close()
