"""Calls that are wished for, in plain values: of some conversations, and as a list by when each is due."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from storage.errors import WrongUse
from storage.tables import CallbackRow, ConversationRow, PersonRow

LARGEST_LIST = 1000
_OPEN = text("callback.state = 'open'")
"""As the index of open ones says it: not bound, or no plan may use that."""


@dataclass(frozen=True, slots=True)
class Whose:
    """Which calls are asked for; without anything all that are open."""

    assignee_id: str | None = None
    department: str = ""


def plain(row: CallbackRow, now: datetime | None = None) -> dict[str, Any]:
    """A call in plain values; `now` says whether it is overdue."""
    late = {} if now is None else {"overdue": row.until_at < now}
    return {
        "number": row.number,
        "from_at": row.from_at.isoformat(),
        "until_at": row.until_at.isoformat(),
        **late,
        "said": row.said,
        "because": row.because,
    }


def open_in(session: Session, conversations: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """The open call of each of some conversations; of several the one that is due first."""
    if not conversations:
        return {}
    wanted = select(CallbackRow).where(CallbackRow.conversation_id.in_(conversations), CallbackRow.state == "open")
    rows = session.scalars(wanted.order_by(CallbackRow.until_at.desc(), CallbackRow.id.desc()))
    return {row.conversation_id: plain(row) for row in rows}


def listing(session: Session, whose: Whose, now: datetime, limit: int = 100) -> list[dict[str, Any]]:
    """The open calls, by when each is due."""
    if not 1 <= limit <= LARGEST_LIST:
        raise WrongUse(f"a list holds 1 to {LARGEST_LIST} callbacks")
    row = ConversationRow
    wanted = (
        select(CallbackRow, row, PersonRow.name)
        .join(row, row.id == CallbackRow.conversation_id)
        .outerjoin(PersonRow, PersonRow.id == row.customer_id)
        .where(_OPEN)
    )
    if whose.assignee_id is not None:
        wanted = wanted.where(row.assignee_id == whose.assignee_id)
    if whose.department:
        wanted = wanted.where(row.department == whose.department)
    found = session.execute(wanted.order_by(CallbackRow.until_at, CallbackRow.id).limit(limit))
    return [
        {
            "handle": conversation.handle,
            "conversation": str(conversation.id),
            "customer": {"name": name or "", "address": conversation.customer_address},
            "subject": conversation.subject,
            "status": conversation.status,
            "priority": conversation.priority,
            "assignee": conversation.assignee_id,
            "department": conversation.department,
            **plain(callback, now),
        }
        for callback, conversation, name in found
    ]
