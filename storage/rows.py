"""Rows by statements that are made once: for every mail the way past the mapper costs a fifth, past the compiler a third."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache, partial
from typing import Any, cast

from sqlalchemy import Column, Connection, Insert, Table, insert
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session

from storage.tables import Base

_TOGETHER = "put together"
_CONNECTION = "connection"


def directly(session: Session) -> Connection:
    """The connection of a session's transaction; what the session still holds is written first."""
    if session.autoflush:
        session.flush()
    found: Connection | None = session.info.get(_CONNECTION)
    if found is None or session.in_nested_transaction():
        return session.connection()  # which first makes the savepoint, where one is to come
    return found


def begin_at_once(session: Session) -> Connection:
    """The connection of a session's one transaction, which `directly` then knows without asking again."""
    connection = session.info[_CONNECTION] = session.connection()
    return connection


def put(session: Session, table: type[Base], *rows: Mapping[str, Any]) -> None:
    """Insert rows that name the same columns; a column that is not named takes its default."""
    insert_rows(session, _insert(table), rows)


def insert_rows(session: Session, statement: Insert, rows: Sequence[Mapping[str, Any]]) -> int:
    """Run an INSERT that is made once, for rows that name the same columns; how many it wrote."""
    if not rows:
        return 0
    connection = directly(session)
    insertion = _insertion(statement, connection.dialect, tuple(rows[0]))
    bound = [insertion.bound(row) for row in rows]
    return connection.exec_driver_sql(insertion.text, bound, {"preserve_rowcount": True}).rowcount


def put_together(session: Session, table: type[Base], *rows: Mapping[str, Any]) -> None:
    """Insert rows when the works of a group are done, all those of a table by one statement (`storage.group`)."""
    waiting: dict[type[Base], list[Mapping[str, Any]]] = session.info.setdefault(_TOGETHER, {})
    waiting.setdefault(table, []).extend(rows)


def write_together(session: Session) -> None:
    """Insert what was put together, in the order in which the tables were first named."""
    session.flush()
    for table, rows in session.info.pop(_TOGETHER, {}).items():
        put(session, table, *rows)


def drop_together(session: Session) -> None:
    """Forget what was put together."""
    session.info.pop(_TOGETHER, None)


def table_of(mapped: type[Base]) -> Table:
    """The table behind a mapped class."""
    return cast("Table", mapped.__table__)


@cache
def _insert(table: type[Base]) -> Insert:
    return insert(table_of(table))


class _Insertion:
    """An INSERT as the driver takes it: its text, and for each column how a value is found and converted."""

    def __init__(self, statement: Insert, dialect: Dialect, named: Sequence[str]) -> None:
        table = cast("Table", statement.table)
        columns = [each for each in table.columns if each.name in named or each.default is not None]
        compiled = statement.inline().compile(dialect=dialect, column_keys=[each.name for each in columns])
        self.text = str(compiled)
        self._by_position = compiled.positional
        self._columns = [
            (each.name, _default(each), each.type.dialect_impl(dialect).bind_processor(dialect)) for each in columns
        ]

    def bound(self, row: Mapping[str, Any]) -> Any:
        """The values of a row, by position or by name as the driver wants them."""
        values = {}
        for name, default, convert in self._columns:
            value = row[name] if name in row else default()
            values[name] = convert(value) if convert else value
        return tuple(values.values()) if self._by_position else values


@lru_cache(maxsize=500)
def _insertion(statement: Insert, dialect: Dialect, named: tuple[str, ...]) -> _Insertion:
    return _Insertion(statement, dialect, named)


def _default(column: Column[Any]) -> Callable[[], Any]:
    """What makes the value of a column that is not named."""
    default = cast("Any", column.default)
    if default is not None and default.is_callable:
        return partial(default.arg, None)
    value = default.arg if default is not None else None
    return lambda: value
