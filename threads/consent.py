"""A held message: an agent lets it into its conversation, or makes it a conversation of its own."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from storage.claim import insert_ignoring
from storage.errors import WrongUse
from storage.ids import uuid7
from storage.tables import ConversationRow, DeliveryRow, EventRow, MessageRow, ParticipantRow, SuggestionRow, WordRow
from threads.conversation import Change, apply, due_for, locked
from threads.handles import new_handle
from threads.model import Address, Kind, Priority, Status, Urgency
from threads.people import person_for, take_part
from threads.subjects import canonical
from threads.words import words_of

if TYPE_CHECKING:
    from threads.policy import Policy  # its calendars load every country's holidays

MOST_WORDS = 5000


def let_in(session: Session, message: MessageRow, *, actor: str, policy: Policy, now: datetime) -> ConversationRow:
    """The sender becomes a participant, and the message counts as any other. Raises `WrongUse` where it is not held."""
    conversation = locked(session, message.conversation_id)
    _refuse_free(session, message)
    sender = person_for(session, Address(message.from_address, message.from_name), now)
    joined = take_part(session, conversation.id, sender.id, now)
    message.held = False
    waiting_since = conversation.waiting_since or message.received_at
    fields = {
        "messages": conversation.messages + (message.kind == Kind.PERSON),
        "status": Status.OPEN,
        "snoozed_until": None,
        "closed_at": None,
        "waiting_since": waiting_since,
        "due_at": due_for(conversation, Priority(conversation.priority), waiting_since, policy),
    }
    because = f"{actor} let {message.from_address} in"
    data = {"participant": str(sender.id) if joined else None}
    apply(session, conversation, Change("let in", because, fields, data), actor=actor, now=now, message_id=message.id)
    return conversation


def make_own(
    session: Session, message: MessageRow, urgency: Urgency, *, actor: str, policy: Policy, now: datetime
) -> ConversationRow:
    """Make a conversation of its own out of a held message, with its sender as the customer."""
    beside = locked(session, message.conversation_id)
    _refuse_free(session, message)
    sender = person_for(session, Address(message.from_address, message.from_name), now)
    conversation = _opened(session, message, beside, urgency, now)
    conversation.customer_id = sender.id
    session.add(conversation)
    session.flush()
    take_part(session, conversation.id, sender.id, now, role="customer")
    message.conversation_id, message.held = conversation.id, False
    _take_along(session, message, conversation.id)
    since = message.received_at
    counted = int(message.kind == Kind.PERSON)
    fields = {
        "messages": counted,
        "waiting_since": since,
        "due_at": due_for(conversation, urgency.priority, since, policy),
    }
    because = f"{actor} made it a conversation of its own"
    change = Change("let in", because, fields, {"beside": str(beside.id)})
    apply(session, conversation, change, actor=actor, now=now, message_id=message.id)
    return conversation


def hold_again(session: Session, event: EventRow, conversation: ConversationRow) -> None:
    """Take `let_in` or `make_own` back: the message is held beside the conversation where it was."""
    message = session.get(MessageRow, event.message_id)
    if message is None:
        return
    message.held = True
    if beside := event.data.get("beside"):
        message.conversation_id = UUID(beside)
        conversation.status, conversation.merged_into_id = Status.CLOSED, UUID(beside)
        again = update(SuggestionRow).where(SuggestionRow.message_id == message.id)
        session.execute(again.values(conversation_id=UUID(beside)))
    elif person := event.data.get("participant"):
        session.execute(
            delete(ParticipantRow).where(
                ParticipantRow.conversation_id == conversation.id, ParticipantRow.person_id == UUID(person)
            )
        )


def _refuse_free(session: Session, message: MessageRow) -> None:
    session.refresh(message)
    if not message.held:
        raise WrongUse(f"the message {message.code} is not held: it stands in its conversation already")


def _opened(
    session: Session, message: MessageRow, beside: ConversationRow, urgency: Urgency, now: datetime
) -> ConversationRow:
    mailbox = session.scalar(select(DeliveryRow.mailbox).where(DeliveryRow.message_id == message.id))
    return ConversationRow(
        id=uuid7(),
        handle=new_handle(session, message.from_name, message.from_address, message.subject, now),
        mailbox=mailbox or beside.mailbox,
        customer_address=message.from_address,
        subject=message.subject,
        canonical_subject=canonical(message.subject),
        language=message.language or beside.language,
        status=Status.OPEN,
        priority=urgency.priority,
        rule=urgency.rule,
        priority_because=urgency.because,
        messages=0,
        opened_at=now,
        updated_at=now,
    )


def _take_along(session: Session, message: MessageRow, conversation_id: UUID) -> None:
    session.execute(
        update(SuggestionRow).where(SuggestionRow.message_id == message.id).values(conversation_id=conversation_id)
    )
    add_words(session, conversation_id, message.subject, message.reply, message.from_name, message.from_address)


def add_words(session: Session, conversation_id: UUID, *texts: str) -> None:
    """Let a conversation be found by the words of some texts."""
    words = dict.fromkeys(word for text in texts for word in words_of(text[:200_000]) if 1 < len(word) <= 64)
    rows: list[dict[str, Any]] = [
        {"conversation_id": conversation_id, "word": word} for word in list(words)[:MOST_WORDS]
    ]
    insert_ignoring(session, WordRow, rows)
