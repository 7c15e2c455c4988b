"""Rows by statements that are made once: for every mail the way past the mapper costs a fifth."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from sqlalchemy import Connection, Insert, Table, insert
from sqlalchemy.orm import Session

from storage.tables import Base

_TOGETHER = "put together"


def directly(session: Session) -> Connection:
    """The connection of a session's transaction; what the session still holds is written first."""
    if session.autoflush:
        session.flush()
    return session.connection()


def put(session: Session, table: type[Base], *rows: Mapping[str, Any]) -> None:
    """Insert rows that name the same columns; a column that is not named takes its default."""
    if rows:
        directly(session).execute(_insert(table), rows)


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
