"""What a database promises, and what it says when it cannot keep it."""

from __future__ import annotations

import multiprocessing
import os
import stat
import threading
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any, Protocol

import pytest
from sqlalchemy import event, func, insert, select, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import IntegrityError

from storage.database import Database, open_database, ours, sqlite_url
from storage.errors import DatabaseUnavailable, DiskFull, OutOfStep, Unavailable, WrongUse
from storage.facts import get_fact, set_fact
from storage.tables import EnvelopeRow, FactRow


class PostgresServer(Protocol):
    def end_connections(self, url: str) -> None: ...
    def allow_connections(self, url: str, *, allowed: bool) -> None: ...


def test_what_is_written_is_there_for_the_next_reader(database: Database) -> None:
    with database.writing() as session:
        set_fact(session, "a", "1")
    with database.reading() as session:
        assert get_fact(session, "a") == "1"


def test_where_anything_is_raised_nothing_is_kept(database: Database) -> None:
    def write_and_fail() -> None:
        with database.writing() as session:
            set_fact(session, "a", "1")
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        write_and_fail()
    with database.reading() as session:
        assert get_fact(session, "a") is None


def test_a_reader_writes_nothing(database: Database) -> None:
    with database.reading() as session:
        set_fact(session, "a", "1")
    with database.reading() as session:
        assert get_fact(session, "a") is None


def test_a_reader_sees_one_state_whatever_is_written_meanwhile(database: Database) -> None:
    with database.writing() as session:
        set_fact(session, "a", "1")
    for _ in range(2):  # a connection that is used again, too
        with database.reading() as session:
            before = get_fact(session, "a")
            with database.writing() as other:
                set_fact(other, "a", "2")
                set_fact(other, "b", "2")
            session.expire_all()
            assert (get_fact(session, "a"), get_fact(session, "b")) == (before, None if before == "1" else "2")
    with database.writing() as session:  # which has no further state than its own
        assert get_fact(session, "a") == "2"


def test_what_was_read_stays_readable_after_the_session(database: Database) -> None:
    with database.writing() as session:
        set_fact(session, "a", "1")
    with database.reading() as session:
        row = session.get_one(FactRow, "a")
    assert row.value == "1"


def test_a_text_with_nul_and_lone_surrogates_is_cleaned(database: Database) -> None:
    with database.writing() as session:
        set_fact(session, "a", "x\0y\udc80z")
    with database.reading() as session:
        assert get_fact(session, "a") == "x\N{REPLACEMENT CHARACTER}y?z"


def test_an_error_that_means_something_else_stays_as_it_is(database: Database) -> None:
    twice = text("INSERT INTO fact (name, value) VALUES ('a', '1'), ('a', '2')")
    with pytest.raises(IntegrityError), database.writing() as session:
        session.execute(twice)


def test_an_error_never_shows_what_was_to_be_written(database: Database) -> None:
    statement = text("INSERT INTO fact (name, value) VALUES (:name, 'x'), (:name, 'x')")
    with pytest.raises(IntegrityError) as raised, database.writing() as session:
        session.execute(statement, {"name": "a customer's words"})
    assert "[SQL parameters hidden" in str(raised.value)


def test_a_row_that_refers_to_nothing_is_refused(database: Database) -> None:
    statement = (
        "INSERT INTO address (address, person_id, reply_to) VALUES ('a', '00000000000000000000000000000001', '')"
    )
    with pytest.raises(IntegrityError), database.writing() as session:
        session.execute(text(statement))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "mysql://root:secret@host/name",
        "nosuch://secret",
        "sqlite",
        "postgresql://secret:x@host:port/name",
    ],
)
def test_what_is_no_database_is_refused_in_one_line_without_a_password(url: str) -> None:
    with pytest.raises(WrongUse) as caught:
        open_database(url)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


