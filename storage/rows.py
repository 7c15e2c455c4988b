"""Rows by statements that are made once: for every mail the way past the mapper costs a fifth, past the compiler a third.

SQLite's driver gets them as they are: on the way through the library a statement takes ten times as long as in SQLite itself.
"""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple, TypeVar, TypeVarTuple, cast

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    Delete,
    Insert,
    Row,
    Select,
    Table,
    Update,
    insert,
    inspect,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import instance_dict

from storage.tables import Base

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
R = TypeVar("R", bound=Base)

_TOGETHER = "put together"
_CONNECTION = "connection"
_Convert = Callable[[Any], Any]
_LISTS = (list, set, frozenset, tuple)


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


def change(session: Session, statement: Update | Delete, **values: Any) -> int:
    """Run an UPDATE or a DELETE that is made once; how many rows it met."""
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
    return _run(connection, insertion.text, [insertion.values.of(row) for row in rows])[1]


def as_written(table: type[R], values: Mapping[str, Any]) -> R:
    """A row that was put with these values, to be read: made as the mapper makes what it loads.

    By its constructor, which takes note of each value as of one still to be written, that takes twenty times as long.
    """
    row = cast("R", inspect(table).class_manager.new_instance())
    instance_dict(row).update(values)
    return row


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
    session: Session, statement: Select[*Ts] | Update | Delete, values: dict[str, Any]
) -> tuple[_Statement, Sequence[Any], int]:
    connection = directly(session)
    lengths: tuple[tuple[str, int], ...] = ()
    expanding = _expanding(statement)
    for name, value in values.items():
        if name in expanding and isinstance(value, _LISTS):
            values[name] = padded = _padded(list(value))
            lengths += ((name, len(padded)),)
    made = _statement(statement, connection.dialect, lengths)
    return made, *_run(connection, made.text, made.values.of(values))


@lru_cache(maxsize=500)
def _expanding(statement: Select[*Ts] | Update | Delete) -> frozenset[str]:
    """The parameters of a statement that take a list of values; any other list is one value, as JSON is."""
    return frozenset(name for name, bind in statement.compile().binds.items() if bind.expanding)


def _padded(values: list[Any]) -> list[Any]:
    """A list as long as the next power of two, so that not every length needs a statement: IN finds the last one once."""
    return values + values[-1:] * ((1 << (len(values) - 1).bit_length()) - len(values)) if values else values


class _Given(NamedTuple):
    """A value that is given by a name or, where that is a list, one of it."""

    name: str
    at: int | None
    convert: _Convert | None


class _Made(NamedTuple):
    """A value that is made anew for each row."""

    make: Callable[[], Any]


class _Values:
    """The values of a statement in the order, or by the keys, of the driver: nearly all that a mail costs goes through here."""

    def __init__(self, values: Sequence[Any], keys: Sequence[str] | None) -> None:
        self._keys = keys
        self._always = list(values)
        self._given = [(number, *each) for number, each in enumerate(values) if isinstance(each, _Given)]
        self._made = [(number, each.make) for number, each in enumerate(values) if isinstance(each, _Made)]

    def of(self, given: Mapping[str, Any]) -> Any:
        """All of them, as the driver takes them."""
        values = self._always.copy()
        for number, name, at, convert in self._given:
            value = given[name] if at is None else given[name][at]
            values[number] = convert(value) if convert else value
        for number, make in self._made:
            values[number] = make()
        return tuple(values) if self._keys is None else dict(zip(self._keys, values, strict=True))


class _Statement:
    """What is asked or changed, as the driver takes it: its text, its values, and how what comes back is converted."""

    def __init__(self, statement: Select[*Ts] | Update | Delete, dialect: Dialect, lengths: Mapping[str, int]) -> None:
        compiled = statement.compile(dialect=dialect)
        parameters: dict[str, Any] = {}
        for name, bind in compiled.binds.items():
            convert = _binding(bind, dialect)
            if not bind.required:
                parameters[name] = _fixed(bind, convert)
            elif bind.expanding:
                parameters[name] = [_Given(name, at, convert) for at in range(lengths[name])]
            else:
                parameters[name] = _Given(name, None, convert)
        expanded = compiled.construct_expanded_state(parameters)
        self.text = expanded.statement
        names = expanded.positiontup or list(expanded.parameters)
        keys = names if expanded.positiontup is None else None
        self.values = _Values([expanded.parameters[name] for name in names], keys)
        columns = statement.selected_columns.items() if isinstance(statement, Select) else ()
        self._row: Any = namedtuple("_row", [name for name, _ in columns], rename=True)  # type: ignore[misc]
        converts = [each.type.dialect_impl(dialect).result_processor(dialect, None) for _, each in columns]
        self._convert = [(number, each) for number, each in enumerate(converts) if each is not None]

    def rows(self, found: Iterable[Sequence[Any]]) -> list[Any]:
        """What came back, converted."""
        return [self._row._make(self._converted(row) if self._convert else row) for row in found]

    def _converted(self, row: Sequence[Any]) -> Sequence[Any]:
        values = list(row)
        for number, convert in self._convert:
            values[number] = convert(values[number])
        return values


@lru_cache(maxsize=500)
def _statement(
    statement: Select[*Ts] | Update | Delete, dialect: Dialect, lengths: tuple[tuple[str, int], ...]
) -> _Statement:
    return _Statement(statement, dialect, dict(lengths))


class _Insertion:
    """An INSERT as the driver takes it: its text, and the values of a row."""

    def __init__(self, statement: Insert, dialect: Dialect, named: Sequence[str]) -> None:
        table = cast("Table", statement.table)
        columns = [each for each in table.columns if each.name in named or each.default is not None]
        compiled = statement.inline().compile(dialect=dialect, column_keys=[each.name for each in columns])
        self.text = str(compiled)
        values = [
            _Given(each.name, None, convert) if each.name in named else _default(each, convert)
            for each in columns
            for convert in [_binding(each, dialect)]
        ]
        self.values = _Values(values, None if compiled.positional else [each.name for each in columns])


@lru_cache(maxsize=500)
def _insertion(statement: Insert, dialect: Dialect, named: tuple[str, ...]) -> _Insertion:
    return _Insertion(statement, dialect, named)


def _binding(column: ColumnElement[Any] | BindParameter[Any], dialect: Dialect) -> _Convert | None:
    """What makes of a value what the driver takes; None where it takes the value itself."""
    return column.type.dialect_impl(dialect).bind_processor(dialect)


def _fixed(bind: BindParameter[Any], convert: _Convert | None) -> Any:
    """What the driver takes for a value, or a list of them, that stands in the statement itself."""
    value: Any = bind.effective_value
    return [_value(each, convert) for each in value] if bind.expanding else _value(value, convert)


def _value(value: Any, convert: _Convert | None) -> Any:
    return convert(value) if convert else value


def _default(column: Column[Any], convert: _Convert | None) -> Any:
    """The value of a column that is not named, or what makes it for each row."""
    default = cast("Any", column.default)
    return _Made(lambda: _value(default.arg(None), convert)) if default.is_callable else _value(default.arg, convert)
