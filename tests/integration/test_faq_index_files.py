"""The files of the index: whatever is done to them, they are never served wrong, and are nobody else's."""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from knowledge import index_files, lessons, reading, store
from knowledge.article import Article
from knowledge.documents import SCORED
from knowledge.index import Index
from knowledge.index_files import IndexFiles
from knowledge.learning import Source
from knowledge.plain_words import PlainWord
from storage.database import Database
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
