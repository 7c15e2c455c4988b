"""The mails that came, of any kind: also those that no agent needs to see."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.tables import ConversationRow, MessageRow
from threads.model import Direction


def arrived(session: Session, kind: str = "", *, limit: int = 50) -> list[tuple[MessageRow, str]]:
    """The mails that came last, of one kind or of all, each with the handle of its conversation; along an index each."""
    query = (
        select(MessageRow, ConversationRow.handle)
        .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
        .where(MessageRow.direction == Direction.IN.value)
        .limit(limit)
    )
    if kind:
        query = query.where(MessageRow.kind == kind).order_by(MessageRow.received_at.desc())
    else:
        query = query.order_by(MessageRow.id.desc())  # keys grow with time
    return [(message, handle) for message, handle in session.execute(query)]
