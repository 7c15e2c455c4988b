"""One database, SQLite or PostgreSQL, read and written in short transactions."""

from __future__ import annotations

import select
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InvalidatePoolError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.orm import Session, sessionmaker

from storage.errors import BriefwechselError, DatabaseUnavailable, DiskFull, WrongUse
from storage.private import private_file, private_folder
from storage.rows import begin_at_once

if TYPE_CHECKING:
    import psycopg
    from sqlalchemy.engine import Dialect
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry

    from storage.schema import Schema

_KEPT_ALIVE = {"keepalives_idle": 60, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 90_000}
"""By this the system finds out within two minutes that a server is gone which could not say so, whether it was asked or not."""
_WAITED = "waited"
BUSY_FOR = 30.0
"""Seconds that a writer waits for another process to end its transaction."""
_AGAIN_AFTER = 0.02

_SQLITE_FULL = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE)
_SQLITE_AWAY = (
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
)
# classes and states of PostgreSQL: no connection, too few resources, an operator at work, two that wait for each other
_POSTGRES_AWAY = ("08", "25006", "40", "53", "55P03", "57", "58")


class Database:
    """An open database. Threads may share it; a session belongs to one thread."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._sessions = sessionmaker(engine, expire_on_commit=False)
        self._one_writer = threading.Lock() if self.is_sqlite else None

    @property
    def is_sqlite(self) -> bool:
        """Whether this is SQLite, where a process has one writer at a time."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session on one consistent state, rolled back at the end. Raises `Unavailable`."""
        with translated(), self._sessions() as session:
            connection = begin_at_once(session)
            begin(connection, writing=False)
            yield session  # closing it rolls back, and what was read stays readable
            _end_reading(connection)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that is committed at the end, durably, or rolled back where anything is raised. Raises `Unavailable`."""
        with self._one_writer or nullcontext(), translated(), self._sessions.begin() as session:
            begin(begin_at_once(session), writing=True)
            yield session

    def schema(self) -> Schema:
        """Whether the tables are there, and of which version. Raises `Unavailable`."""
        from storage.schema import schema_of

        return schema_of(self)

    def upgrade(self) -> None:
        """Make the tables, or bring older ones to this version, in one transaction. Raises `OutOfStep` for newer ones."""
        from storage.schema import upgrade

        upgrade(self)

    def check(self) -> None:
        """Raise `OutOfStep` where the tables are not there, or of another version than this program's."""
        from storage.schema import check

        check(self)

    def make_ready(self) -> None:
        """Make the tables of an empty database; of any other, `check` it. Processes may do this at the same time."""
        from storage.schema import make_ready

        make_ready(self)

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def open_database(url: str) -> Database:
    """The database at an SQLAlchemy URL such as `sqlite:////srv/desk.sqlite` or `postgresql://...`; makes no tables."""
    parsed = url_of(url)
    return Database(_postgresql(parsed) if parsed.get_backend_name() == "postgresql" else _sqlite(parsed))


