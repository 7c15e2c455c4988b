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

from sqlalchemy import CursorResult, and_, or_, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.tables import Base, EnvelopeRow, OutboxRow

Claimable = TypeVar("Claimable", EnvelopeRow, OutboxRow)

# as it stands in the partial indexes: with bound values SQLite would not use them
_AT_WORK = text("state IN ('waiting', 'leased')")

_ROWS_AT_ONCE = 500
"""Rows an INSERT: SQLite takes at most 32,766 bound values in one statement."""


def claim_due(
    session: Session, table: type[Claimable], now: datetime, lease_for: timedelta, limit: int
) -> list[Claimable]:
    """Lease what is due, the longest due first: rows that wait, and rows whose former lease ran out.

    To be called in a writing session. On PostgreSQL rows that another process is claiming are passed over.
    """
    free = or_(table.state == "waiting", and_(table.state == "leased", table.leased_until <= now))
    query = select(table).where(_AT_WORK, table.due_at <= now, free).order_by(table.due_at).limit(limit)
    rows = list(session.scalars(query.with_for_update(skip_locked=True).execution_options(populate_existing=True)))
    for row in rows:
        row.state = "leased"
        row.lease += 1
        row.leased_until = now + lease_for
    session.flush()
    return rows


def holds(session: Session, table: type[EnvelopeRow] | type[OutboxRow], row_id: UUID, lease: int) -> bool:
    """Whether a lease is still the newest one of its row; it stays so until this writing session ends."""
    query = select(table.id).where(table.id == row_id, table.state == "leased", table.lease == lease)
    return session.scalar(query.with_for_update()) is not None


def insert_ignoring(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert rows, except those whose key is there already; how many were new."""
    new = 0
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        some = rows[start : start + _ROWS_AT_ONCE]
        statement = (
            postgresql.insert(table).values(some).on_conflict_do_nothing()
            if session.get_bind().dialect.name == "postgresql"
            else sqlite.insert(table).values(some).on_conflict_do_nothing()
        )
        new += cast("CursorResult[Any]", session.execute(statement)).rowcount
    return new


def serialise(session: Session, name: str) -> None:
    """Let only one transaction at a time do what has this name, until it ends. SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
