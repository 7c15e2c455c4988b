"""Everything that is written of one mail, in the one transaction in which it was decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from storage.claim import insert_ignoring
from storage.ids import uuid7
from storage.rows import as_written, put, value_of
from storage.tables import (
    BesideRow,
    ConversationRow,
    EventRow,
    GhostRow,
    MessageRow,
    SubjectRow,
    SuggestionRow,
    TargetRow,
)
from threads.arrival import Arrival, Found, Recorded
from threads.aside.sides import may_join
from threads.conversation import Change, apply, due_for, locked, plain
from threads.handles import new_handle
from threads.life.effect import Effect, Standing, continuing, opening, report
from threads.model import Acknowledge, Direction, Kind, Priority, Silent, Status
from threads.outgoing.stops import lifts
from threads.people.addresses import person_with
from threads.sla.following import Begins, first_targets
from threads.store.acknowledging import send_acknowledgement
from threads.store.aside import tell_main
from threads.store.asked import assigned_by_rule, give_policy, say_unassigned, tag
from threads.store.belongings import set_apart
from threads.store.both import of_others
from threads.store.callbacks import hear_wish
from threads.store.charging import ask, hear
from threads.store.messages import deliver_to, message_of, settle_envelope, suggestions_of
from threads.store.notices import tell_agents
from threads.store.passages import remember_passages
from threads.store.people import copied, persons, take_part_all
from threads.store.returned import note_report
from threads.store.stops import lift
from threads.store.words import remember_words
from threads.subjects import canonical, readable


def record(session: Session, arrival: Arrival, now: datetime) -> Recorded:
    """Write a mail and all that follows from it: its conversation, people, events, and the acknowledgement."""
    new = arrival.placement.conversation is None
    row = _opened(session, arrival, now) if new else locked(session, _conversation(arrival))
    message = message_of(arrival, row.id)
    key: UUID = message["id"]
    put(session, MessageRow, message)
    if new:
        _say_opened(session, arrival, row, key)
    else:
        _go_on(session, arrival, row, key, now)
    _add_people(session, arrival, row, new=new)
    _remember_traces(session, arrival, row, key)
    remember_words(session, row.id, arrival.mail, new=new)
    put(session, SuggestionRow, *suggestions_of(arrival, key, row.id, now))
    if arrival.direction is Direction.IN:
        deliver_to(session, arrival.found, key)
    settle_envelope(session, arrival.found, key, "done")
    _lift_stop(session, arrival)
    hear_wish(session, arrival, row, key, new=new)
    ask(session, arrival, row, key, now, new=new)
    acknowledged = send_acknowledgement(session, arrival, row, now, new=new)
    tell_agents(session, arrival, row, key, now)
    tell_main(session, arrival, row, key, now)
    session.flush()
    return Recorded(
        message=key,
        conversation=row.id,
        handle=row.handle,
        direction=arrival.direction,
        new=new,
        held=arrival.placement.held,
        because=arrival.placement.because,
        acknowledged=acknowledged,
    )


def _remember_traces(session: Session, arrival: Arrival, row: ConversationRow, message_id: UUID) -> None:
    """What leads later mails here: IDs that nobody has seen, and another subject under which the matter goes."""
    put(session, GhostRow, *({"ghost": each, "message_id": message_id} for each in arrival.ghosts))
    by_person = arrival.direction is Direction.OUT or arrival.found.classification.kind is Kind.PERSON
    if by_person:
        remember_passages(session, message_id, arrival.mail.reply)
    if arrival.placement.held:
        put(session, BesideRow, *({"address": each, "message_id": message_id} for each in _beside(arrival)))
    subject = canonical(arrival.mail.subject)
    if subject and subject != row.canonical_subject and by_person and not arrival.placement.held:
        insert_ignoring(session, SubjectRow, [{"conversation_id": row.id, "canonical_subject": subject}])


def _beside(arrival: Arrival) -> set[str]:
    """Who wrote and who got a mail that is held."""
    author = arrival.mail.author
    return {each.address for each in (*copied(arrival), *([author] if author else ())) if each.address}


def _lift_stop(session: Session, arrival: Arrival) -> None:
    """Whoever writes can be written to again."""
    found, author = arrival.found, arrival.mail.author
    if author is None or found.imported or arrival.placement.held:
        return
    if lifts(found.envelope.source, found.classification, found.verdict):
        lift(session, author.address)


def record_again(session: Session, found: Found) -> Recorded | None:
    """Note that a mail which is there already came once more, perhaps to another mailbox; None where it is new."""
    key = value_of(session, _SAME, key=found.mail.dedupe_key)
    if key is None:
        return None
    message = session.get_one(MessageRow, key)
    reached = deliver_to(session, found, message.id) if message.direction == Direction.IN else 0
    settle_envelope(session, found, message.id, "done" if reached else "duplicate")
    row = session.get_one(ConversationRow, message.conversation_id)
    session.flush()
    return Recorded(
        message=message.id,
        conversation=row.id,
        handle=row.handle,
        direction=Direction(message.direction),
        new=False,
        held=message.held,
        because=f"it was there already: {message.because}",
        duplicate=True,
    )


_SAME = select(MessageRow.id).where(MessageRow.dedupe_key == bindparam("key"))


def _conversation(arrival: Arrival) -> UUID:
    assert arrival.placement.conversation is not None  # noqa: S101 - the caller asked
    return arrival.placement.conversation


def _opened(session: Session, arrival: Arrival, now: datetime) -> ConversationRow:
    """A new conversation with its customer, which is written already: what is given back is to be read only."""
    customer = arrival.customer
    name, address = (customer.name, customer.address) if customer else ("", "")
    person = persons(session, [customer], arrival.at, arrival.mail.language, known={}) if customer else {}
    values = {
        "id": uuid7(),
        "handle": new_handle(session, name, address, _subject(arrival), arrival.at),
        "customer_id": person.get(address),
        "customer_address": address,
        **_first_fields(arrival),
        **opening(arrival, now).fields,
        "asked_at": arrival.at if arrival.asked else None,
        "acknowledged_at": now if isinstance(arrival.decided, Acknowledge) else None,
        "continues_id": arrival.placement.continues,
        "assignee_id": assigned_by_rule(session, arrival),
    }
    targets = _targets(arrival, values)
    values |= _due(targets)
    put(session, ConversationRow, values)
    put(session, TargetRow, *targets)
    tag(session, values["id"], arrival)
    before = (*arrival.placement.recycles, *filter(None, [arrival.placement.continues]))
    for old in before:
        set_apart(session, values["id"], old)
    return as_written(ConversationRow, values)


def _targets(arrival: Arrival, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The clocks that begin with a new conversation; what came out of an archive starts none."""
    since = values.get("waiting_since")
    if arrival.found.imported or since is None:
        return []
    begins = Begins(
        values["id"],
        values["mailbox"],
        arrival.urgency.priority,
        since,
        arrival.due_at,
        arrival.promised,
        arrival.given,
    )
    return first_targets(begins, arrival.policy)


