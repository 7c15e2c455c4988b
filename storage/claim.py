"""What SQLite and PostgreSQL do differently, and nothing else: claiming due rows, inserting what may be there, locks.

A lease has a number that grows with each claim. Whoever comes back after its lease ran out, and finds another
number, has lost the row and must not write to it (fencing).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy import CursorResult, Executable, bindparam, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.tables import Base, EnvelopeRow, OutboxRow
from storage.tables.types import UtcTime

Claimable = TypeVar("Claimable", EnvelopeRow, OutboxRow)

_ROWS_AT_ONCE = 500
"""Rows an INSERT: SQLite takes at most 32,766 bound values in one statement."""


def claim_due(
    session: Session, table: type[Claimable], now: datetime, lease_for: timedelta, limit: int
) -> list[Claimable]:
    """Lease what is due, the longest due first: rows that wait, and rows whose former lease ran out.

    To be called in a writing session. On PostgreSQL rows that another process is claiming are passed over.
    """
    query = _due_on_sqlite(table) if session.get_bind().dialect.name == "sqlite" else _due_on_postgresql(table)
    fresh = query.execution_options(populate_existing=True)
    rows = list(session.scalars(fresh, {"now": now, "largest": limit}))
    for row in rows:
        row.state = "leased"
        row.lease += 1
        row.leased_until = now + lease_for
    session.flush()
    return rows


_FREE = "state IN ('waiting', 'leased') AND due_at <= :now AND (state = 'waiting' OR leased_until <= :now)"
_NOW = bindparam("now", type_=UtcTime())


def _due_on_sqlite(table: type[Claimable]) -> Executable:
    """The due rows, by their index: left to choose, SQLite reads every row that waits, and sorts them."""
    name = table.__tablename__
    due = f"SELECT * FROM {name} INDEXED BY ix_{name}_due WHERE {_FREE} ORDER BY due_at LIMIT :largest"  # noqa: S608 - our own names
    return select(table).from_statement(text(due).bindparams(_NOW))


def _due_on_postgresql(table: type[Claimable]) -> Executable:
    """The due rows that no other transaction is claiming."""
    free = text(_FREE).bindparams(_NOW)
    return (
        select(table).where(free).order_by(table.due_at).limit(bindparam("largest")).with_for_update(skip_locked=True)
    )


def holds(session: Session, table: type[EnvelopeRow] | type[OutboxRow], row_id: UUID, lease: int) -> bool:
    """Whether a lease is still the newest one of its row; it stays so until this writing session ends."""
    query = select(table.id).where(table.id == row_id, table.state == "leased", table.lease == lease)
    return session.scalar(query.with_for_update()) is not None


def insert_ignoring(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert rows, except those whose key is there already; how many were new."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    new = 0
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        some = rows[start : start + _ROWS_AT_ONCE]
        statement = dialect.insert(table).values(some).on_conflict_do_nothing()
        statement = statement.execution_options(preserve_rowcount=True)
        new += cast("CursorResult[Any]", session.execute(statement)).rowcount
    return new


def serialise(session: Session, name: str) -> None:
    """Let only one transaction at a time do what has this name, until it ends. SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
