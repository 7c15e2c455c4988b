"""Many small writes in one transaction: one sync to disk for all that wait at the time."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from storage.database import Database, ours
from storage.errors import Unavailable
from storage.rows import drop_together, write_together

T = TypeVar("T")


@dataclass(slots=True)
class _Task:
    work: Callable[[Session], Any]
    future: Future[Any] = field(default_factory=Future)
    result: Any = None
    error: BaseException | None = None

    def answer(self, failure: BaseException | None) -> None:
        """Tell the one who waits; `failure` is that of the whole transaction."""
        error = failure or self.error
        if error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(error)


class GroupCommit:
    """One writer thread that commits what many callers hand it, as many at a time as wait.

    A future is done only after the commit that holds its work is on disk.
    """

    def __init__(self, database: Database, largest: int = 64) -> None:
        self._database = database
        self._largest = largest
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._door = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="group-commit", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Session], T]) -> Future[T]:
        """Have work done in the next transaction. It gets a session, and must be quick; if it raises, it fails alone.

        It is done once more where another work of the same transaction raised: what it changes is the database alone.
        """
        task = _Task(work)
        with self._door:
            if self._closed:
                task.future.set_exception(Unavailable("the desk is closing and takes nothing more; try again later"))
            else:
                self._tasks.put(task)
        return task.future

    def close(self) -> None:
        """Do what was handed in already, then end. May be called twice."""
        with self._door:
            if not self._closed:
                self._closed = True
                self._tasks.put(None)
        self._thread.join()

    def _run(self) -> None:
        more = True
        while more:
            batch, more = self._next_batch()
            _commit(self._database, [task for task in batch if task.future.set_running_or_notify_cancel()])

    def _next_batch(self) -> tuple[list[_Task], bool]:
        batch: list[_Task] = []
        try:
            while len(batch) < self._largest:
                task = self._tasks.get(block=not batch)
                if task is None:
                    return batch, False
                batch.append(task)
        except queue.Empty:
            pass
        return batch, True


def do_together(database: Database, works: Sequence[Callable[[Session], T]]) -> list[Future[T]]:
    """Do works at once, and commit them together; the futures are done, and one that raised failed alone.

    On PostgreSQL each has a transaction of its own: writers do not wait for each other there, but two that hold the locks of
    many works could wait for each other crosswise.
    """
    tasks = [_Task(work) for work in works]
    for batch in [tasks] if database.is_sqlite else [[task] for task in tasks]:
        _commit(database, batch)
    return [task.future for task in tasks]


def _commit(database: Database, batch: list[_Task]) -> None:
    if not batch:
        return
    failure = _written(database, batch, _plainly)
    blamed = any(task.error for task in batch) or not isinstance(failure, Unavailable)
    if failure is not None and blamed and len(batch) > 1:
        # one of them was wrong, and took the others with it: once more, each by itself
        failure = _written(database, batch, _alone)
    for task in batch:
        task.answer(failure)


def _written(database: Database, batch: list[_Task], do: Callable[[Session, _Task], None]) -> BaseException | None:
    """Do all works of a batch in one transaction; what ended it, where anything did."""
    try:
        with database.writing() as session:
            for task in batch:
                do(session, task)
            write_together(session)
    except BaseException as error:
        # whatever it is, those who wait must hear of it
        return error
    return None


def _plainly(session: Session, task: _Task) -> None:
    """Do one work. What it raises ends the transaction."""
    _do(session, task, Session.flush)


def _do(session: Session, task: _Task, finish: Callable[[Session], None]) -> None:
    task.error = None
    try:
        task.result = task.work(session)
        finish(session)
    except BaseException as error:
        task.error = error
        raise


def _alone(session: Session, task: _Task) -> None:
    """Do one work inside a savepoint. Raises only where the whole transaction is lost."""
    try:
        with session.begin_nested():
            _do(session, task, write_together)
    except BaseException as error:
        drop_together(session)
        # where the savepoint itself could not be ended, nothing of this transaction is left
        if error is not task.error or _is_lost(error):
            raise (task.error or error) from None
        task.error = ours(error)


def _is_lost(error: BaseException) -> bool:
    return isinstance(error, DBAPIError) and error.connection_invalidated
