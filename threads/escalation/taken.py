"""Who took a conversation, which ends its ladders."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.tables import ConversationRow, EventRow


def taken_by(session: Session, row: ConversationRow, since: datetime) -> str:
    """The agent who took a conversation since a moment and has it still; "" where none did: to be given it is not to take it."""
    if row.assignee_id is None:
        return ""
    last = (
        select(EventRow.actor)
        .where(EventRow.conversation_id == row.id, EventRow.kind == "assigned", EventRow.at >= since)
        .where(EventRow.undone_at.is_(None))
        .order_by(EventRow.at.desc(), EventRow.id.desc())
        .limit(1)
    )
    return row.assignee_id if session.scalar(last) == row.assignee_id else ""
