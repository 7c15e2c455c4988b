"""An answer is taken back while it is held in the outbox, with what it changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from storage.outbox import cancel
from storage.tables import AddressRow, ConversationRow, EventRow, MessageRow, OutboxRow, ParticipantRow
from threads.conversation import restore
from threads.model import TAKEN_BACK
from threads.outgoing.answering import forget_reply_to
from threads.sla.touched import touch_undone
from threads.undo.ledger import put_back

CONFIRMED = "confirmed"
"""What an answer's event keeps of the Reply-To that was confirmed with it."""


def call_back(session: Session, event: EventRow, message: MessageRow) -> bool:
    """Take an answer out of the outbox, and back what it changed beside its conversation. Whether that was still possible."""
    row = session.scalar(select(OutboxRow.id).where(OutboxRow.message_id == message.id))
    if row is None or not cancel(session, row):
        return False
    message.kind = TAKEN_BACK
    if CONFIRMED in event.data:
        forget_reply_to(session, event.data[CONFIRMED])
    _no_longer_in_copy(session, event, message)
    return True


def keep_back(session: Session, row: ConversationRow, message: MessageRow, actor: str, now: datetime) -> bool:
    """Take an answer back that may go out no more, as its agent could. Whether that was still possible."""
    wanted = select(EventRow).where(EventRow.message_id == message.id, EventRow.kind == "reply")
    event = session.scalar(wanted.where(EventRow.undone_at.is_(None)))
    if event is None or not call_back(session, event, message):
        return False
    put_back(session, event.data.get("rows", {}))
    restore(row, event)
    note_undone(session, event, actor, now)
    session.flush()
    return True


def note_undone(session: Session, event: EventRow, actor: str, now: datetime) -> None:
    """An act says that it was taken back, and by whom."""
    touch_undone(session, session.get_one(ConversationRow, event.conversation_id), event.at, now)
    event.undone_at, event.data = now, {**event.data, "undone_by": actor}


def _no_longer_in_copy(session: Session, event: EventRow, message: MessageRow) -> None:
    """Whoever came in by a copy of an answer that never went out is a stranger again."""
    copied = select(AddressRow.person_id).where(AddressRow.address.in_([each["address"] for each in message.cc]))
    session.execute(
        delete(ParticipantRow).where(
            ParticipantRow.conversation_id == event.conversation_id,
            ParticipantRow.since_at == event.at,
            ParticipantRow.role == "participant",
            ParticipantRow.person_id.in_(copied),
        )
    )
