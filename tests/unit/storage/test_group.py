"""Many writes in one transaction."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future

import pytest
from sqlalchemy import event, func, insert, select, text
from sqlalchemy.orm import Session

from storage.database import Database, open_database
from storage.errors import DatabaseUnavailable, DiskFull, Unavailable
from storage.facts import get_fact, set_fact
from storage.group import GroupCommit, do_together
from storage.rows import put, put_together
from storage.tables import FactRow


class Held:
    """A work that keeps a group busy, so that what is submitted until it is let go waits together."""

    def __init__(self, group: GroupCommit) -> None:
        self._running, self._gate = threading.Event(), threading.Event()
        self._done = group.submit(self._hold)
        assert self._running.wait(10)

    def _hold(self, _session: Session) -> None:
        self._running.set()
        self._gate.wait(10)

    def let_go(self) -> None:
        """Let it end."""
        self._gate.set()
        self._done.result(10)


def test_a_future_is_done_when_another_connection_sees_the_work(database: Database) -> None:
    group = GroupCommit(database)
    group.submit(lambda session: set_fact(session, "a", "1")).result(10)
    with database.reading() as session:
        assert get_fact(session, "a") == "1"
    group.close()


def test_the_result_of_the_work_is_the_result_of_the_future(database: Database) -> None:
    group = GroupCommit(database)
    assert group.submit(lambda _session: 42).result(10) == 42
    group.close()


def test_what_waits_goes_into_one_transaction_and_never_more_than_the_largest_batch(database: Database) -> None:
    commits: list[int] = []
    event.listen(database.engine, "commit", lambda _connection: commits.append(1))
    group = GroupCommit(database, largest=64)
    first = Held(group)
    works = [group.submit(lambda session, n=n: set_fact(session, f"n{n}", "x")) for n in range(100)]  # type: ignore[misc] # a lambda with a default
    first.let_go()
    for work in works:
        work.result(10)
    group.close()
    assert len(commits) == 3  # the one that held, then 64, then 36
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(FactRow)) == 100


def test_a_work_that_raises_fails_alone_and_leaves_nothing(database: Database) -> None:
    def broken(session: Session) -> None:
        set_fact(session, "broken", "1")
        raise ValueError("no")

    def twice(session: Session) -> None:
        session.add_all([FactRow(name="same", value="1"), FactRow(name="same", value="2")])

    group = GroupCommit(database)
    first = Held(group)
    works: list[Future[None]] = [
        group.submit(lambda session: set_fact(session, "before", "1")),
        group.submit(broken),
        group.submit(twice),
        group.submit(lambda session: set_fact(session, "after", "1")),
    ]
    first.let_go()
    with pytest.raises(ValueError, match="no"):
        works[1].result(10)
    assert works[2].exception(10) is not None
    works[0].result(10)
    works[3].result(10)
    group.close()
    with database.reading() as session:
        assert set(session.scalars(select(FactRow.name))) == {"before", "after"}


def test_if_the_commit_itself_fails_all_of_them_hear_of_it(database: Database) -> None:
    def lose_the_connection(session: Session) -> None:
        driver = session.connection().connection.driver_connection
        assert driver is not None
        driver.close()
        session.connection().invalidate()

    group = GroupCommit(database)
    first = Held(group)
    works = [group.submit(lambda session: set_fact(session, "x", "1")), group.submit(lose_the_connection)]
    first.let_go()
    assert all(isinstance(work.exception(10), DatabaseUnavailable) for work in works)
    group.submit(lambda session: set_fact(session, "y", "1")).result(10)
    group.close()
    with database.reading() as session:
        assert get_fact(session, "x") is None
        assert get_fact(session, "y") == "1"


def test_closing_does_what_was_handed_in_and_takes_nothing_more(database: Database) -> None:
    group = GroupCommit(database)
    works = [group.submit(lambda session, n=n: set_fact(session, f"n{n}", "x")) for n in range(200)]  # type: ignore[misc] # a lambda with a default
    group.close()
    group.close()
    assert all(work.done() and work.exception() is None for work in works)
    with pytest.raises(Unavailable, match="closing"):
        group.submit(lambda _session: None).result(1)


def test_work_that_nobody_waits_for_any_more_is_not_done(database: Database) -> None:
    group = GroupCommit(database)
    first = Held(group)
    dropped = group.submit(lambda session: set_fact(session, "dropped", "1"))
    assert dropped.cancel()
    first.let_go()
    group.close()
    with database.reading() as session:
        assert get_fact(session, "dropped") is None


def test_on_a_full_disk_those_who_wait_are_told_so_and_later_ones_are_kept(sqlite_file_url: str) -> None:
    database = open_database(sqlite_file_url)
    group = GroupCommit(database)

    def fill(session: Session) -> None:
        pages = session.scalar(text("PRAGMA page_count"))
        session.connection().exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        session.execute(insert(FactRow), [{"name": f"n{number}", "value": "x" * 1000} for number in range(1000)])

    def make_room(session: Session) -> None:
        session.connection().exec_driver_sql("PRAGMA max_page_count = 1000000")
        set_fact(session, "after", "1")

    assert isinstance(group.submit(fill).exception(20), DiskFull)
    group.submit(make_room).result(20)
    group.close()
    with database.reading() as session:
        assert list(session.scalars(select(FactRow.name))) == ["after"]
    database.close()


def test_rows_put_together_by_many_works_are_written_by_one_statement(database: Database) -> None:
    inserts: list[bool] = []

    def seen(
        _connection: object, _cursor: object, statement: str, _parameters: object, _context: object, many: bool
    ) -> None:
        if statement.startswith("INSERT INTO fact"):
            inserts.append(many)

    event.listen(database.engine, "before_cursor_execute", seen)
    group = GroupCommit(database)
    first = Held(group)
    works = [group.submit(_puts(f"n{number}")) for number in range(20)]
    first.let_go()
    for work in works:
        work.result(10)
    group.close()
    assert inserts == [True]
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(FactRow)) == 20


def test_of_rows_put_together_only_the_wrong_one_is_left_out(database: Database) -> None:
    group = GroupCommit(database)
    first = Held(group)
    works = [group.submit(_puts(name)) for name in ("a", "b", "a", "c")]
    first.let_go()
    failed = [work.exception(10) is not None for work in works]
    group.close()
    assert failed == [False, False, True, False]
    with database.reading() as session:
        assert set(session.scalars(select(FactRow.name))) == {"a", "b", "c"}


def test_a_work_that_raises_among_others_leaves_nothing_of_what_it_wrote(database: Database) -> None:
    def broken(session: Session) -> None:
        put(session, FactRow, {"name": "broken", "value": "x"})
        raise ValueError("after it wrote")

    group = GroupCommit(database)
    first = Held(group)
    works = [group.submit(work) for work in (_puts("a"), broken, _puts("b"))]
    first.let_go()
    failed = [work.exception(10) is not None for work in works]
    group.close()
    assert failed == [False, True, False]
    with database.reading() as session:
        assert set(session.scalars(select(FactRow.name))) == {"a", "b"}


def test_works_done_together_share_a_commit_where_there_is_one_writer_and_one_that_raises_fails_alone(
    database: Database,
) -> None:
    def broken(session: Session) -> None:
        put(session, FactRow, {"name": "broken", "value": "x"})
        raise ValueError("after it wrote")

    commits: list[object] = []
    event.listen(database.engine, "commit", commits.append)
    done = do_together(database, [_puts("a"), broken, _puts("b")])
    assert [each.exception(0) is not None for each in done] == [False, True, False]
    assert len(commits) == (1 if database.is_sqlite else 2)
    with database.reading() as session:
        assert set(session.scalars(select(FactRow.name))) == {"a", "b"}


def _puts(name: str) -> Callable[[Session], None]:
    return lambda session: put_together(session, FactRow, {"name": name, "value": "1"})
