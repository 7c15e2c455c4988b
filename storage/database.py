"""One database, SQLite or PostgreSQL, read and written in short transactions."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from storage.errors import BriefwechselError, DatabaseUnavailable, DiskFull

BUSY_FOR = 30.0
"""Seconds that a writer waits for another process to end its transaction."""


class Database:
    """An open database. Threads may share it; a session belongs to one thread."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._sessions = sessionmaker(engine, expire_on_commit=False)
        self._writers = sessionmaker(engine.execution_options(writing=True), expire_on_commit=False)
        self._one_writer = threading.Lock() if self.is_sqlite else None

    @property
    def is_sqlite(self) -> bool:
        """Whether this is SQLite, where a process has one writer at a time."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session on one consistent state, rolled back at the end. Raises `Unavailable`."""
        with _translated(), self._sessions() as session:
            yield session
            session.rollback()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that is committed at the end, durably, or rolled back where anything is raised. Raises `Unavailable`."""
        if self._one_writer is None:
            with _translated(), self._writers.begin() as session:
                yield session
            return
        with self._one_writer, _translated(), self._writers.begin() as session:
            yield session

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def open_database(url: str) -> Database:
    """The database at an SQLAlchemy URL such as `sqlite:////srv/desk.sqlite` or `postgresql://...`; makes no tables."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
        return Database(
            create_engine(
                parsed, pool_pre_ping=True, pool_size=10, max_overflow=10, connect_args={"connect_timeout": 5}
            )
        )
    engine = create_engine(
        parsed, connect_args={"timeout": BUSY_FOR, "check_same_thread": False}, pool_size=10, max_overflow=30
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return Database(engine)


def sqlite_url(path: Path) -> str:
    """The URL of an SQLite file."""
    return f"sqlite:///{path.absolute()}"


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin transactions of its own
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "cache_size = -16000"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    # a writer takes the lock at once: one that began as a reader could fail at its first write, whatever it waits
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writing") else "BEGIN")


@contextmanager
def _translated() -> Iterator[None]:
    """Turn a driver's error into ours where the database is away or full."""
    try:
        yield
    except BriefwechselError:
        raise
    except DBAPIError as error:
        raise_ours(error)
        raise


def raise_ours(error: DBAPIError) -> None:
    """Raise `DiskFull` or `DatabaseUnavailable` for what means that; return for anything else."""
    text = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__
    lower = text.lower()
    if (
        "disk is full" in lower
        or "no space left" in lower
        or "disk i/o error" in lower
        or "could not extend file" in lower
    ):
        raise DiskFull(f"the database cannot grow: {text}; make room on its disk") from error
    away = (
        "locked",
        "readonly",
        "unable to open",
        "connection",
        "server closed",
        "shutting down",
        "terminating",
        "starting up",
    )
    if error.connection_invalidated or any(word in lower for word in away):
        raise DatabaseUnavailable(f"the database does not answer: {text}") from error
