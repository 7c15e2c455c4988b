"""Rows by statements that are made once: for every mail the way past the mapper costs a fifth, past the compiler a third.

SQLite's driver gets them as they are: on the way through the library a statement takes ten times as long as in SQLite itself.
"""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache, partial
from typing import Any, NamedTuple, TypeVar, TypeVarTuple, cast

from sqlalchemy import BindParameter, Column, ColumnElement, Connection, Insert, Row, Select, Table, Update, insert
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from storage.tables import Base

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_TOGETHER = "put together"
_CONNECTION = "connection"
_Convert = Callable[[Any], Any]


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


def rows_of(session: Session, statement: Select[*Ts], **values: Any) -> list[Row[*Ts]]:
    """What a statement that is made once finds: tuples with names. An `expanding` parameter takes a list or a set."""
    asked, found, _ = _run_made(session, statement, values)
    return cast("list[Row[*Ts]]", asked.rows(found))


def column_of(session: Session, statement: Select[T], **values: Any) -> list[T]:
    """The first column of what a statement finds."""
    return [row[0] for row in rows_of(session, statement, **values)]


def value_of(session: Session, statement: Select[T], **values: Any) -> T | None:
    """The first column of the first row that a statement finds, None where there is none."""
    rows = rows_of(session, statement, **values)
    return rows[0][0] if rows else None


def change(session: Session, statement: Update, **values: Any) -> int:
    """Run an UPDATE that is made once; how many rows it met."""
    return _run_made(session, statement, values)[2]


def put(session: Session, table: type[Base], *rows: Mapping[str, Any]) -> None:
    """Insert rows that name the same columns; a column that is not named takes its default."""
    insert_rows(session, _insert(table), rows)


def insert_rows(session: Session, statement: Insert, rows: Sequence[Mapping[str, Any]]) -> int:
    """Run an INSERT that is made once, for rows that name the same columns; how many it wrote."""
    if not rows:
        return 0
    connection = directly(session)
    insertion = _insertion(statement, connection.dialect, tuple(rows[0]))
    return _run(connection, insertion.text, [insertion.bound(row) for row in rows])[1]


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


def _run(connection: Connection, text: str, bound: Any) -> tuple[Sequence[Any], int]:
    """Have the driver run a statement, a list of values for each of its rows: what it found, and how many rows it met."""
    many = isinstance(bound, list)
    if connection.dialect.name != "sqlite" or connection.dispatch.before_cursor_execute:
        # a database that is asked over a network, where the library knows a lost connection; or somebody who looks on
        result = connection.exec_driver_sql(text, bound, {"preserve_rowcount": True})
        return (result.all() if result.returns_rows else ()), result.rowcount
    driver = cast("sqlite3.Connection", connection.connection.driver_connection)
    try:
        cursor = (
            driver.executemany(text, bound)
            if many and len(bound) > 1
            else driver.execute(text, bound[0] if many else bound)
        )
        return cursor.fetchall(), cursor.rowcount
    except sqlite3.Error as error:
        raise DBAPIError.instance(text, bound, error, sqlite3.Error, hide_parameters=True) from error


def _run_made(
    session: Session, statement: Select[*Ts] | Update, values: dict[str, Any]
) -> tuple[_Statement, Sequence[Any], int]:
    connection = directly(session)
    lengths: list[tuple[str, int]] = []
    for name, value in values.items():
        if isinstance(value, (list, set, frozenset, tuple)):
            values[name] = list(value)
            # the next power of two: not every length needs a statement of its own
            lengths.append((name, 1 << (len(value) - 1).bit_length() if value else 0))
    made = _statement(statement, connection.dialect, tuple(lengths))
    return made, *_run(connection, made.text, made.bound(values))


class _Place(NamedTuple):
    """Where a parameter comes from: the value of a name or, of a list, one of it."""

    name: str
    at: int | None
    convert: _Convert | None

    def value(self, given: Mapping[str, Any]) -> Any:
        value = given[self.name]
        if self.at is not None:
            value = value[min(self.at, len(value) - 1)]  # what is over repeats the last one: IN finds it once
        return self.convert(value) if self.convert else value


