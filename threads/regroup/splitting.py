"""Messages go where an agent puts them: into a conversation of their own, or into another that is there.

Whoever changes two conversations holds them by `hold_in_order`, and only then what hangs on them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.errors import WrongUse
from storage.tables import ConversationRow, EventRow, MessageRow, PersonRow
from threads.conversation import Change, State, apply_to_both, due_for, from_plain, locked_itself, plain, state_of
from threads.model import TAKEN_BACK, Address, Priority, Status, Urgency
from threads.people.addresses import person_for
from threads.regroup.merging import away_to, hold_both
from threads.regroup.opening import opened_from, put_by_agent
from threads.regroup.parting import Letter, customer_among, last_address
from threads.regroup.tally import DueFor, Said, earlier, joined_by, left_with, made_of, still_waiting
from threads.store.belongings import all_goes, no_longer_apart, set_apart, share_words, stay_apart, these_go
from threads.store.letters import bring_in, customer_addresses, customer_is, let_go, letters_of
from threads.undo.ledger import Rows, Snapshot, difference, snapshot

if TYPE_CHECKING:
    from threads.policy import Policy  # its calendars load every country's holidays


@dataclass(frozen=True, slots=True)
class Parted:
    """The messages of a conversation, of which some go; the same as rows and as letters."""

    went: tuple[MessageRow, ...]
    stay: tuple[MessageRow, ...]
    went_letters: tuple[Letter, ...]
    stay_letters: tuple[Letter, ...]

    @property
    def went_said(self) -> tuple[Said, ...]:
        """What went, as it decides how a conversation stands."""
        return tuple(each.said for each in self.went_letters)

    @property
    def stay_said(self) -> tuple[Said, ...]:
        """What stays, as it decides how a conversation stands."""
        return tuple(each.said for each in self.stay_letters)

    @property
    def ids(self) -> list[UUID]:
        """Which messages go."""
        return [each.id for each in self.went]

    @property
    def is_all(self) -> bool:
        """Whether nothing stays that anybody said."""
        return all(each.kind == TAKEN_BACK for each in self.stay)

    @property
    def codes(self) -> str:
        """Which messages an agent is told of: the first few."""
        people = [each.code for each, letter in zip(self.went, self.went_letters, strict=True) if letter.said.counts]
        codes = people or [each.code for each in self.went]
        return ", ".join(codes[:5]) + (f" and {len(codes) - 5} more" if len(codes) > 5 else "")


@dataclass(frozen=True, slots=True)
class By:
    """Who acts, when, and by which policy."""

    actor: str
    policy: Policy
    now: datetime


def split(session: Session, old_id: UUID, messages: Collection[UUID], urgency: Urgency, by: By) -> ConversationRow:
    """Make a conversation of its own of some messages of another. Raises `WrongUse` where nothing would stay."""
    old = _held_itself(session, old_id)
    parted = parted_of(session, old, messages, by.policy)
    if parted.is_all:
        raise WrongUse(f"that is all of {old.handle}: nothing would stay in it")
    customer, customer_id = _customer(session, parted.went_letters, old, by.now)
    made = opened_from(session, parted.went[0], old, urgency, customer, customer_id, by.now)
    both = (made.id, old.id)
    before = snapshot(session, both)
    because = f"{by.actor} made it a conversation of its own, out of {old.handle}"
    _go(session, parted, old, made, lambda each: put_by_agent(each, because, old.handle, made.handle))
    bring_in(session, made.id, parted.went_letters, customer_id)
    fields = _made(old, made, parted, by.policy)
    away = f"{by.actor} made {parted.codes} a conversation of its own: {made.handle}"
    there = Change("split off", away, _leave(session, old, made, parted, by))
    here = Change("split", because, fields, {"rows": _rows(session, before, both), "made": True})
    apply_to_both(session, (made, here), (old, there), actor=by.actor, now=by.now, message_id=parted.went[0].id)
    return made


def move(
    session: Session, old_id: UUID, messages: Collection[UUID], target_id: UUID, urgency: Urgency, by: By
) -> ConversationRow:
    """Put some messages into another conversation; one that is empty then is part of that, as after a merge."""
    old, target = hold_both(session, old_id, target_id)
    parted = parted_of(session, old, messages, by.policy)
    because = f"{by.actor} moved it here from {old.handle}"
    changes_place(
        session,
        Move(
            old=old,
            target=target,
            parted=parted,
            urgency=urgency,
            put=lambda each: put_by_agent(each, because, old.handle, target.handle),
            came=f"{by.actor} moved {parted.codes} here from {old.handle}",
            went=f"{by.actor} moved {'all of it' if parted.is_all else parted.codes} to {target.handle}",
        ),
        by,
    )
    return target


@dataclass(frozen=True, slots=True)
class Move:
    """Which messages go from where to where, both conversations held, and what is said of it."""

    old: ConversationRow
    target: ConversationRow
    parted: Parted
    urgency: Urgency
    put: Callable[[MessageRow], None]
    """Writes at each message why it stands there."""
    came: str
    went: str


def changes_place(session: Session, move: Move, by: By) -> EventRow:
    """Make a move true; where an agent made it, the two conversations are told apart from now on."""
    old, target, parted = move.old, move.target, move.parted
    there = letters_of(session, _messages(session, target.id), by.policy, target.customer_id)
    both = (target.id, old.id)
    before = snapshot(session, both)
    fields = _joined(session, move, there, by.policy)
    _go(session, parted, old, target, move.put)
    bring_in(session, target.id, parted.went_letters, None)
    if parted.is_all:
        fields["acknowledged_at"] = earlier(old.acknowledged_at, target.acknowledged_at)
        away = _all_leaves(session, old, target, move.went)
    else:
        away = Change("moved off", move.went, _leave(session, old, target, parted, by))
    here = Change("moved", move.came, fields, {"rows": _rows(session, before, both), "handle": old.handle})
    return apply_to_both(session, (target, here), (old, away), actor=by.actor, now=by.now, message_id=parted.went[0].id)


def _made(old: ConversationRow, made: ConversationRow, parted: Parted, policy: Policy) -> dict[str, Any]:
    """How the new conversation stands; whoever had taken the old one has it, too."""
    acknowledged = any(each.kind == "acknowledgement" for each in parted.went)
    fields = made_of(state_of(old), parted.went_said, _due(made, Priority(made.priority), policy))
    return fields | {"assignee_id": old.assignee_id, "acknowledged_at": old.acknowledged_at if acknowledged else None}


def _leave(session: Session, old: ConversationRow, other: ConversationRow, parted: Parted, by: By) -> dict[str, Any]:
    """How a conversation stands that some messages left for another; where an agent did that, it is told from it from now on."""
    if by.actor:
        stay_apart(session, old.id, other.id)
        set_apart(session, old.id, other.id)
    return _left(session, old, parted, by.policy, by.now)


def _all_leaves(session: Session, old: ConversationRow, target: ConversationRow, because: str) -> Change:
    """Nothing stays: what else hangs on the conversation follows, and its name leads there."""
    no_longer_apart(session, old.id, target.id)
    all_goes(session, old.id, target.id)
    return Change("merged away", because, away_to(target))


def _held_itself(session: Session, conversation_id: UUID) -> ConversationRow:
    row = locked_itself(session, conversation_id)
    if row.merged_into_id is not None:
        raise WrongUse(f"{row.handle} has just been merged into another; look at it once more with `brief show`")
    return row


def parted_of(session: Session, old: ConversationRow, ids: Collection[UUID], policy: Policy) -> Parted:
    """The messages of a conversation that is held, of which some are to go."""
    messages = _messages(session, old.id)
    went = tuple(each for each in messages if each.id in ids)
    if len(went) < len(set(ids)):
        raise WrongUse(f"some of it has just left {old.handle}; look at it once more with `brief show`")
    stay = tuple(each for each in messages if each.id not in ids)
    letters = [tuple(letters_of(session, each, policy, old.customer_id)) for each in (went, stay)]
    return Parted(went, stay, *letters)


def _messages(session: Session, conversation_id: UUID) -> list[MessageRow]:
    wanted = select(MessageRow).where(MessageRow.conversation_id == conversation_id)
    in_order = wanted.order_by(MessageRow.received_at, MessageRow.id).execution_options(populate_existing=True)
    return list(session.scalars(in_order))


def _customer(
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


def _go(
    session: Session, parted: Parted, old: ConversationRow, target: ConversationRow, put: Callable[[MessageRow], None]
) -> None:
    """The messages with what hangs on them, their people and their words leave one conversation for another."""
    for each in parted.went:
        put(each)
    session.flush()
    these_go(session, parted.ids, old.id, target.id)
    share_words(session, old.id, target.id, parted.went, parted.stay)


def _left(session: Session, old: ConversationRow, parted: Parted, policy: Policy, now: datetime) -> dict[str, Any]:
    """How a conversation stands once some messages have left it; its people are put right, too."""
    fields = _undone(old, effects_of(session, parted.ids))
    state = replace(state_of(old), **{name: value for name, value in fields.items() if hasattr(State, name)})
    fields |= left_with(state, parted.went_said, parted.stay_said, _due(old, Priority(state.priority), policy))
    theirs = customer_addresses(session, old.customer_id)
    customer, customer_id = Address(old.customer_address), old.customer_id
    if not any(theirs & each.names for each in parted.stay_letters):
        customer, customer_id = _customer(session, parted.stay_letters, old, now)
    if customer_id is not None and customer_id != old.customer_id:
        customer_is(session, old.id, customer_id, now)
        fields |= {"customer_id": customer_id, "customer_address": customer.address}
    elif last := last_address(parted.stay_letters, theirs):
        fields["customer_address"] = last
    let_go(session, old.id, parted.went_letters, parted.stay_letters, customer_id)
    return fields


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


def _joined(session: Session, move: Move, there: Sequence[Letter], policy: Policy) -> dict[str, Any]:
    """How a conversation stands that messages come to: more urgent where they are, never less."""
    old, target, parted, urgency = move.old, move.target, move.parted, move.urgency
    said = [each.said for each in there]
    waiting = still_waiting(state_of(old), parted.went_said, said)
    priority = Priority(target.priority)
    raised: dict[str, Any] = {}
    if urgency.rule and urgency.priority.rank < priority.rank:
        priority = urgency.priority
        raised = {"priority": priority, "rule": urgency.rule, "priority_because": urgency.because}
    due: DueFor = _due(target, priority, policy) if state_of(old).has_clock else lambda _: None
    fields = joined_by(state_of(target), said, parted.went_said, waiting, due)
    since = fields.get("waiting_since", target.waiting_since)
    if raised and since is not None:
        raised["due_at"] = due(since)
    theirs = customer_addresses(session, target.customer_id)
    last = last_address((*there, *parted.went_letters), theirs)
    if last != last_address(there, theirs):
        raised["customer_address"] = last
    return {**fields, **raised}


def _due(row: ConversationRow, priority: Priority, policy: Policy) -> DueFor:
    return lambda since: due_for(row, priority, since, policy)


def _rows(session: Session, before: Snapshot, conversations: Collection[UUID]) -> Rows:
    return difference(before, snapshot(session, conversations))
