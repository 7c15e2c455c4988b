"""Messages go where an agent puts them: into a conversation of their own, or into another that is there.

Whoever changes two conversations holds them by `hold_in_order`, and only then what hangs on them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy.orm import Session

from storage.errors import WrongUse
from storage.tables import ConversationRow, EventRow, MessageRow
from threads.conversation import Change, apply_to_both, locked_itself, state_of
from threads.model import Priority, Urgency
from threads.regroup.merging import away_to, hold_both
from threads.regroup.opening import opened_from, put_by_agent
from threads.regroup.parted import Parted, messages_of, parted_of
from threads.regroup.raising import UNREAD, Staying
from threads.regroup.standing import customer_of, due_by, joined, left, roused
from threads.regroup.tally import earlier, made_of
from threads.store.belongings import all_goes, no_longer_apart, set_apart, share_words, stay_apart, these_go
from threads.store.both import of_one
from threads.store.letters import bring_in, letters_of
from threads.undo.ledger import Rows, Snapshot, difference, snapshot

if TYPE_CHECKING:
    from threads.policy import Policy  # its calendars load every country's holidays


@dataclass(frozen=True, slots=True)
class By:
    """Who acts, when, and by which policy."""

    actor: str
    policy: Policy
    now: datetime


@dataclass(frozen=True, slots=True)
class Urgencies:
    """How urgent messages are that go, and what stays without them."""

    going: Urgency
    """Of all that go together."""
    staying: Staying = UNREAD
    """Of those that stay."""


def split(session: Session, old_id: UUID, messages: Collection[UUID], urgencies: Urgencies, by: By) -> ConversationRow:
    """Make a conversation of its own of some messages of another. Raises `WrongUse` where nothing would stay."""
    old = _held_itself(session, old_id)
    parted = parted_of(session, old, messages, by.policy)
    if parted.is_all:
        raise WrongUse(f"that is all of {old.handle}: nothing would stay in it")
    customer, customer_id = customer_of(session, parted.went_letters, old, by.now)
    made = opened_from(session, parted.went[0], old, urgencies.going, customer, customer_id, by.now)
    both = (made.id, old.id)
    before = snapshot(session, both)
    because = f"{by.actor} made it a conversation of its own, out of {old.handle}"
    go(session, parted, old, made, lambda each: put_by_agent(each, because, old.handle, made.handle))
    bring_in(session, made.id, parted.went_letters, customer_id)
    fields = _made(old, made, parted, by.policy)
    away = f"{by.actor} made {parted.codes} a conversation of its own: {made.handle}"
    there = Change("split off", away, _leave(session, old, made, parted, urgencies.staying, by))
    here = Change("split", because, fields, {"rows": _rows(session, before, both), "made": True})
    apply_to_both(session, (made, here), (old, there), actor=by.actor, now=by.now, message_id=parted.went[0].id)
    return made


def move(
    session: Session, old_id: UUID, messages: Collection[UUID], target_id: UUID, urgencies: Urgencies, by: By
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
            urgencies=urgencies,
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
    urgencies: Urgencies
    put: Callable[[MessageRow], None]
    """Writes at each message why it stands there."""
    came: str
    went: str


def changes_place(session: Session, move: Move, by: By) -> EventRow:
    """Make a move true; where an agent made it, the two conversations are told apart from now on."""
    old, target, parted = move.old, move.target, move.parted
    were_there = messages_of(session, target.id)
    there = letters_of(session, were_there, by.policy, target.customer_id)
    both = (target.id, old.id)
    before = snapshot(session, both)
    joining = of_one(session, parted.went_letters, target.id)
    fields = joined(session, target, parted.went_letters, there, state_of(old), move.urgencies.going, by.policy)
    if old.waiting_since is not None:
        fields |= roused(session, target, fields, [*were_there, *parted.went], by.policy)
    go(session, parted, old, target, move.put)
    bring_in(session, target.id, joining, None)
    if parted.is_all:
        fields["acknowledged_at"] = earlier(old.acknowledged_at, target.acknowledged_at)
        away = _all_leaves(session, old, target, move.went)
    else:
        away = Change("moved off", move.went, _leave(session, old, target, parted, move.urgencies.staying, by))
    here = Change("moved", move.came, fields, {"rows": _rows(session, before, both), "handle": old.handle})
    return apply_to_both(session, (target, here), (old, away), actor=by.actor, now=by.now, message_id=parted.went[0].id)


def _made(old: ConversationRow, made: ConversationRow, parted: Parted, policy: Policy) -> dict[str, Any]:
    """How the new conversation stands; whoever had taken the old one has it, too."""
    acknowledged = any(each.kind == "acknowledgement" for each in parted.went)
    fields = made_of(state_of(old), parted.went_said, due_by(made, Priority(made.priority), policy))
    return fields | {"assignee_id": old.assignee_id, "acknowledged_at": old.acknowledged_at if acknowledged else None}


def _leave(
    session: Session,
    old: ConversationRow,
    other: ConversationRow,
    parted: Parted,
    staying: Staying,
    by: By,
) -> dict[str, Any]:
    """How a conversation stands that some messages left for another; where an agent did that, it is told from it from now on."""
    if by.actor:
        stay_apart(session, old.id, other.id)
        set_apart(session, old.id, other.id)
    return left(session, old, parted, by.policy, by.now, staying)


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


def go(
    session: Session, parted: Parted, old: ConversationRow, target: ConversationRow, put: Callable[[MessageRow], None]
) -> None:
    """The messages with what hangs on them, their people and their words leave one conversation for another."""
    for each in parted.went:
        put(each)
    session.flush()
    these_go(session, parted.ids, old.id, target.id)
    share_words(session, old.id, target.id, parted.went, parted.stay)


def _rows(session: Session, before: Snapshot, conversations: Collection[UUID]) -> Rows:
    return difference(before, snapshot(session, conversations))
