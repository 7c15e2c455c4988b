"""What is charged of a conversation: the question to the customer, what they answer, and the mark that it is billable."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.outbox import enqueue
from storage.outgoing import Mailable, OutgoingMail
from storage.rows import put
from storage.tables import ConversationRow, EventRow, MessageRow
from threads.arrival import Arrival
from threads.charge.agreed import agreed, names_charge
from threads.charge.letters import To, confirmed, question
from threads.charge.marked import confirmed_by, refused_by, was_asked
from threads.conversation import apply, due_for, plain
from threads.model import Acknowledge, Direction, Kind, Priority, Status
from threads.store.messages import by_itself
from threads.store.reply_addresses import reply_to_of
from threads.store.stops import stopped


def ask(
    session: Session, arrival: Arrival, row: ConversationRow, message_id: UUID, now: datetime, *, new: bool
) -> None:
    """Ask the customer once whether it may be charged: in the acknowledgement, else by a letter of its own.

    A `new` conversation is written already, with when they were asked.
    """
    if arrival.asked is None or not (new or _may_be_asked(row)):
        return
    change = was_asked(arrival.asked, arrival.at)
    if new:
        event = {"conversation_id": row.id, "message_id": message_id, "at": arrival.at, "kind": change.kind, "actor": "",
                 "because": change.because, "data": {"after": plain(change.fields)}}  # fmt: skip
        put(session, EventRow, event)
    else:
        apply(session, row, change, actor="", now=arrival.at, message_id=message_id)
    if isinstance(arrival.decided, Acknowledge) and arrival.decided.lacks:
        return
    to = _to(session, arrival, row, now)
    letter = question(to, arrival.asked.lacks, _here(arrival, row.due_at), now)
    _send(session, letter, row.id, arrival.asked.because, now)


def hear(session: Session, arrival: Arrival, row: ConversationRow, message_id: UUID, now: datetime) -> None:
    """What a mail says to the question: a yes makes it critical and billable, a no is written down."""
    if row.asked_at is None or row.billable_at is not None or not _speaks(arrival):
        return
    said = agreed(arrival.mail.reply)
    if said is None or (_answered_since(session, row, row.asked_at) and not names_charge(arrival.mail.reply)):
        return
    author = arrival.mail.author
    assert author is not None  # noqa: S101 - `_speaks` asked
    if not said:
        apply(session, row, refused_by(author.address), actor="", now=arrival.at, message_id=message_id)
        return
    due_at = due_for(row, Priority.CRITICAL, arrival.at, arrival.policy)
    change = confirmed_by(author.address, due_at, arrival.at)
    apply(session, row, change, actor="", now=arrival.at, message_id=message_id)
    if not stopped(session, [author.address]):
        letter = confirmed(_to(session, arrival, row, now), _here(arrival, due_at), now)
        _send(session, letter, row.id, change.because, now)


def _may_be_asked(row: ConversationRow) -> bool:
    is_so = row.priority == Priority.CRITICAL or row.billable_at is not None
    return row.asked_at is None and row.status != Status.SUSPECTED and not is_so


def _speaks(arrival: Arrival) -> bool:
    """Whether a mail is a customer's own word: nothing that a machine, a stranger, a forger or a colleague may have written."""
    found = arrival.found
    return (
        found.classification.kind is Kind.PERSON
        and arrival.direction is Direction.IN
        and arrival.mail.author is not None
        and not (found.forged or found.imported or found.suspicion or arrival.placement.held or arrival.by_colleague)
    )


def _answered_since(session: Session, row: ConversationRow, at: datetime) -> bool:
    """Whether a person wrote to the customer since they were asked: then a mere yes may answer that."""
    ours = (MessageRow.direction == Direction.OUT.value, MessageRow.kind.in_(("reply", "person")))
    wanted = select(MessageRow.id).where(MessageRow.conversation_id == row.id, MessageRow.received_at >= at, *ours)
    return session.scalar(wanted.limit(1)) is not None


def _to(session: Session, arrival: Arrival, row: ConversationRow, now: datetime) -> To:
    author = arrival.mail.author
    assert author is not None  # noqa: S101 - the callers asked
    return To(
        mailbox=arrival.policy.mailbox_for(row.mailbox),
        person=Mailable(author.address, author.name),
        language=arrival.mail.language,
        mail=arrival.mail,
        reply_to=reply_to_of(session, arrival.policy, row.id, row.mailbox, now),
        html=arrival.policy.html,
        typed=arrival.found.typed,
    )


def _here(arrival: Arrival, at: datetime | None) -> datetime | None:
    return at.astimezone(arrival.policy.zone_of(arrival.mailbox)) if at else None


def _send(session: Session, letter: OutgoingMail, conversation_id: UUID, because: str, now: datetime) -> None:
    message = by_itself(letter, "notice", because, conversation_id, now)
    put(session, MessageRow, message)
    enqueue(
        session, letter, purpose="notice", conversation_id=conversation_id, message_id=message["id"], due_at=now, now=now,
        content="charge",  # whatever it says: several to one address in short order may be a loop
    )  # fmt: skip
