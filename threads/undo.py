"""Taking back what an agent did last: the state before comes back, as far as nobody changed it since."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from storage.errors import NotThere, WrongUse
from storage.outbox import cancel
from storage.tables import AddressRow, ConversationRow, EventRow, MessageRow, OutboxRow, ParticipantRow
from threads.answering import forget_reply_to
from threads.consent import hold_again
from threads.conversation import from_plain, locked, plain
from threads.merging import unmerge

UNDOABLE = ("status", "priority", "assigned", "note", "merged", "let in", "reply")
TAKEN_BACK = "taken back"
"""The kind of an answer that never went out."""
CONFIRMED = "confirmed"
"""What an answer's event keeps of the Reply-To that was confirmed with it."""
_LEADING = {"status": "status", "priority": "priority", "assigned": "assignee_id"}
"""The field that an act is about: where it is another by now, there is nothing to take back."""
LONGEST_AGO = timedelta(days=7)


def undo(
    session: Session, agent_id: str, now: datetime, conversation_id: UUID | None = None, zone: tzinfo = UTC
) -> dict[str, Any]:
    """Take back this agent's last act, or their last one on a conversation. What was taken back, in plain values.

    Raises `NotThere` where there is none, `WrongUse` where it cannot be taken back any more.
    """
    event = _last(session, agent_id, now, conversation_id)
    if event is None:
        raise NotThere("you did nothing in the last days that could be taken back")
    conversation = locked(session, event.conversation_id)
    _refuse_changed(conversation, event)
    if event.kind == "merged":
        unmerge(session, event, now)
    text = _call_back(session, event, conversation, zone) if event.kind == "reply" else ""
    if event.kind == "let in":
        hold_again(session, event, conversation)
    kept = restore(conversation, event.data.get("before", {}), event.data.get("after", {}))
    event.undone_at = now
    conversation.updated_at = max(now, conversation.updated_at)
    session.flush()
    return {
        "handle": conversation.handle,
        "conversation": str(conversation.id),
        "undone": event.kind,
        "because": event.because,
        "at": event.at.isoformat(),
        "status": conversation.status,
        "text": text or str(event.data.get("text", "")),
        "kept": kept,
    }


def _refuse_changed(row: ConversationRow, event: EventRow) -> None:
    leading = _LEADING.get(event.kind)
    if leading and plain({leading: getattr(row, leading)})[leading] != event.data["after"][leading]:
        raise WrongUse(
            f"{row.handle} has changed since: {event.because}, and then something else; say what you want instead"
        )


def restore(row: ConversationRow, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Set back each field that still is as the act left it; counts go back by what it added. Which were left alone."""
    kept = []
    for name, value in before.items():
        if name == "messages":
            row.messages = max(0, row.messages - (int(after[name]) - int(value)))
        elif plain({name: getattr(row, name)})[name] == after.get(name):
            setattr(row, name, from_plain(name, value))
        elif value != after.get(name):
            kept.append(name)
    return kept


def _last(session: Session, agent_id: str, now: datetime, conversation_id: UUID | None) -> EventRow | None:
    acts = select(EventRow).where(
        EventRow.actor == agent_id,
        EventRow.at >= now - LONGEST_AGO,
        EventRow.undone_at.is_(None),
        EventRow.kind.in_(UNDOABLE),
    )
    if conversation_id is not None:
        acts = acts.where(EventRow.conversation_id == conversation_id)
    return session.scalar(acts.order_by(EventRow.at.desc(), EventRow.id.desc()).limit(1))


def _call_back(session: Session, event: EventRow, conversation: ConversationRow, zone: tzinfo) -> str:
    """Take an answer out of the outbox while it is held there. What it said."""
    message = session.get(MessageRow, event.message_id) if event.message_id else None
    row = session.scalar(select(OutboxRow).where(OutboxRow.message_id == event.message_id)) if message else None
    if message is None or row is None or not cancel(session, row.id):
        sent_at = row.sent_at.astimezone(zone) if row is not None and row.sent_at else None
        gone = f"has gone out at {sent_at:%H:%M}" if sent_at else "is on its way"
        raise WrongUse(
            f"your last act is the answer to {conversation.handle}, and it {gone}: it cannot be taken back; "
            f"to take back something on another conversation, say `brief undo HANDLE`"
        )
    message.kind = TAKEN_BACK
    if CONFIRMED in event.data:
        forget_reply_to(session, event.data[CONFIRMED])
    _no_longer_in_copy(session, event, conversation, message)
    return message.reply


def _no_longer_in_copy(session: Session, event: EventRow, conversation: ConversationRow, message: MessageRow) -> None:
    """Whoever came in by a copy of an answer that never went out is a stranger again."""
    copied = select(AddressRow.person_id).where(AddressRow.address.in_([each["address"] for each in message.cc]))
    session.execute(
        delete(ParticipantRow).where(
            ParticipantRow.conversation_id == conversation.id,
            ParticipantRow.since_at == event.at,
            ParticipantRow.role == "participant",
            ParticipantRow.person_id.in_(copied),
        )
    )
