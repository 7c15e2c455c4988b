"""A held message: an agent lets it into its conversation, or makes it a conversation of its own."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.errors import WrongUse
from storage.tables import ConversationRow, MessageRow
from threads.aside.sides import is_of_main, refuse_people_of_main
from threads.conversation import Change, apply, apply_to_both, due_for, locked
from threads.model import Address, Kind, Priority, Status, Urgency
from threads.people.addresses import person_for, take_part
from threads.regroup.opening import opened_from, put_by_agent
from threads.store.belongings import set_apart, share_words, these_go
from threads.undo.ledger import difference, snapshot

if TYPE_CHECKING:
    from threads.policy import Policy  # its calendars load every country's holidays


def let_in(session: Session, message: MessageRow, *, actor: str, policy: Policy, now: datetime) -> ConversationRow:
    """The sender becomes a participant, and the message counts as any other. Raises `WrongUse` where it is not held."""
    conversation = locked(session, message.conversation_id)
    _refuse(session, message, conversation)
    refuse_people_of_main(session, conversation, [Address(message.from_address)])
    sender = person_for(session, Address(message.from_address, message.from_name), now)
    before = snapshot(session, [conversation.id])
    take_part(session, conversation.id, sender.id, now)
    message.held = False
    rows = difference(before, snapshot(session, [conversation.id]))
    waiting_since = conversation.waiting_since or message.received_at
    fields = {
        "messages": conversation.messages + (message.kind == Kind.PERSON),
        "status": Status.OPEN,
        "snoozed_until": None,
        "closed_at": None,
        "waiting_since": waiting_since,
        "due_at": due_for(conversation, Priority(conversation.priority), waiting_since, policy),
    }
    change = Change("let in", f"{actor} let {message.from_address} in", fields, {"rows": rows})
    apply(session, conversation, change, actor=actor, now=now, message_id=message.id)
    return conversation


def make_own(
    session: Session, message: MessageRow, urgency: Urgency, *, actor: str, policy: Policy, now: datetime
) -> ConversationRow:
    """Make a conversation of its own out of a held message, with its sender as the customer."""
    beside = locked(session, message.conversation_id)
    _refuse(session, message, beside)
    sender = Address(message.from_address, message.from_name)
    person = person_for(session, sender, now)
    conversation = opened_from(session, message, beside, urgency, sender, person.id, now)
    if is_of_main(session, beside, sender.address):
        conversation.side_of_id = None  # what the customer wrote is no third party's
    both = (conversation.id, beside.id)
    before = snapshot(session, both)
    take_part(session, conversation.id, person.id, now, role="customer")
    because = f"{actor} made it a conversation of its own; it was held beside {beside.handle}"
    message.held = False
    put_by_agent(message, because, beside.handle, conversation.handle)
    these_go(session, [message.id], beside.id, conversation.id)
    stay = session.scalars(select(MessageRow).where(MessageRow.conversation_id == beside.id)).all()
    share_words(session, beside.id, conversation.id, [message], stay)
    set_apart(session, *both)
    since = message.received_at
    fields = {
        "status": Status.OPEN,
        "messages": int(message.kind == Kind.PERSON),
        "waiting_since": since,
        "due_at": due_for(conversation, urgency.priority, since, policy),
    }
    data = {"rows": difference(before, snapshot(session, both)), "made": True}
    here = Change("let in", because, fields, data)
    there = Change("split off", f"{actor} made {message.code} a conversation of its own: {conversation.handle}")
    apply_to_both(session, (conversation, here), (beside, there), actor=actor, now=now, message_id=message.id)
    return conversation


def refuse_let_in(message: MessageRow) -> None:
    """Raise where a message is not held."""
    if not message.held:
        raise WrongUse(f"the message {message.code} is not held: it stands in its conversation already")


def _refuse(session: Session, message: MessageRow, conversation: ConversationRow) -> None:
    session.refresh(message)
    if message.conversation_id != conversation.id:
        raise WrongUse(f"the message {message.code} has just been moved; look at it once more with `brief why`")
    refuse_let_in(message)
    if not message.from_address:
        raise WrongUse(f"the message {message.code} names no sender, so there is nobody to let in; it stays held")
