"""The migrations, and what is said where the tables are not this program's."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from storage.database import Database, open_database, sqlite_url
from storage.errors import OutOfStep
from storage.facts import get_fact, set_fact
from storage.migrations import REVISIONS
from storage.schema import Schema, alembic_config
from storage.tables import Base

LAGS = "the newest migration lags behind storage.tables: python -m storage.migrations.draft"


def catalogue(database: Database) -> set[str]:
    """All tables, columns, constraints and indexes, as the database itself describes them."""
    sqlite = "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master WHERE name NOT LIKE 'alembic%'"
    postgresql = [
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'",
        (
            "SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE connamespace = 'public'::regnamespace AND conrelid <> 'alembic_version'::regclass"
        ),
        (
            "SELECT table_name || ' ' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '') "
            "FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'"
        ),
    ]
    with database.reading() as session:
        found = [
            row for query in ([sqlite] if database.is_sqlite else postgresql) for row in session.scalars(text(query))
        ]
    return {line for row in found for line in _lines(row)}


def _lines(description: str) -> list[str]:
    """One fact each, whatever the order of a table's columns and the white space around them."""
    head, _, body = description.partition("(\n")
    return (
        [f"{head.strip()}: {' '.join(line.split()).rstrip(',')}" for line in body.split("\n")]
        if body
        else [" ".join(description.split())]
    )


def test_the_migrations_make_exactly_the_tables_that_the_program_knows(empty_database: Database) -> None:
    empty_database.upgrade()
    migrated = catalogue(empty_database)
    with empty_database.engine.begin() as connection:
        Base.metadata.drop_all(connection)
        Base.metadata.create_all(connection)
    assert catalogue(empty_database) == migrated, LAGS


def test_alembic_finds_no_difference_either(empty_postgresql_url: str) -> None:
    # on SQLite alembic cannot see expressions in indexes; the catalogue above can
    database = open_database(empty_postgresql_url)
    database.upgrade()
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == [], LAGS
    database.close()


def test_the_list_of_revisions_is_that_of_the_migrations(empty_database: Database) -> None:
    with empty_database.engine.connect() as connection:
        script = ScriptDirectory.from_config(alembic_config(connection))
    assert tuple(each.revision for each in script.walk_revisions())[::-1] == REVISIONS


def test_an_empty_database_is_made_ready(empty_database: Database) -> None:
    assert empty_database.schema() is Schema.EMPTY
    with pytest.raises(OutOfStep, match="brief serve"):
        empty_database.check()
    empty_database.make_ready()
    assert empty_database.schema() is Schema.CURRENT
    empty_database.check()
    empty_database.make_ready()


def test_an_upgrade_of_a_current_database_changes_nothing(database: Database) -> None:
    with database.writing() as session:
        set_fact(session, "a", "1")
    database.upgrade()
    with database.reading() as session:
        assert get_fact(session, "a") == "1"


def test_two_that_make_the_same_database_ready_at_once_both_succeed(empty_database: Database) -> None:
    url = empty_database.engine.url.render_as_string(hide_password=False).replace("+psycopg", "")
    errors: list[BaseException] = []
    both = threading.Barrier(2)

    def make() -> None:
        database = open_database(url)
        try:
            both.wait(10)
            database.make_ready()
        except BaseException as error:
            errors.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=make) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    empty_database.check()


def test_a_newer_database_is_refused_by_everyone(database: Database) -> None:
    with database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for act in (database.check, database.make_ready, database.upgrade):
        with pytest.raises(OutOfStep, match="newer"):
            act()


def test_an_older_database_asks_for_the_upgrade(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.schema.REVISIONS", (*REVISIONS, "9999"))
    for act in (database.check, database.make_ready):
        with pytest.raises(OutOfStep, match="brief database upgrade"):
            act()


def test_a_database_of_something_else_is_left_alone(empty_database: Database) -> None:
    with empty_database.writing() as session:
        session.execute(text("CREATE TABLE cake (name TEXT)"))
    for act in (empty_database.check, empty_database.make_ready, empty_database.upgrade):
        with pytest.raises(OutOfStep, match="something else"):
            act()


def test_an_upgrade_that_fails_leaves_nothing_behind(empty_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("half-way")

    monkeypatch.setattr("alembic.operations.Operations.create_index", broken)
    monkeypatch.setattr("alembic.operations.BatchOperations.create_index", broken)
    with pytest.raises((RuntimeError, TypeError)):
        empty_database.upgrade()
    monkeypatch.undo()
    assert empty_database.schema() is Schema.EMPTY
    empty_database.make_ready()
    with empty_database.reading() as session:
        if empty_database.is_sqlite:
            assert session.scalar(text("PRAGMA foreign_keys")) == 1


def test_the_migrations_lie_in_the_package(tmp_path: Path) -> None:
    database = open_database(sqlite_url(tmp_path / "x.sqlite"))
    with database.engine.connect() as connection:
        place = Path(alembic_config(connection).get_main_option("script_location") or "")
    database.close()
    assert (place / "env.py").is_file()
    assert place.is_absolute()


def test_a_new_database_that_another_process_writes_just_then_is_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "desk.sqlite"
    other = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
    other.execute("CREATE TABLE begun (id INTEGER)")
    other.execute("BEGIN IMMEDIATE")
    ends = threading.Timer(0.2, other.execute, ("COMMIT",))
    ends.start()
    database = open_database(sqlite_url(file))
    try:
        with database.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    finally:
        ends.join()
        database.close()
        other.close()