def _due(targets: list[dict[str, Any]]) -> dict[str, Any]:
    """When a new conversation is due: with the first of its clocks."""
    due = [each["due_at"] for each in targets if each["due_at"] is not None]
    return {"due_at": min(due)} if due else {}


def _subject(arrival: Arrival) -> str:
    """What the matter is: of a mail that a colleague forwarded, as its writer called it."""
    forwarded = arrival.mail.forwarded if arrival.by_colleague else None
    return (forwarded.subject if forwarded else "") or arrival.mail.subject


def _first_fields(arrival: Arrival) -> dict[str, Any]:
    subject, urgency = _subject(arrival), arrival.urgency
    return {
        "mailbox": arrival.mailbox.address.lower(),
        "subject": readable(subject),
        "canonical_subject": canonical(subject),
        "language": arrival.mail.language,
        "priority": urgency.priority.value,
        "rule": urgency.rule,
        "priority_because": urgency.because,
        "department": arrival.given.department,
        "sla": arrival.given.sla,
        "opened_at": arrival.at,
        "updated_at": arrival.at,
    }


_AS_OPENED = ("status", "priority", "rule", "department")
"""What was decided as a conversation opened, whatever becomes of it later: `brief rules replay` compares with it."""


def _say_opened(session: Session, arrival: Arrival, row: ConversationRow, message_id: UUID) -> None:
    effect = opening(arrival, arrival.at)
    event = {
        "conversation_id": row.id,
        "message_id": message_id,
        "at": arrival.at,
        "kind": effect.kind,
        "actor": "",
        "because": effect.because,
        "data": {"after": plain({name: getattr(row, name) for name in _AS_OPENED})},
    }
    put(session, EventRow, event)
    say_unassigned(session, arrival, row, event)
    if _owes_a_reason(arrival):
        silent = {"kind": "not acknowledged", "because": arrival.decided.because, "data": {}}
        put(session, EventRow, {**event, **silent})


def _owes_a_reason(arrival: Arrival) -> bool:
    """Whether a person got no acknowledgement for a reason that the kind of their mail does not tell."""
    found = arrival.found
    return isinstance(arrival.decided, Silent) and found.classification.acknowledge and not found.imported


def _go_on(session: Session, arrival: Arrival, row: ConversationRow, message_id: UUID, now: datetime) -> None:
    """What the mail does to the conversation that it came to."""
    before = _standing(arrival, row)
    for effect in continuing(arrival, before, now):
        _take_effect(session, effect, row, message_id, arrival.at)
    if arrival.placement.held:
        return
    hear(session, arrival, row, message_id, now)
    give_policy(session, row, arrival, message_id)
    tag(session, row.id, arrival)
    row.updated_at = max(row.updated_at, arrival.at)
    came_back = report(arrival, before.status)
    if came_back is not None:
        note_report(session, arrival, came_back, row, now)
    row.customer_address = _customer_wrote_from(session, arrival, row) or row.customer_address


def _customer_wrote_from(session: Session, arrival: Arrival, row: ConversationRow) -> str:
    """The address that the customer wrote this mail from; "" where somebody else did, or a machine in their name."""
    author, by_person = arrival.mail.author, arrival.found.classification.kind is Kind.PERSON
    if author is None or not by_person or arrival.direction is not Direction.IN or row.customer_id is None:
        return ""
    return author.address if person_with(session, author.address) == row.customer_id else ""


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


def _take_effect(session: Session, effect: Effect, row: ConversationRow, message_id: UUID, at: datetime) -> None:
    if effect.kind:
        updated_at = row.updated_at
        change = Change(effect.kind, effect.because, effect.fields, effect.data)
        apply(session, row, change, actor="", now=at, message_id=message_id)
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
    people = (*((author,) if writes and author else ()), *(copied(arrival) if arrival.found.verdict.acts else ()))
    known = {row.customer_address: row.customer_id} if new and row.customer_id else {}
    found = persons(session, people, arrival.at, arrival.mail.language, known=known)
    others = may_join(session, row, found.values()) - {row.customer_id}
    if not new and arrival.direction is Direction.IN:
        wrote = found.get(author.address) if author else None
        others -= of_others(session, row.id, others - {wrote})
    roles = dict.fromkeys(others, "participant")
    if new and row.customer_id is not None:
        roles[row.customer_id] = "customer"
    take_part_all(session, row.id, roles, arrival.at, new=new)
