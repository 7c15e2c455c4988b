"""How two conversations stand once messages went from one to the other, by what is stored of both."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.tables import ConversationRow, EventRow, MessageRow, PersonRow
from threads.conversation import State, due_for, from_plain, plain, state_of
from threads.model import Address, Priority, Status, Urgency
from threads.people.addresses import person_for
from threads.regroup.opener import UNRANKED
from threads.regroup.parted import Parted
from threads.regroup.parting import Letter, customer_among, last_address
from threads.regroup.raising import (
    RANK,
    RANKING,
    UNREAD,
    Staying,
    raises,
    ranked,
    ranked_moments,
    write_policy,
    write_raises,
)
from threads.regroup.tally import DueFor, earlier, joined_by, left_with, still_waiting, woken
from threads.sla.touched import touch_unranked
from threads.store.letters import customer_addresses, customer_is, let_go, letters_of

if TYPE_CHECKING:
    from threads.policy import Policy  # its calendars load every country's holidays

_RESTS = ("status", "reply", "thanks")
"""The events by which a conversation is put aside, waits for the customer, or is closed."""


def customer_of(
    session: Session, letters: Sequence[Letter], old: ConversationRow, now: datetime
) -> tuple[Address, UUID | None]:
    """Whose conversation some messages make: with the address that they wrote from last."""
    found = customer_among(letters)
    if found is None:
        known = session.get(PersonRow, old.customer_id) if old.customer_id else None
        return Address(old.customer_address, known.name if known else ""), old.customer_id
    person = person_for(session, found, now)
    last = last_address(letters, customer_addresses(session, person.id))
    return Address(last or found.address, found.name or person.name), person.id


def left(
    session: Session,
    old: ConversationRow,
    parted: Parted,
    policy: Policy,
    now: datetime,
    staying: Staying = UNREAD,
) -> dict[str, Any]:
    """How a conversation stands once some messages have left it; its people are put right, too."""
    fields = without(session, old, parted, policy, staying)
    began = [old.opened_at] if staying.opener_left else []
    touch_unranked(session, old, [*began, *ranked_moments(effects_of(session, parted.ids))], now)
    fields |= roused(session, old, fields, parted.stay, policy)
    theirs = customer_addresses(session, old.customer_id)
    customer, customer_id = Address(old.customer_address), old.customer_id
    # whose mail a colleague passed on is named in none: they go only with that
    named = any(theirs & each.names for each in parted.went_letters)
    if (named or parted.begins) and not any(theirs & each.names for each in parted.stay_letters):
        customer, customer_id = customer_of(session, parted.stay_letters, old, now)
    if customer_id is not None and customer_id != old.customer_id:
        customer_is(session, old.id, customer_id, now)
        fields |= {"customer_id": customer_id, "customer_address": customer.address}
    elif last := last_address(parted.stay_letters, theirs):
        fields["customer_address"] = last
    let_go(session, old.id, parted.went_letters, parted.stay_letters, customer_id)
    return fields


def without(
    session: Session,
    old: ConversationRow,
    parted: Parted,
    policy: Policy,
    staying: Staying = UNREAD,
) -> dict[str, Any]:
    """How a conversation stands without some messages and what the desk did because of them; whose it is, is not asked."""
    effects = effects_of(session, parted.ids)
    fields = _undone(old, effects)
    fields |= _ranked_by_the_rest(session, old, parted, effects, fields, staying)
    state = _with(state_of(old), fields)
    return fields | left_with(state, parted.went_said, parted.stay_said, due_by(old, Priority(state.priority), policy))


def _ranked_by_the_rest(
    session: Session,
    old: ConversationRow,
    parted: Parted,
    effects: Sequence[EventRow],
    fields: Mapping[str, Any],
    staying: Staying,
) -> dict[str, Any]:
    """How urgent a conversation is by the mails that stay, where some went that had raised it; not more than it was."""
    kinds = {each.kind for each in effects}
    if kinds.isdisjoint(RANKING) and not staying.opener_left:
        return {}
    stay_effects = effects_of(session, [each.id for each in parted.stay])
    mails = ranked(parted.stay, staying.urgency, stay_effects)
    found: dict[str, Any] = {}
    if "priority" in kinds or staying.opener_left:
        every = sorted((*effects, *stay_effects), key=lambda each: (each.at, each.id), reverse=True)
        before = dict(UNRANKED) if staying.opener_left else _some(_undone(old, every), RANK)
        start = {name: getattr(old, name) for name in RANK} | before
        raising = raises(
            Priority(start["priority"]), mails, at_most=Priority(old.priority), asked=old.asked_at is not None
        )
        found = start | write_raises(session, old.id, start, raising, billed=old.billable_at is not None)
    if not fields.get("sla", old.sla):
        found |= write_policy(session, old.id, mails, stay_effects)
    return found


def _some(fields: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    return {name: fields[name] for name in names if name in fields}


def _with(state: State, fields: Mapping[str, Any]) -> State:
    return replace(state, **{name: value for name, value in fields.items() if hasattr(State, name)})


def roused(
    session: Session, row: ConversationRow, fields: Mapping[str, Any], messages: Sequence[MessageRow], policy: Policy
) -> dict[str, Any]:
    """How a conversation stands that would rest by some fields although somebody of its messages wrote since it was put so."""
    state = _with(state_of(row), fields)
    later = _since_put_so(session, row, state, messages)
    said = [each.said for each in letters_of(session, later, policy, row.customer_id)]
    return woken(state, said, due_by(row, state.priority, policy))


def _since_put_so(
    session: Session, row: ConversationRow, state: State, messages: Sequence[MessageRow]
) -> list[MessageRow]:
    """What came since a conversation was put as it stands: by the act that did it, else by when it was closed."""
    if state.status in (Status.OPEN, Status.SUSPECTED):
        return []
    put = _put_so(session, row, state.status)
    if put is not None:
        return [each for each in messages if each.id > put.id]
    if state.status is Status.SNOOZED:
        return []  # an act on another conversation, which this one was made of, put it aside
    return [each for each in messages if state.closed_at is None or each.received_at > state.closed_at]


def put_aside_since(session: Session, row: ConversationRow, event: UUID) -> UUID | None:
    """The act since an event by which a conversation was closed or put aside, as it stands."""
    put = _put_so(session, row, Status(row.status)) if row.status in (Status.CLOSED, Status.SNOOZED) else None
    return put.id if put is not None and put.id > event else None


def _put_so(session: Session, row: ConversationRow, status: Status) -> EventRow | None:
    """The last act by which a conversation was put as it stands."""
    here = (EventRow.conversation_id == row.id) & EventRow.kind.in_(_RESTS) & EventRow.undone_at.is_(None)
    events = session.scalars(select(EventRow).where(here).order_by(EventRow.at.desc(), EventRow.id.desc()))
    return next((each for each in events if each.data.get("after", {}).get("status") == status), None)


def effects_of(session: Session, ids: Collection[UUID]) -> list[EventRow]:
    """What the desk itself did to a conversation because of some messages, the last first."""
    by_itself = select(EventRow).where(EventRow.message_id.in_(ids), EventRow.actor == "", EventRow.undone_at.is_(None))
    return list(session.scalars(by_itself.order_by(EventRow.at.desc(), EventRow.id.desc())))


def _undone(row: ConversationRow, effects: Sequence[EventRow]) -> dict[str, Any]:
    """The fields of a conversation as they were before some effects, as far as each still is what the effect made of it."""
    fields: dict[str, Any] = {}
    for event in effects:
        before, after = event.data.get("before", {}), event.data.get("after", {})
        for name in before.keys() - {"messages"}:
            now = fields.get(name, getattr(row, name))
            if plain({name: now})[name] == after.get(name):
                fields[name] = from_plain(name, before[name])
    if "status" in fields:
        fields["status"] = Status(fields["status"])
    return fields


def joined(
    session: Session,
    target: ConversationRow,
    came: Sequence[Letter],
    there: Sequence[Letter],
    was: State,
    urgency: Urgency,
    policy: Policy,
) -> dict[str, Any]:
    """How a conversation stands that messages come to: more urgent where they are, never less.

    `was` is how that stood from which they come.
    """
    said, came_said = [each.said for each in there], [each.said for each in came]
    waiting = still_waiting(was, came_said, said)
    priority = Priority(target.priority)
    raised: dict[str, Any] = {}
    if urgency.rule and urgency.priority.rank < priority.rank:
        priority = urgency.priority
        raised = {"priority": priority, "rule": urgency.rule, "priority_because": urgency.because}
    due: DueFor = due_by(target, priority, policy) if was.has_clock else lambda _: None
    fields = joined_by(state_of(target), said, came_said, waiting, due)
    since = fields.get("waiting_since", target.waiting_since)
    if raised and since is not None:
        raised["due_at"] = earlier(due(waiting or since), fields.get("due_at", target.due_at))
    theirs = customer_addresses(session, target.customer_id)
    last = last_address((*there, *came), theirs)
    if last != last_address(there, theirs):
        raised["customer_address"] = last
    return {**fields, **raised}


def due_by(row: ConversationRow, priority: Priority, policy: Policy) -> DueFor:
    """By when an answer is due in a conversation, at a priority."""
    return lambda since: due_for(row, priority, since, policy)
