"""What the messages of a conversation refer to and nobody has seen."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import bindparam, false, select
from sqlalchemy.orm import Session

from storage.rows import value_of
from storage.tables import GhostRow, MessageRow
from threads.placing.references import EXCHANGE


def exchange_root_of(session: Session, conversation_id: UUID) -> str | None:
    """The root of the Exchange conversation that somebody wrote in, None where nobody did."""
    return value_of(session, _ROOT, conversation_id=conversation_id)


_ROOT = (
    select(GhostRow.ghost)
    .join(MessageRow, MessageRow.id == GhostRow.message_id)
    .where(MessageRow.conversation_id == bindparam("conversation_id"), MessageRow.held == false())
    .where(GhostRow.ghost.like(f"%{EXCHANGE}"))
    .order_by(MessageRow.received_at.desc())
    .limit(1)
)
