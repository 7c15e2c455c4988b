"""Targets as they are changed: read and written by statements that are made once, for a mail cannot wait for more."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from storage.ids import uuid7
from storage.rows import change, put, rows_of, table_of
from storage.tables import TargetRow
from storage.tables.targets import AT_ONCE
from threads.sla.terms import Aim


@dataclass(slots=True)
class Held:
    """A target in the hand of a transaction, by the names of `TargetRow`."""

    id: UUID
    conversation_id: UUID
    kind: str
    state: str = "running"
    started_at: datetime | None = None
    allowed_for: int = 0
    spent_for: int = 0
    due_at: datetime | None = None
    done_at: datetime | None = None
    breached_at: datetime | None = None
    policy: str = ""
    priority: str = ""
    calendar: str = ""
    agent_id: str | None = None
    marks: list[dict[str, Any]] = field(default_factory=list)
    stored: dict[str, Any] | None = None
    """As it is in the database; None where it is new."""

    def values(self) -> dict[str, Any]:
        """What a row holds of it."""
        return {name: getattr(self, name) for name in _NAMES}


_NAMES = tuple(each.name for each in fields(Held) if each.name != "stored")
_TABLE = table_of(TargetRow)
_OF = (
    select(*(_TABLE.c[name] for name in _NAMES))
    .where(_TABLE.c.conversation_id.in_(bindparam("conversations", expanding=True)))
    .order_by(_TABLE.c.started_at, _TABLE.c.id)
)
_CHANGES = [name for name in _NAMES if name not in ("id", "conversation_id", "kind")]
_UPDATE = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("target"))
    .values({"next_step_at": AT_ONCE, **{name: bindparam(f"new_{name}") for name in _CHANGES}})
)


def held_of(session: Session, conversations: Collection[UUID]) -> list[Held]:
    """All targets of some conversations, the oldest first."""
    found = [Held(*row) for row in rows_of(session, _OF, conversations=list(conversations))]
    for each in found:
        each.stored = each.values()
    return found


def begun(conversation: UUID, aim: Aim) -> Held:
    """A new target, which has no marks yet."""
    return Held(uuid7(), conversation, aim.value)


def save(session: Session, targets: Iterable[Held]) -> None:
    """Write those that are new or differ from what is stored."""
    for each in targets:
        values = each.values()
        if each.stored is None:
            put(session, TargetRow, values)
        elif values != each.stored:
            change(session, _UPDATE, target=each.id, **{f"new_{name}": values[name] for name in _CHANGES})