class _Statement:
    """What is asked or changed, as the driver takes it: its text, its parameters, and how what comes back is converted."""

    def __init__(self, statement: Select[*Ts] | Update, dialect: Dialect, lengths: Mapping[str, int]) -> None:
        compiled = statement.compile(dialect=dialect)
        parameters: dict[str, Any] = {}
        for name, bind in compiled.binds.items():
            convert = _binding(bind, dialect)
            if not bind.required:
                parameters[name] = _fixed(bind, convert)
            elif bind.expanding:
                parameters[name] = [_Place(name, at, convert) for at in range(lengths[name])]
            else:
                parameters[name] = _Place(name, None, convert)
        expanded = compiled.construct_expanded_state(parameters)
        self.text = expanded.statement
        names = expanded.positiontup or list(expanded.parameters)
        self._keys = names if expanded.positiontup is None else None
        self._given = [expanded.parameters[name] for name in names]
        columns = statement.selected_columns.items() if isinstance(statement, Select) else ()
        self._row: Any = namedtuple("_row", [name for name, _ in columns], rename=True)  # type: ignore[misc]
        self._convert = [each.type.dialect_impl(dialect).result_processor(dialect, None) for _, each in columns]

    def bound(self, given: Mapping[str, Any]) -> Any:
        """The values, by position or by name as the driver wants them."""
        values = [each.value(given) if type(each) is _Place else each for each in self._given]
        return tuple(values) if self._keys is None else dict(zip(self._keys, values, strict=True))

    def rows(self, found: Iterable[Sequence[Any]]) -> list[Any]:
        """What came back, converted."""
        make, convert = self._row._make, self._convert
        return [make(c(v) if c and v is not None else v for c, v in zip(convert, row, strict=True)) for row in found]


def _fixed(bind: BindParameter[Any], convert: _Convert | None) -> Any:
    """What the driver takes for a value, or a list of them, that stands in the statement itself."""
    value: Any = bind.effective_value
    if convert is None:
        return value
    return [convert(each) for each in value] if bind.expanding else convert(value)


@lru_cache(maxsize=500)
def _statement(statement: Select[*Ts] | Update, dialect: Dialect, lengths: tuple[tuple[str, int], ...]) -> _Statement:
    return _Statement(statement, dialect, dict(lengths))


class _Insertion:
    """An INSERT as the driver takes it: its text, and for each column how a value is found and converted."""

    def __init__(self, statement: Insert, dialect: Dialect, named: Sequence[str]) -> None:
        table = cast("Table", statement.table)
        columns = [each for each in table.columns if each.name in named or each.default is not None]
        compiled = statement.inline().compile(dialect=dialect, column_keys=[each.name for each in columns])
        self.text = str(compiled)
        self._keys = None if compiled.positional else [each.name for each in columns]
        self._columns = [
            (each.name, None if each.name in named else _default(each), _binding(each, dialect)) for each in columns
        ]

    def bound(self, row: Mapping[str, Any]) -> Any:
        """The values of a row, by position or by name as the driver wants them."""
        values = []
        for name, default, convert in self._columns:
            value = default() if default else row[name]
            values.append(convert(value) if convert else value)
        return tuple(values) if self._keys is None else dict(zip(self._keys, values, strict=True))


@lru_cache(maxsize=500)
def _insertion(statement: Insert, dialect: Dialect, named: tuple[str, ...]) -> _Insertion:
    return _Insertion(statement, dialect, named)


def _binding(column: ColumnElement[Any] | BindParameter[Any], dialect: Dialect) -> _Convert | None:
    """What makes of a value what the driver takes; None where it takes the value itself."""
    return column.type.dialect_impl(dialect).bind_processor(dialect)


def _default(column: Column[Any]) -> Callable[[], Any]:
    """What makes the value of a column that is not named."""
    default = cast("Any", column.default)
    if default is not None and default.is_callable:
        return partial(default.arg, None)
    value = default.arg if default is not None else None
    return lambda: value
