"""The Whoosh index on disk, derived from the revisions in the database: made, followed, and mended here.

The number of the revision that the index shows stands in the index itself, so one commit brings both. One
process writes at a time (a lock that the system frees, whatever ends the writer). What is missing, broken,
of another form or of another user is built anew, and never read: an index holds pickles.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import stat
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from typing import Any

from knowledge import lessons, store
from knowledge.article import Article
from knowledge.documents import FORM, SCORED
from knowledge.reading import documents_of
from storage.database import Database

STATE = "*state"
"""The key of the document that says how far the index has come; no article has it (see `_key`)."""
_TRIES = 8
PATIENCE = 0.5
"""Seconds that are waited for another process that is writing: one change is written in less, a whole index is not."""
_LOOKS_EVERY = 0.01


class Stopped(Exception):
    """The index was not brought up to date, since `stop` was called meanwhile; it is as it was before, or built anew next time."""


@dataclass(frozen=True, slots=True)
class State:
    """How far an index has come."""

    form: int
    revision: int
    made_at: str
    """When that revision was made: tells another database with the same numbers."""
    lesson: int = 0
    """The newest change of learnt words that it shows."""

    @property
    def shown(self) -> tuple[int, int]:
        """What tells one state from another of the same database."""
        return self.revision, self.lesson


def schema() -> Any:
    """The fields. Each splits at blanks: a dictionary in the schema would be pickled into every table of contents."""
    from whoosh.fields import ID, KEYWORD, STORED, Schema

    scored = {name: KEYWORD(scorable=True) for name in SCORED}
    return Schema(key=ID(unique=True), surface=STORED, stored=STORED, state=STORED, **scored)


class IndexFiles:
    """An index directory, or the same in memory where none can be kept."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._memory: Any = None
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Have what is being written given up, and nothing begun any more."""
        self._stopped.set()

    def follow(self, database: Database, *, wait: bool, anew: bool = False) -> Any:
        """Bring the index to the newest revision and lesson; the open Whoosh index, or None where another process is at it.

        Raises `Stopped` once `stop` was called.
        """
        if self._stopped.is_set():
            raise Stopped
        if self.folder is not None:
            try:
                with self._only_writer(wait) as mine:
                    return self._followed(database, anew) if mine else None
            except OSError:
                self.folder = None  # a disk that is full or read-only must not stop the answers
        self._memory = self._built(database, self._in_memory())
        return self._memory

    def open(self) -> Any:
        """The index as it lies there, or None where it is missing, broken or not ours."""
        if self.folder is None:
            return self._memory
        if not _is_ours(self.folder):
            return None
        for _ in range(_TRIES):
            try:
                return _opened(self.folder)
            except FileNotFoundError:
                continue  # a writer took away what it had just replaced
            except Exception:  # whatever is broken in it, it is built anew
                return None
        return None

    def _followed(self, database: Database, anew: bool) -> Any:
        with database.reading() as session:
            newest = store.newest_revision(session)
            opened = None if anew else self.open()
            state = None if opened is None else state_of(opened)
            if opened is None or state is None or not _is_of(state, session, newest):
                return self._built(database, self._created())
            changed = store.revisions_after(session, state.revision)
            last = {each.article.id: each for each in changed}
            removed = [each.article.id for each in last.values() if each.removed]
            put = [each.article for each in last.values() if not each.removed]
            taught = [each for each in lessons.taught_after(session, state.lesson) if each not in last]
            put += [each for each in (store.article(session, one) for one in taught) if each is not None]
            learnt = lessons.indexed(session, [each.id for each in put])
            lesson = lessons.newest_lesson(session)
        if changed or taught:
            reached = _state(changed[-1], lesson) if changed else replace(state, lesson=lesson)
            _write(opened, removed, self._documents(put, learnt, reached))
        return opened

    def _built(self, database: Database, index: Any) -> Any:
        with database.reading() as session:
            articles = store.articles(session)
            newest = store.newest_revision(session)
            last = store.revisions_after(session, newest - 1)
            learnt, lesson = lessons.indexed(session), lessons.newest_lesson(session)
        _write_whole(index, self._documents(articles, learnt, _state(last[-1], lesson) if last else State(FORM, 0, "")))
        return index

    def _documents(
        self, articles: list[Article], learnt: Mapping[str, Mapping[str, int]], state: State
    ) -> Iterator[dict[str, str]]:
        """Those of articles, and the one that says how far the index has come."""
        for article, fields in zip(articles, documents_of(articles, learnt, self._stopped), strict=True):
            if self._stopped.is_set():
                raise Stopped
            yield {**fields, "key": _key(article.id)}
        yield {"key": STATE, "state": json.dumps(vars_of(state))}

    def _created(self) -> Any:
        from knowledge.mapped_files import MappedStorage

        assert self.folder is not None  # noqa: S101 - for the type checker: `follow` asked
        for each in self.folder.iterdir():
            if each.name != _LOCK:
                shutil.rmtree(each) if each.is_dir() and not each.is_symlink() else each.unlink()
        return MappedStorage(str(self.folder)).create_index(schema())  # type: ignore[no-untyped-call]  # whoosh leaves it untyped

    def _in_memory(self) -> Any:
        from whoosh.filedb.filestore import RamStorage

        storage = RamStorage()  # type: ignore[no-untyped-call]  # whoosh leaves it untyped
        return storage.create_index(schema())  # type: ignore[no-untyped-call]  # whoosh leaves it untyped

    @contextmanager
    def _only_writer(self, wait: bool) -> Iterator[bool]:
        assert self.folder is not None  # noqa: S101 - for the type checker: `follow` asked
        _make_ours(self.folder)
        descriptor = os.open(self.folder / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            yield self._is_locked(descriptor, inf if wait else PATIENCE)
        finally:
            os.close(descriptor)

    def _is_locked(self, descriptor: int, within: float) -> bool:
        """Whether a lock was had within so many seconds: flock itself waits for ever, or not at all, and for no `stop`."""
        until = time.monotonic() + within
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= until:
                    return False
                if self._stopped.wait(_LOOKS_EVERY):
                    raise Stopped from None
            else:
                return True


_LOCK = "writing.lock"


def _opened(folder: Path) -> Any:
    """The index of a folder; where that cannot be read, its table of contents is closed again, which Whoosh forgets."""
    from knowledge.mapped_files import SEGMENT, MappedStorage

    class Storage(MappedStorage):
        def open_file(self, name: str, **options: Any) -> Any:
            file = super().open_file(name, **options)
            if not name.endswith(SEGMENT):
                opened[:] = [file]  # each is closed before the next is opened
            return file

    opened: list[Any] = []
    try:
        return Storage(str(folder)).open_index()  # type: ignore[no-untyped-call]  # whoosh leaves it untyped
    except BaseException:
        for each in opened:
            each.close()
        raise


def state_of(index: Any) -> State | None:
    """How far an index has come, None where it cannot say."""
    try:
        with index.reader() as reader:
            stored = reader.stored_fields(reader.first_id("key", STATE))
        return State(**json.loads(stored["state"]))
    except Exception:  # whatever is broken in it, it is built anew
        return None


def _is_of(state: State, session: Any, newest: int) -> bool:
    if state.form != FORM or state.revision > newest or state.lesson > lessons.newest_lesson(session):
        return False
    if state.revision == 0:
        return True
    then = store.revisions_after(session, state.revision - 1, limit=1)
    return bool(then) and _state(then[0], state.lesson) == state


def _state(revision: store.Revision, lesson: int) -> State:
    return State(FORM, revision.number, revision.created_at.isoformat(), lesson)


def _write(index: Any, removed: list[str], put: Iterator[dict[str, str]]) -> None:
    with _cancelled_by_errors(index.writer(limitmb=32)) as writer:
        for key in removed:
            writer.delete_by_term("key", _key(key))
        for fields in put:
            writer.update_document(**fields)
    writer.commit()


def _write_whole(index: Any, documents: Iterator[dict[str, str]]) -> None:
    from whoosh.writing import CLEAR

    from knowledge.whole_index import WholeWriter

    with _cancelled_by_errors(WholeWriter(index)) as writer:
        writer.put_all(documents)
    writer.commit(mergetype=CLEAR)


@contextmanager
def _cancelled_by_errors(writer: Any) -> Iterator[Any]:
    try:
        yield writer
    except BaseException:
        writer.cancel()
        raise


def vars_of(state: State) -> dict[str, Any]:
    """The state as plain values."""
    return {"form": state.form, "revision": state.revision, "made_at": state.made_at, "lesson": state.lesson}


def _key(article_id: str) -> str:
    return f"={article_id}"


def _make_ours(folder: Path) -> None:
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        folder.unlink()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _is_ours(folder):
        shutil.rmtree(folder)
        folder.mkdir(mode=0o700)


def _is_ours(folder: Path) -> bool:
    """Whether nobody else could have put anything there."""
    try:
        found = [folder.lstat(), *(each.lstat() for each in folder.iterdir())]
    except OSError:
        return False
    mine = os.geteuid()
    return all(each.st_uid == mine and not each.st_mode & 0o022 and not stat.S_ISLNK(each.st_mode) for each in found)
