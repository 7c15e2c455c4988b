"""The index follows the articles in every process, and mends itself whatever happened to it."""

from __future__ import annotations

import fcntl
import hashlib
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from knowledge import index as searching
from knowledge import index_files, lessons, reading, store
from knowledge.article import Article
from knowledge.documents import SCORED
from knowledge.index import Index
from knowledge.index_files import IndexFiles
from knowledge.learning import Source
from knowledge.plain_words import PlainWord
from storage.database import Database
from storage.errors import Unavailable

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
FIRST = Article("rechnung", "Wo finde ich meine Rechnung?", "Im Kundencenter.", ("Zahlung",))
SECOND = Article("domain", "Wie ziehe ich mit der Domain um?", "Mit dem Authcode.")


def put(database: Database, *articles: Article) -> store.Tally:
    with database.writing() as session:
        return store.put_articles(session, articles, NOW)


def found(index: Index, query: str) -> list[str]:
    return [each.article.id for each in index.search(query)]


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


@pytest.mark.parametrize("damage", ["missing", "empty", "rubbish", "truncated", "half"])
def test_a_broken_index_is_built_anew(database: Database, index: Index, folder: Path, damage: str) -> None:
    index.refresh()
    index.close()
    for file in [each for each in folder.iterdir() if each.suffix != ".lock"]:
        if damage in ("missing", "half") and (damage == "missing" or file.suffix == ".seg"):
            file.unlink()
        elif damage == "empty":
            file.write_bytes(b"")
        elif damage == "rubbish":
            file.write_bytes(b"\x80\x04rubbish" * 50)
        elif damage == "truncated":
            file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    mended = Index(folder, database)
    assert found(mended, "rechnung") == ["rechnung"]
    mended.close()


def test_an_index_whose_articles_cannot_be_read_is_built_anew(database: Database, index: Index, folder: Path) -> None:
    said = [" ".join(hashlib.sha512(b"%d" % (50 * n + at)).hexdigest() for at in range(50)) for n in range(20)]
    put(database, *(Article(f"a{number}", "Frage?", each) for number, each in enumerate(said)))
    index.refresh()
    index.close()
    (segment,) = folder.glob("*.seg")
    data = segment.read_bytes()
    begin = data.index(
        b"x^"
    )  # where zlib's first block begins: what says how far the index has come stands in the last
    segment.write_bytes(data[: begin + 2] + bytes(100) + data[begin + 102 :])
    mended = Index(folder, database)
    assert found(mended, "rechnung") == ["rechnung"]
    assert len(mended.snapshot().articles) == 21
    mended.close()


def test_an_index_is_for_its_owner_alone_and_stays_where_new_files_are_for_all(
    database: Database, folder: Path
) -> None:
    put(database, FIRST)
    before = os.umask(0)
    try:
        Index(folder, database).refresh()
        (segment,) = folder.glob("*.seg")
        again = Index(folder, database)
        assert found(again, "rechnung") == ["rechnung"]
        again.close()
    finally:
        os.umask(before)
    assert [each.name for each in folder.glob("*.seg")] == [segment.name]
    assert not any(each.stat().st_mode & 0o077 for each in (folder, *folder.iterdir()))


def test_what_a_table_of_contents_names_is_on_the_disk_before_it(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: set[int] = set()
    named: list[bool] = []
    sync, rename = os.fsync, os.rename

    def syncs(descriptor: int) -> None:
        sync(descriptor)
        synced.add(os.fstat(descriptor).st_ino)

    def renames(old: str, new: str) -> None:
        if new.endswith(".toc"):
            named.append({each.stat().st_ino for each in (Path(old), *folder.glob("*.seg"))} <= synced)
        rename(old, new)

    monkeypatch.setattr(os, "fsync", syncs)
    monkeypatch.setattr(os, "rename", renames)
    put(database, FIRST)
    index = Index(folder, database)
    index.refresh()
    put(database, SECOND)
    index.refresh()
    index.close()
    assert len(named) >= 2
    assert all(named)


def everything(folder: Path) -> list[object]:
    """All that an index on disk holds but for where it lies in its files."""
    with IndexFiles(folder).open().reader() as reader:
        numbers = range(reader.doc_count_all())
        stored = [reader.stored_fields(each) for each in numbers]
        lengths = [reader.doc_field_length(each, name) for each in numbers for name in SCORED]
        terms = [(term, {**vars(info), "_offset": None}) for term, info in reader]
        return [stored, lengths, list(reader.iter_postings()), terms]


def test_two_processes_make_the_whole_index_that_one_makes(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [
        Article(f"a{n}", f"Wo ist die Rechnungsadresse {n}?", f"- Zeile {n}\n- äöü 😀", ("Konto",)) for n in range(60)
    ]
    put(database, *many)
    for number in range(8):
        with database.writing() as session:
            said = [PlainWord("beleg", True)]
            lessons.teach(
                session, "a57", said, source=Source.ANSWER, who=f"{number}", pseudonym=lambda who: who * 32, now=NOW
            )
    with database.reading() as session:
        assert lessons.indexed(session)
    made = {}
    for processes, least in ((1, 1_000), (2, 10)):
        monkeypatch.setattr(index_files, "documents_of", partial(reading.documents_of, many=least))
        folder = tmp_path / f"by {processes}"
        Index(folder, database).rebuild()
        made[processes] = everything(folder)
    assert made[1] == made[2]


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


def test_what_others_could_have_written_is_never_unpickled(
    database: Database, index: Index, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.refresh()
    index.close()
    mark = tmp_path / "executed"
    toc = next(each for each in folder.iterdir() if each.suffix == ".toc")
    toc.unlink()
    with monkeypatch.context() as poisoned:
        poisoned.setattr(pickle, "dumps", lambda *_: f"cos\nmkdir\n(V{mark}\ntR.".encode())
        TOC(index_files.schema(), [], int(toc.stem.rpartition("_")[2])).write(FileStorage(str(folder)), "MAIN")  # type: ignore[no-untyped-call]  # whoosh leaves it untyped
    assert IndexFiles(folder).open() is None
    mark.rmdir()  # what the desk itself wrote is unpickled
    toc.chmod(0o666)
    safe = Index(folder, database)
    assert found(safe, "rechnung") == ["rechnung"]
    assert not mark.exists()
    safe.close()


def test_an_index_of_another_database_is_built_anew(
    database: Database, index: Index, folder: Path, tmp_path: Path
) -> None:
    from storage.database import open_database, sqlite_url

    index.refresh()
    index.close()
    other = open_database(sqlite_url(tmp_path / "other.sqlite"))
    other.make_ready()
    with other.writing() as session:
        store.put_articles(session, [SECOND], datetime(2026, 1, 1, tzinfo=UTC))
    moved = Index(folder, other)
    assert found(moved, "rechnung") == []
    assert found(moved, "authcode") == ["domain"]
    moved.close()
    other.close()


def test_a_folder_that_cannot_be_made_leaves_the_index_in_memory(database: Database, tmp_path: Path) -> None:
    put(database, FIRST)
    (tmp_path / "file").write_text("")
    index = Index(tmp_path / "file" / "index", database)
    assert found(index, "rechnung") == ["rechnung"]
    put(database, SECOND)
    assert index.refresh()
    assert found(index, "authcode") == ["domain"]


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
