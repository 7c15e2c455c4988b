"""Of which version the tables of a database are, and how they become this program's."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.orm import Session

from storage.claim import serialise
from storage.database import Database, begin, translated
from storage.errors import DatabaseUnavailable, OutOfStep
from storage.migrations import REVISIONS
from storage.tables import Base

if TYPE_CHECKING:
    from alembic.config import Config


class Schema(StrEnum):
    """How the tables of a database stand to this program."""

    EMPTY = "empty"
    OLDER = "older"
    CURRENT = "current"
    NEWER = "newer"
    FOREIGN = "foreign"
    """It holds tables, but none of ours."""


def schema_of(database: Database) -> Schema:
    """How the tables stand to this program."""
    with database.reading() as session:
        return _standing(session.connection())


def check(database: Database) -> None:
    """Raise `OutOfStep` unless the tables are of this program's version."""
    _refuse(schema_of(database), empty_too=True)


def lacking(database: Database) -> str:
    """What to do where tables of this program's version lack tables or columns of this program; "" where nothing lacks.

    Before the first release the first version may still change, so that a desk made by an earlier one lacks some.
    """
    if schema_of(database) is not Schema.CURRENT:
        return ""
    with database.reading() as session:
        columns = inspect(session.connection()).get_multi_columns()
    there = {(table, column["name"]) for (_, table), found in columns.items() for column in found}
    missing = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if (table.name, column.name) not in there
    ]
    if not missing:
        return ""
    named = ", ".join(missing[:3]) + (f" and {len(missing) - 3} more" if len(missing) > 3 else "")
    return (
        f"the database says that it is of this version, but lacks {named}: it was made by an unreleased brief; go on with "
        "that one, or begin anew in another place with --data"
    )


def refuse_lacking(database: Database) -> None:
    """Raise `OutOfStep` where tables or columns of this program are not there, though the version is this program's."""
    missing = lacking(database)
    if missing:
        raise OutOfStep(missing)


def make_ready(database: Database) -> None:
    """Make the tables of an empty database; raise `OutOfStep` for tables of another version."""
    schema = schema_of(database)
    if schema is Schema.EMPTY:
        upgrade(database)
    else:
        _refuse(schema)


def upgrade(database: Database) -> None:
    """Bring the tables to this version: all of it, or nothing. Two processes may try at once; the second finds it done."""
    with translated(), database.engine.connect() as connection:
        if database.is_sqlite:
            # to alter a table SQLite copies it, and dropping the old one would follow the foreign keys
            _foreign_keys(connection, on=False)
        try:
            with connection.begin():
                _upgrade(connection, is_sqlite=database.is_sqlite)
        finally:
            if database.is_sqlite:
                _foreign_keys(connection, on=True)


def _upgrade(connection: Connection, *, is_sqlite: bool) -> None:
    from alembic import command

    begin(connection, writing=True)
    serialise(Session(connection), "upgrade")
    schema = _standing(connection)
    if schema in (Schema.NEWER, Schema.FOREIGN):
        _refuse(schema)
    if schema is not Schema.CURRENT:
        command.upgrade(alembic_config(connection), "head")
    if is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        raise OutOfStep("the database holds rows that refer to nothing, so it was not upgraded: restore a backup")


def _foreign_keys(connection: Connection, *, on: bool) -> None:
    driver = connection.connection.driver_connection
    if driver is None:
        raise DatabaseUnavailable("the database went away during its upgrade; nothing was changed")
    driver.execute(f"PRAGMA foreign_keys = {'ON' if on else 'OFF'}").close()


def alembic_config(connection: Connection) -> Config:
    """The settings of alembic: they are all here, and it reads no file."""
    from alembic.config import Config

    config = Config()
    place = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", place.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _standing(connection: Connection) -> Schema:
    tables = inspect(connection).get_table_names()
    if not tables:
        return Schema.EMPTY
    if "alembic_version" not in tables:
        return Schema.FOREIGN
    revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if revision is None:
        return Schema.EMPTY if tables == ["alembic_version"] else Schema.FOREIGN
    if revision == REVISIONS[-1]:
        return Schema.CURRENT
    return Schema.OLDER if revision in REVISIONS else Schema.NEWER


def _refuse(schema: Schema, *, empty_too: bool = False) -> None:
    """Raise what a person has to know; return where the tables are this program's."""
    if schema is Schema.NEWER:
        raise OutOfStep(
            "the database was made by a newer brief than this one: install that, or restore an older backup"
        )
    if schema is Schema.OLDER:
        raise OutOfStep("the database was made by an older brief: make a backup, then run `brief database upgrade`")
    if schema is Schema.FOREIGN:
        raise OutOfStep("the database holds tables of something else: give brief a database of its own")
    if schema is Schema.EMPTY and empty_too:
        raise OutOfStep("there is no desk yet: `brief serve` makes one, or `brief database upgrade`")
