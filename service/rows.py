"""The rows of a database as lines of JSON, which either kind of database takes back."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, Date, LargeBinary, Table, Uuid, bindparam, insert, select, update

from storage.errors import Lost
from storage.tables.types import UtcTime

_AT_ONCE = 500


def rows_as_lines(connection: Connection, table: Table) -> Iterator[str]:
    """Every row of a table, one line each, read as a stream in the order of its key."""
    query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=_AT_ONCE)
    for row in connection.execute(query).mappings():
        yield json.dumps({name: _plain(value) for name, value in row.items()}, ensure_ascii=True) + "\n"


def insert_lines(connection: Connection, table: Table, lines: Iterable[str | bytes]) -> int:
    """Insert rows from such lines; how many. A row that refers to another of its table learns of it at the end."""
    own = [column for column in table.columns if any(key.column.table is table for key in column.foreign_keys)]
    later: list[dict[str, Any]] = []
    batch: list[dict[str, Any]] = []
    number = 0
    for number, line in enumerate(lines, 1):
        row = _row(table, line, number)
        later += _without(row, own, table)
        batch.append(row)
        if len(batch) == _AT_ONCE:
            connection.execute(insert(table), batch)
            batch = []
    if batch:
        connection.execute(insert(table), batch)
    _add_references(connection, table, own, later)
    return number


def _without(row: dict[str, Any], own: list[Column[Any]], table: Table) -> list[dict[str, Any]]:
    """Take a row's references to its own table out of it, and give them back with its key."""
    found = {f"to_{column.name}": row[column.name] for column in own if row[column.name] is not None}
    if not found:
        return []
    key = {f"key_{column.name}": row[column.name] for column in table.primary_key.columns}
    for column in own:
        row[column.name] = None
    return [{**{f"to_{column.name}": None for column in own}, **found, **key}]


def _add_references(connection: Connection, table: Table, own: list[Column[Any]], rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    statement = update(table).values({column.name: bindparam(f"to_{column.name}") for column in own})
    for column in table.primary_key.columns:
        statement = statement.where(column == bindparam(f"key_{column.name}"))
    connection.execute(statement, rows)


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, date):  # a time as well
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _row(table: Table, line: str | bytes, number: int) -> dict[str, Any]:
    try:
        values = json.loads(line)
        return {column.name: _typed(column, values[column.name]) for column in table.columns}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Lost(f"the backup is damaged: {table.name}, line {number}: {type(error).__name__} {error}") from error


def _typed(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, UtcTime):
        return datetime.fromisoformat(value)
    if isinstance(column.type, Date):
        return date.fromisoformat(value)
    if isinstance(column.type, Uuid):
        return UUID(value)
    return base64.b64decode(value, validate=True) if isinstance(column.type, LargeBinary) else value