class TestSqlite:
    def test_every_commit_is_synced_to_disk(self, sqlite_file_url: str) -> None:
        database = open_database(sqlite_file_url)
        with database.reading() as session:
            assert session.scalar(text("PRAGMA journal_mode")) == "wal"
            assert session.scalar(text("PRAGMA synchronous")) == 2
            assert session.scalar(text("PRAGMA foreign_keys")) == 1
        database.close()

    def test_its_files_are_only_for_the_user_who_runs_the_desk(self, tmp_path: Path) -> None:
        before = os.umask(0)
        try:
            database = open_database(sqlite_url(tmp_path / "data" / "desk.sqlite"))
            database.make_ready()
        finally:
            os.umask(before)
        with database.reading() as session:
            session.scalar(select(func.count()).select_from(FactRow))
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "data").iterdir()}
        assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
        assert modes == {"desk.sqlite": 0o600, "desk.sqlite-wal": 0o600, "desk.sqlite-shm": 0o600}
        database.close()

    def test_data_of_another_user_is_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = tmp_path / "desk.sqlite"
        open_database(sqlite_url(path)).close()
        monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
        with pytest.raises(OutOfStep, match="belongs to the user"):
            open_database(sqlite_url(path))

    def test_a_place_that_cannot_be_written_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(Unavailable, match=r"file/desk\.sqlite"):
            open_database(sqlite_url(tmp_path / "file" / "desk.sqlite"))

    def test_a_file_that_is_no_database_is_named_so(self, tmp_path: Path) -> None:
        path = tmp_path / "desk.sqlite"
        path.write_bytes(b"this is a letter, not a database" * 100)
        database = open_database(sqlite_url(path))
        with pytest.raises(DatabaseUnavailable, match="not a database"):
            database.make_ready()
        database.close()

    def test_two_processes_that_write_at_once_wait_for_each_other(self, sqlite_file_url: str) -> None:
        context = multiprocessing.get_context("spawn")
        inside, go_on = context.Event(), context.Event()
        other = context.Process(target=_hold, args=(sqlite_file_url, inside, go_on))
        other.start()
        assert inside.wait(30)
        database = open_database(sqlite_file_url)
        wrote = threading.Event()

        def write() -> None:
            with database.writing() as session:
                set_fact(session, "mine", get_fact(session, "theirs") or "")
            wrote.set()

        writer = threading.Thread(target=write)
        writer.start()
        assert not wrote.wait(0.2)
        go_on.set()
        assert wrote.wait(30)
        other.join(30)
        writer.join(30)
        with database.reading() as session:
            assert get_fact(session, "mine") == "1"  # it saw what the other one wrote
        database.close()

    def test_a_writer_that_waits_too_long_is_told_so(
        self, sqlite_file_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("storage.database.BUSY_FOR", 0.05)
        one, other = open_database(sqlite_file_url), open_database(sqlite_file_url)
        with one.writing() as session:
            set_fact(session, "a", "1")
            with pytest.raises(DatabaseUnavailable, match="locked"), other.writing() as second:
                set_fact(second, "b", "2")
        one.close()
        other.close()

    def test_a_full_disk_is_told_and_afterwards_it_goes_on(self, sqlite_file_url: str) -> None:
        database = open_database(sqlite_file_url)
        fill_up(database)
        with database.writing() as session:
            session.connection().exec_driver_sql("PRAGMA max_page_count = 1000000")
            assert session.scalar(select(func.count()).select_from(FactRow)) == 0
            set_fact(session, "a", "1")
        database.close()


def fill_up(database: Database) -> None:
    """Let the file not grow, which is to SQLite as a full disk, and write more than it holds."""

    def write() -> None:
        with database.writing() as session:
            pages = session.scalar(text("PRAGMA page_count"))
            session.connection().exec_driver_sql(f"PRAGMA max_page_count = {pages}")
            session.execute(insert(FactRow), [{"name": f"n{number}", "value": "x" * 1000} for number in range(1000)])

    with pytest.raises(DiskFull, match="make room"):
        write()


def _hold(url: str, inside: Event, go_on: Event) -> None:
    """In another process: write, and keep the transaction open."""
    database = open_database(url)
    with database.writing() as session:
        set_fact(session, "theirs", "1")
        inside.set()
        go_on.wait(30)
    database.close()


class TestPostgresql:
    def test_a_server_that_goes_away_and_comes_back_is_used_again(
        self, postgresql_server: PostgresServer, postgresql_url: str
    ) -> None:
        database = open_database(postgresql_url)
        with database.writing() as session:
            set_fact(session, "a", "1")
        postgresql_server.allow_connections(postgresql_url, allowed=False)
        postgresql_server.end_connections(postgresql_url)
        for _ in range(2):
            with pytest.raises(DatabaseUnavailable), database.reading() as session:
                get_fact(session, "a")
        postgresql_server.allow_connections(postgresql_url, allowed=True)
        with database.reading() as session:
            assert get_fact(session, "a") == "1"
        database.close()

    def test_a_connection_that_was_ended_while_nobody_used_it_is_replaced_and_no_other_is_asked_after(
        self, postgresql_server: PostgresServer, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        database = open_database(postgresql_url)
        ask, asked = database.engine.dialect.do_ping, list[DBAPIConnection]()

        def asked_after(connection: DBAPIConnection) -> bool:
            asked.append(connection)
            return ask(connection)

        monkeypatch.setattr(database.engine.dialect, "do_ping", asked_after)
        for _ in range(3):
            with database.writing() as session:
                set_fact(session, "a", "1")
        assert asked == []

        postgresql_server.end_connections(postgresql_url)

        for _ in range(2):
            with database.reading() as session:
                assert get_fact(session, "a") == "1"
        assert len(asked) == 1
        database.close()

    def test_a_server_that_ends_each_connection_at_once_is_unavailable(
        self, postgresql_server: PostgresServer, postgresql_url: str
    ) -> None:
        database = open_database(postgresql_url)
        with database.writing() as session:
            set_fact(session, "a", "1")

        @event.listens_for(database.engine.pool, "connect")
        def end(*_: object) -> None:
            postgresql_server.end_connections(postgresql_url)

        postgresql_server.end_connections(postgresql_url)
        with pytest.raises(DatabaseUnavailable), database.reading() as session:
            get_fact(session, "a")

        event.remove(database.engine.pool, "connect", end)
        with database.reading() as session:
            assert get_fact(session, "a") == "1"
        database.close()

    def test_the_system_notices_a_server_that_is_gone_without_a_word_whether_it_was_asked_or_not(
        self, postgresql_url: str
    ) -> None:
        database = open_database(postgresql_url)
        with database.reading() as session:
            driver: Any = session.connection().connection.driver_connection
            said = driver.info.get_parameters()
        database.close()

        idle, interval, count = (int(said[f"keepalives_{name}"]) for name in ("idle", "interval", "count"))
        assert int(said["tcp_user_timeout"]) == 1000 * (idle + interval * count) == 90_000

    def test_a_transaction_whose_connection_is_cut_is_unavailable_and_kept_nothing(
        self, postgresql_server: PostgresServer, postgresql_url: str
    ) -> None:
        database = open_database(postgresql_url)

        def write() -> None:
            with database.writing() as session:
                set_fact(session, "a", "1")
                postgresql_server.end_connections(postgresql_url)

        with pytest.raises(DatabaseUnavailable):
            write()
        with database.reading() as session:
            assert get_fact(session, "a") is None
        database.close()

    def test_what_one_reader_had_planned_the_next_does_not_plan_again(self, postgresql_url: str) -> None:
        database = open_database(postgresql_url)
        for _ in range(10):
            with database.reading() as session:
                get_fact(session, "a")
        with database.reading() as session:
            planned = session.scalars(text("SELECT statement FROM pg_prepared_statements")).all()
        database.close()

        assert any("fact" in each for each in planned)

    def test_a_server_that_is_not_there_is_unavailable(self) -> None:
        database = open_database("postgresql://nobody:secret@127.0.0.1:1/desk")
        with pytest.raises(DatabaseUnavailable) as caught, database.reading() as session:
            get_fact(session, "a")
        assert "\n" not in str(caught.value)
        assert "secret" not in str(caught.value)

    def test_a_database_that_is_not_there_is_unavailable(self, postgresql_url: str) -> None:
        database = open_database(postgresql_url.replace("/brief_", "/no_such_"))
        with pytest.raises(DatabaseUnavailable, match="does not exist"), database.reading() as session:
            get_fact(session, "a")
        database.close()


def test_an_error_that_is_no_databases_is_not_touched() -> None:
    error = ValueError("no")
    assert ours(error) is error


def test_all_times_come_back_aware_and_in_utc(database: Database) -> None:
    from datetime import UTC, datetime, timedelta, timezone

    from storage.raw import put_raw

    berlin = datetime(2026, 7, 1, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    with database.writing() as session:
        session.add(
            EnvelopeRow(
                raw_id=put_raw(session, b"", berlin), source="smtp", recipients=[], received_at=berlin, due_at=berlin
            )
        )
    with database.reading() as session:
        at = session.scalars(select(EnvelopeRow.received_at)).one()
    assert at == datetime(2026, 7, 1, 10, 0, tzinfo=UTC)
    assert at.tzinfo is UTC