def url_of(url: str) -> URL:
    """What an address of a database says. Raises `WrongUse` for one that brief cannot open; a password is not said."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise WrongUse(f"this is no address of a database: {_hidden(url)}; {_MEANT}") from error
    if parsed.get_backend_name() != "postgresql" and parsed.drivername not in {"sqlite", "sqlite+pysqlite"}:
        raise WrongUse(f"{parsed.drivername} is no database that brief knows; {_MEANT}")
    return parsed


_MEANT = "write sqlite:////srv/desk.sqlite or postgresql://user:password@host/name"


def sqlite_url(path: Path) -> str:
    """The URL of an SQLite file."""
    return URL.create("sqlite", database=str(path.absolute())).render_as_string(hide_password=False)


def _hidden(url: str) -> str:
    """A URL that may hold a password, fit to be printed."""
    return url.partition("://")[0] + "://..." if "://" in url else "no URL at all"


def _postgresql(url: URL) -> Engine:
    try:
        engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
            hide_parameters=True,  # an error must not carry a customer's words into a log
            pool_size=10,
            max_overflow=10,
            pool_timeout=BUSY_FOR,
            connect_args={"connect_timeout": 5, "application_name": "brief", **_KEPT_ALIVE},
        )
    except ModuleNotFoundError as error:
        raise WrongUse("PostgreSQL needs one package more: pip install 'briefwechsel[postgres]'") from error
    event.listen(engine.pool, "checkout", partial(_look, engine.dialect))
    return engine


def _look(dialect: Dialect, connection: psycopg.Connection, entry: ConnectionPoolEntry, _: object) -> None:
    """See that a connection which waited to be used is still there, without a way to the server and back for each transaction.

    A server says something unasked mostly when it goes: only where it did so is it asked. Not of one that was just opened:
    where that is gone, too, the pool would give up with an error of its own; so the first statement tells.
    """
    waited = entry.info.setdefault(_WAITED, False)
    entry.info[_WAITED] = True
    if not waited or not (connection.closed or _is_told_something(connection)):
        return
    try:
        dialect.do_ping(cast("DBAPIConnection", connection))
    except Exception as error:
        raise InvalidatePoolError from error  # which has the pool open another, and give up those of the same time


def _is_told_something(connection: psycopg.Connection) -> bool:
    told = select.poll()
    told.register(connection.fileno(), select.POLLIN)
    return bool(told.poll(0))


def _sqlite(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        file = Path(url.database)
        private_folder(file.parent) if not file.parent.exists() else None
        private_file(file)
    engine = create_engine(
        url,
        connect_args={"timeout": BUSY_FOR, "check_same_thread": False},
        hide_parameters=True,
        pool_size=10,
        max_overflow=30,
    )
    event.listen(engine.pool, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin transactions of its own
    _write_ahead(connection)
    for pragma in ("synchronous = FULL", "foreign_keys = ON", "cache_size = -16000"):
        connection.execute(f"PRAGMA {pragma}").close()


def _write_ahead(connection: Any) -> None:
    """Have a database write ahead. Of two that say so to a new one at once SQLite refuses one without a wait: it says so again."""
    until = time.monotonic() + BUSY_FOR
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").close()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= until:
                raise
            time.sleep(_AGAIN_AFTER)
        else:
            return


def begin(connection: Connection, *, writing: bool) -> None:
    """Begin the transaction of a connection as its driver would not: SQLite's is told to begin none.

    PostgreSQL's begins one before the first statement, in which each sees its own state: a reader is to see one in all.
    No event does this: SQLAlchemy then goes through lists of listeners several times for every statement.
    """
    if connection.dialect.name == "sqlite":
        # a writer takes the lock at once: one that began as a reader could fail at its first write, whatever it waits
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
    elif not writing:
        _past_driver(connection, b"BEGIN ISOLATION LEVEL REPEATABLE READ")  # instead of the driver's: no further way


def _end_reading(connection: Connection) -> None:
    """Roll a transaction back that only read, on PostgreSQL: past its driver, which then forgets every statement that it has prepared,
    as one may speak of a table that was made in that transaction. To plan a statement again takes longer than to run it.
    """
    if connection.dialect.name == "postgresql":
        _past_driver(connection, b"ROLLBACK")


def _past_driver(connection: Connection, statement: bytes) -> None:
    """Say something to PostgreSQL that ends nothing of the driver's: it asks the connection itself whether a transaction is open.

    Where the server is away the next statement tells.
    """
    cast("psycopg.Connection", connection.connection.driver_connection).pgconn.exec_(statement)


@contextmanager
def translated() -> Iterator[None]:
    """Turn a driver's error into ours where the database is away or full."""
    try:
        yield
    except BriefwechselError:
        raise
    except Exception as error:
        mine = ours(error)
        if mine is error:
            raise
        raise mine from error


def ours(error: BaseException) -> BaseException:
    """`DiskFull` or `DatabaseUnavailable` for an error that means that; any other error as it is."""
    if isinstance(error, NoFreeConnection):
        return DatabaseUnavailable("the database is overrun: no connection was free in time; try again later")
    if isinstance(error, PendingRollbackError):
        return DatabaseUnavailable("the database went away in the middle of a transaction; nothing of it was kept")
    driver = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(driver, sqlite3.Error):
        return _of_sqlite(driver) or error
    return (_of_postgresql(error) or error) if isinstance(error, DBAPIError) else error


def _of_sqlite(error: sqlite3.Error) -> BriefwechselError | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    if code in _SQLITE_FULL:
        return DiskFull(f"the database cannot grow: {error}; make room on its disk")
    if code & 0xFF == sqlite3.SQLITE_READONLY:
        return DatabaseUnavailable(f"the database cannot be written: {error}; its file and folder must be writable")
    if code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return DatabaseUnavailable(
            f"the database file is damaged: {error}; stop the desk, keep the file, and put the newest backup into a new "
            f"place: `brief --data NEW restore FILE`"
        )
    if code & 0xFF in _SQLITE_AWAY:
        return DatabaseUnavailable(f"the database does not answer: {error}; `brief doctor` says more")
    return None


def _of_postgresql(error: DBAPIError) -> BriefwechselError | None:
    state = getattr(error.orig, "sqlstate", None) or ""
    text = (str(error.orig).strip().splitlines() or [type(error.orig).__name__])[0]
    if state == "53100":
        return DiskFull(f"the database cannot grow: {text}; make room on its disk")
    # without a state there was no server to give one
    lost = error.connection_invalidated or (not state and type(error.orig).__name__ == "OperationalError")
    if lost or state.startswith(_POSTGRES_AWAY):
        return DatabaseUnavailable(f"the database does not answer: {text}; `brief doctor` says more")
    return None
