"""Everything that is written of one mail, in the one transaction in which it was decided."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.ids import uuid7
from storage.outbox import enqueue
from storage.tables import AddressRow, ConversationRow, EventRow, MessageRow
from threads.arrival import Arrival, Found, Recorded
from threads.conversation import Change, apply, due_for, locked, plain
from threads.handles import new_handle
from threads.letters import acknowledgement
from threads.life import Effect, Standing, continuing, opening
from threads.model import Acknowledge, Direction, Kind, Priority, Status
from threads.store.messages import acknowledgement_of, deliver_to, message_of, settle_envelope, suggestions_of
from threads.store.notices import tell_agents
from threads.store.people import copied, failed_for_good, persons, take_part_all
from threads.store.tokens import reply_address_of
from threads.store.words import remember_words
from threads.subjects import canonical, readable

_LONGEST_SUBJECT = 1000


def record(session: Session, arrival: Arrival, now: datetime) -> Recorded:
    """Write a mail and all that follows from it: its conversation, people, events, and the acknowledgement."""
    new = arrival.placement.conversation is None
    row = _opened(session, arrival, now) if new else locked(session, _conversation(arrival))
    message = message_of(arrival, row.id)
    session.add(message)
    session.flush()
    if new:
        _say_opened(session, arrival, row, message)
    else:
        _go_on(session, arrival, row, message, now)
    _add_people(session, arrival, row, new=new)
    remember_words(session, row.id, arrival.mail, new=new)
    session.add_all(suggestions_of(arrival, message.id, row.id))
    if arrival.direction is Direction.IN:
        deliver_to(session, arrival.found, message.id)
    settle_envelope(session, arrival.found, message.id, "done")
    acknowledged = _acknowledge(session, arrival, row, now)
    tell_agents(session, arrival, row, message.id, now)
    session.flush()
    return _recorded(row, message, new=new, acknowledged=acknowledged)


def record_again(session: Session, found: Found) -> Recorded | None:
    """Note that a mail which is there already came once more, perhaps to another mailbox; None where it is new."""
    message = session.scalar(select(MessageRow).where(MessageRow.dedupe_key == found.mail.dedupe_key))
    if message is None:
        return None
    reached = deliver_to(session, found, message.id) if message.direction == Direction.IN else 0
    settle_envelope(session, found, message.id, "done" if reached else "duplicate")
    row = session.get_one(ConversationRow, message.conversation_id)
    session.flush()
    return _recorded(row, message, duplicate=True)


def _recorded(
    row: ConversationRow, message: MessageRow, *, new: bool = False, duplicate: bool = False, acknowledged: bool = False
) -> Recorded:
    because = f"it was there already: {message.because}" if duplicate else message.because
    return Recorded(
        message=message.id,
        conversation=row.id,
        handle=row.handle,
        direction=Direction(message.direction),
        new=new,
        held=message.held,
        because=because,
        duplicate=duplicate,
        acknowledged=acknowledged,
    )


def _conversation(arrival: Arrival) -> UUID:
    assert arrival.placement.conversation is not None  # noqa: S101 - the caller asked
    return arrival.placement.conversation


def _opened(session: Session, arrival: Arrival, now: datetime) -> ConversationRow:
    """A new conversation with its customer."""
    mail, customer, urgency = arrival.mail, arrival.customer, arrival.urgency
    forwarded = mail.forwarded if arrival.by_colleague else None
    subject = (forwarded.subject if forwarded else "") or mail.subject
    person = persons(session, [customer], arrival.at, mail.language) if customer else {}
    row = ConversationRow(
        id=uuid7(),
        handle=new_handle(
            session, customer.name if customer else "", customer.address if customer else "", subject, arrival.at
        ),
        mailbox=arrival.mailbox.address.lower(),
        customer_id=person.get(customer.address) if customer else None,
        customer_address=customer.address if customer else "",
        subject=readable(subject)[:_LONGEST_SUBJECT],
        canonical_subject=canonical(subject),
        language=mail.language,
        priority=urgency.priority.value,
        rule=urgency.rule,
        priority_because=urgency.because,
        department=urgency.department or arrival.mailbox.department,
        opened_at=arrival.at,
        updated_at=arrival.at,
    )
    for name, value in opening(arrival, now).fields.items():
        setattr(row, name, value)
    session.add(row)
    session.flush()
    return row


def _say_opened(session: Session, arrival: Arrival, row: ConversationRow, message: MessageRow) -> None:
    effect = opening(arrival, arrival.at)
    session.add(
        EventRow(
            conversation_id=row.id,
            message_id=message.id,
            at=arrival.at,
            kind=effect.kind,
            actor="",
            because=effect.because,
            data={"after": plain({"status": row.status, "priority": row.priority})},
        )
    )


def _go_on(session: Session, arrival: Arrival, row: ConversationRow, message: MessageRow, now: datetime) -> None:
    """What the mail does to the conversation that it came to."""
    for effect in continuing(arrival, _standing(arrival, row), now):
        _take_effect(session, effect, row, message, arrival.at)
    if arrival.placement.held:
        return
    row.updated_at = max(row.updated_at, arrival.at)
    if _is_bounce_of_ours(arrival):
        failed_for_good(session, arrival.found.classification.failed_recipients, now)
    author = arrival.mail.author
    if author and arrival.direction is Direction.IN and _is_customer(session, row, author.address):
        row.customer_address = author.address


def _is_bounce_of_ours(arrival: Arrival) -> bool:
    return arrival.found.classification.kind is Kind.BOUNCE and arrival.placement.signal in {"own id", "token"}


def _is_customer(session: Session, row: ConversationRow, address: str) -> bool:
    writer = session.get(AddressRow, address)
    return writer is not None and writer.person_id == row.customer_id


def _standing(arrival: Arrival, row: ConversationRow) -> Standing:
    return Standing(
        status=Status(row.status),
        priority=Priority(row.priority),
        messages=row.messages,
        waiting_since=row.waiting_since,
        due_at=None if arrival.found.imported else due_for(row, Priority(row.priority), arrival.at, arrival.policy),
        was_due_at=row.due_at,
        updated_at=row.updated_at,
    )


def _take_effect(session: Session, effect: Effect, row: ConversationRow, message: MessageRow, at: datetime) -> None:
    if effect.kind:
        updated_at = row.updated_at
        change = Change(effect.kind, effect.because, effect.fields, effect.data)
        apply(session, row, change, actor="", now=at, message_id=message.id)
        if not effect.fields:
            row.updated_at = updated_at
        return
    for name, value in effect.fields.items():
        setattr(row, name, value)


def _add_people(session: Session, arrival: Arrival, row: ConversationRow, *, new: bool) -> None:
    """The writer and those copied take part; a held mail, and a machine's in a conversation that is there, brings nobody in."""
    person = arrival.direction is Direction.OUT or arrival.found.classification.kind is Kind.PERSON
    if arrival.placement.held or not (new or person):
        return
    author = arrival.mail.author
    writes = arrival.direction is Direction.IN and person and author is not None
    people = (*((author,) if writes and author else ()), *copied(arrival))
    found = persons(session, people, arrival.at, arrival.mail.language)
    take_part_all(
        session, row.id, row.customer_id if new else None, set(found.values()) - {row.customer_id}, arrival.at
    )


def _acknowledge(session: Session, arrival: Arrival, row: ConversationRow, now: datetime) -> bool:
    """Put the one acknowledgement into the outbox, where one was decided."""
    decided, found, policy = arrival.decided, arrival.found, arrival.policy
    if not isinstance(decided, Acknowledge):
        return False
    letter = acknowledgement(
        decided,
        found.mail,
        arrival.urgency,
        now,
        source=found.envelope.source,
        reply_to=reply_address_of(session, row.id, row.mailbox, now) if policy.reply_addresses else "",
        site_url=policy.site_url,
    )
    message = acknowledgement_of(letter, decided, row.id, now)
    session.add(message)
    session.flush()
    row.acknowledged_at = now
    enqueue(
        session,
        letter,
        purpose="acknowledgement",
        conversation_id=row.id,
        message_id=message.id,
        due_at=now,
        now=now,
    )
    return True
