"""A conversation that begins with a call: with the customer who rang, and what they said as its first note."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from storage.claim import insert_ignoring
from storage.errors import WrongUse
from storage.ids import uuid7
from storage.tables import ConversationRow, EventRow, TagRow
from threads.conversation import apply, due_for
from threads.handles import new_handle
from threads.life import changes
from threads.model import Address, Mailbox, Priority, Status, Urgency
from threads.people.addresses import person_for, take_part
from threads.people.phone import Call
from threads.policy import Policy
from threads.sla.touched import touch
from threads.store.asked import agent_there
from threads.store.words import add_words, add_words_of, words_said
from threads.subjects import canonical, readable

LONGEST_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class Called:
    """What somebody rang about."""

    who: Address
    subject: str
    text: str
    call: Call
    mailbox: Mailbox
    """From which they are answered."""


def opened(
    session: Session, called: Called, urgency: Urgency, policy: Policy, *, actor: str, now: datetime
) -> ConversationRow:
    """Open a conversation by a call; the customer waits in it from now on, and no mail goes out. Raises `WrongUse`.

    Where the note is taken back, it is closed and empty.
    """
    subject = refuse_subject(called.subject)
    change = changes.noted(called.text, called.call)
    row = _closed(session, called, subject, urgency, actor, now)
    due_at = due_for(row, Priority(row.priority), now, policy)
    fields = {"status": Status.OPEN, "closed_at": None, "waiting_since": now, "due_at": due_at}
    event = apply(session, row, changes.with_fields(change, fields), actor=actor, now=now)
    add_words_of(session, event, called.text)
    return row


def refuse_subject(subject: str) -> str:
    """The subject in one line. Raises `WrongUse` where it says nothing, or too much."""
    subject = readable(" ".join(subject.split()))
    if not subject:
        raise WrongUse("what is it about? Say --subject TEXT; an answer by mail will have it")
    if len(subject) > LONGEST_SUBJECT:
        raise WrongUse(f"the subject is longer than {LONGEST_SUBJECT} characters; shorten it")
    return subject


def _closed(
    session: Session, called: Called, subject: str, urgency: Urgency, actor: str, now: datetime
) -> ConversationRow:
    person = person_for(session, called.who, now, called.mailbox.language)
    row = ConversationRow(
        id=uuid7(),
        handle=new_handle(session, called.who.name or person.name, called.who.address, subject, now),
        mailbox=called.mailbox.address.lower(),
        customer_id=person.id,
        customer_address=called.who.address,
        subject=subject,
        canonical_subject=canonical(subject),
        language=person.language or called.mailbox.language,
        status=Status.CLOSED,
        closed_at=now,
        priority=urgency.priority,
        rule=urgency.rule,
        priority_because=urgency.because,
        department=urgency.department or called.mailbox.department,
        sla=urgency.sla,
        assignee_id=agent_there(session, urgency.assignee) if urgency.assignee else None,
        opened_at=now,
        updated_at=now,
    )
    session.add(row)
    session.flush()
    touch(session, row, new=True)
    take_part(session, row.id, person.id, now, role="customer")
    add_words(session, row.id, words_said(subject, called.who.name, person.name, called.who.address))
    insert_ignoring(session, TagRow, [{"conversation_id": row.id, "tag": each} for each in urgency.tags])
    said = {"after": {"status": Status.OPEN.value, "priority": urgency.priority.value}}
    because = f"{actor} opened it: {called.who.address} rang"
    session.add(EventRow(conversation_id=row.id, at=now, kind="opened", actor="", because=because, data=said))
    return row
