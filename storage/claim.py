"""What SQLite and PostgreSQL do differently, and nothing else: claiming due rows, inserting what may be there, locks.

A lease has a number that grows with each claim. Whoever comes back after its lease ran out, and finds another
number, has lost the row and must not write to it (fencing).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import BindParameter, Executable, Insert, Select, Update, bindparam, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from storage.rows import change, insert_rows, table_of, value_of
from storage.tables import Base, CallRow, ConversationRow, EnvelopeRow, OutboxRow, TargetRow
from storage.tables.types import UtcTime

Claimable = TypeVar("Claimable", EnvelopeRow, OutboxRow, CallRow)
ClaimableTable = type[EnvelopeRow] | type[OutboxRow] | type[CallRow]


@dataclass(frozen=True, slots=True)
class Among:
    """Only the outgoing mail of these mailboxes or, where not `inside`, only that of all others."""

    mailboxes: frozenset[str]
    inside: bool = True


def claim_due(
    session: Session,
    table: type[Claimable],
    now: datetime,
    lease_for: timedelta,
    limit: int,
    among: Among | None = None,
) -> list[Claimable]:
    """Lease what is due, the longest due first: rows that wait, and rows whose former lease ran out.

    To be called in a writing session. On PostgreSQL rows that another process is claiming are passed over.
    """
    query = _due(table, session.get_bind().dialect.name, among.inside if among else None)
    asked: dict[str, Any] = {"now": now, "largest": limit}
    if among is not None:
        asked["mailboxes"] = sorted(among.mailboxes)
    rows = list(session.scalars(query, asked))
    if rows:
        change(session, _lease(table), rows=[row.id for row in rows], until=now + lease_for)
    for row in rows:
        # one statement has written it for all of them: the mapper is not to write it once more
        leased = {"state": "leased", "lease": row.lease + 1, "leased_until": now + lease_for}
        for name, value in leased.items():
            set_committed_value(row, name, value)
    return rows


@cache
def _lease(table: ClaimableTable) -> Update:
    leased = update(table_of(table)).where(table.id.in_(bindparam("rows", expanding=True)))
    return leased.values(state="leased", lease=table.lease + 1, leased_until=bindparam("until", type_=UtcTime()))


_FREE = "state IN ('waiting', 'leased') AND due_at <= :now AND (state = 'waiting' OR leased_until <= :now)"
_NOW = bindparam("now", type_=UtcTime())


_AMONG = {None: "", True: " AND mailbox IN :mailboxes", False: " AND mailbox NOT IN :mailboxes"}


@cache
def _due(table: ClaimableTable, dialect: str, inside: bool | None) -> Executable:
    free = _FREE + _AMONG[inside]
    bound = [_NOW] if inside is None else [_NOW, bindparam("mailboxes", expanding=True)]
    query = _due_on_sqlite(table, free, bound) if dialect == "sqlite" else _due_on_postgresql(table, free, bound)
    return query.execution_options(populate_existing=True)


def _due_on_sqlite(table: ClaimableTable, free: str, bound: Sequence[BindParameter[Any]]) -> Executable:
    """The due rows, by their index: left to choose, SQLite reads every row that waits, and sorts them."""
    name = table.__tablename__
    due = f"SELECT * FROM {name} INDEXED BY ix_{name}_due WHERE {free} ORDER BY due_at LIMIT :largest"  # noqa: S608 - our own names
    return select(table).from_statement(text(due).bindparams(*bound))


def _due_on_postgresql(table: ClaimableTable, free: str, bound: Sequence[BindParameter[Any]]) -> Executable:
    """The due rows that no other transaction is claiming."""
    wanted = select(table).where(text(free).bindparams(*bound)).order_by(table.due_at, table.id)
    return wanted.limit(bindparam("largest")).with_for_update(skip_locked=True)


def claim_steps(session: Session, now: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """Targets whose next step is due, with their conversations, the longest due first; to be called in a writing session.

    On PostgreSQL the conversations are held from here on, as whoever changes a target holds them; those that another
    process holds are passed over.
    """
    wanted = _STEPS.limit(limit)
    if session.get_bind().dialect.name == "postgresql":
        held = wanted.join(ConversationRow, ConversationRow.id == TargetRow.conversation_id)
        wanted = held.with_for_update(of=ConversationRow, skip_locked=True, key_share=True)
    return [(target, conversation) for target, conversation in session.execute(wanted, {"now": now})]


def any_step(session: Session, now: datetime) -> bool:
    """Whether the next step of a target is due, whoever holds it."""
    return session.execute(_STEPS.limit(1), {"now": now}).first() is not None


_STEPS = (
    select(TargetRow.id, TargetRow.conversation_id)
    .where(text("target.state = 'running'"), TargetRow.next_step_at <= bindparam("now", type_=UtcTime()))
    .order_by(TargetRow.next_step_at, TargetRow.id)
    .with_hint(TargetRow, "INDEXED BY ix_target_next_step", "sqlite")
)


def holds(session: Session, table: ClaimableTable, row_id: UUID, lease: int) -> bool:
    """Whether a lease is still the newest one of its row; it stays so until this writing session ends."""
    return value_of(session, _held(table), row_id=row_id, held=lease) is not None


@cache
def _held(table: ClaimableTable) -> Select[UUID]:
    wanted = table.id == bindparam("row_id"), table.state == "leased", table.lease == bindparam("held")
    return select(table.id).where(*wanted).with_for_update()


def insert_ignoring(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert rows that name the same columns, except those whose key is there already; how many were new."""
    return insert_rows(session, _insert_ignoring(table, session.get_bind().dialect.name), rows)


@cache
def _insert_ignoring(table: type[Base], dialect: str) -> Insert:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(table_of(table)).on_conflict_do_nothing()


_LOCK = text("SELECT pg_advisory_xact_lock(:key)")
_LOCK_AMONG = text("SELECT pg_advisory_xact_lock_shared(:among), pg_advisory_xact_lock(:key)")
"""In this order, and in one statement: whoever waits for one of many is among them already, and nobody waits crosswise."""


def serialise(session: Session, name: str, among: str | None = None) -> None:
    """Let only one transaction at a time do what has this name, until it ends. SQLite has one writer anyway.

    Any number may do what has a name `among` others, but none while somebody alone does what is called so.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    if among is None:
        session.execute(_LOCK, {"key": _key(name)})
    else:
        session.execute(_LOCK_AMONG, {"among": _key(among), "key": _key(name)})


def _key(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
