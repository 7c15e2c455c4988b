"""One conversation out of two, so that it can be taken back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from storage.errors import WrongUse
from storage.tables import ConversationRow, EventRow, MessageRow, TagRow
from threads.conversation import Change, apply_to_both, hold_in_order, locked_itself
from threads.model import Priority, Status
from threads.placing.bridging import Bridge
from threads.regroup.tally import counted, earlier, unanswered_since
from threads.store.belongings import all_goes, no_longer_apart
from threads.store.letters import said_in
from threads.undo.ledger import difference, snapshot


def away_to(target: ConversationRow) -> dict[str, Any]:
    """How a conversation stands that is part of another: closed, empty, and its name leads there."""
    away = {"status": Status.CLOSED, "messages": 0, "waiting_since": None, "due_at": None, "snoozed_until": None}
    return {**away, "merged_into_id": target.id}


def merged(source: ConversationRow, target: ConversationRow, because: str) -> tuple[Change, Change]:
    """What becomes of both: the target takes over what is more urgent, the source is closed and points to it."""
    urgent = source if Priority(source.priority).rank < Priority(target.priority).rank else target
    status = _livelier(source.status, target.status)
    closed = [each.closed_at for each in (source, target) if each.closed_at is not None]
    later = earlier(source.snoozed_until, target.snoozed_until)
    into = {
        "messages": target.messages + source.messages,
        "priority": urgent.priority,
        "rule": urgent.rule,
        "priority_because": urgent.priority_because,
        "status": status,
        "closed_at": max(closed, default=None) if status == Status.CLOSED else None,
        "snoozed_until": later if status == Status.SNOOZED else None,
        "waiting_since": earlier(source.waiting_since, target.waiting_since),
        "due_at": earlier(source.due_at, target.due_at),
        "assignee_id": target.assignee_id or source.assignee_id,
        "acknowledged_at": earlier(source.acknowledged_at, target.acknowledged_at),
        "undelivered_at": earlier(source.undelivered_at, target.undelivered_at),
        "sla": target.sla or source.sla,
        "asked_at": earlier(source.asked_at, target.asked_at),
        **_billable(source if source.billable_at is not None and target.billable_at is None else target),
    }
    return Change("merged away", because, away_to(target)), Change("merged", because, into)


def merge(
    session: Session,
    source_id: UUID,
    target_id: UUID,
    *,
    actor: str,
    because: str,
    now: datetime,
    bridge: Bridge | None = None,
) -> EventRow:
    """Move everything of one conversation into another; later mails to either come there. Taken back by `threads.undo.merges`.

    Where the desk does it, `bridge` is the mail that shows that the two are one.
    """
    source, target = hold_both(session, source_id, target_id)
    away, into = merged(source, target, because)
    both = (source.id, target.id)
    before = snapshot(session, both)
    if actor:
        no_longer_apart(session, *both)
        stands_firm(session, both)
    all_goes(session, *both)
    there = [str(key) for (key,), (place, *_) in before[MessageRow.__tablename__].items() if place == target.id]
    data = {"handle": source.handle, "rows": difference(before, snapshot(session, both)), "there": there}
    data |= {"tags": [tag for place, tag in before[TagRow.__tablename__] if place == target.id]}
    data |= {"bridge": bridge.as_json()} if bridge else {}
    return apply_to_both(session, (target, replace(into, data=data)), (source, away), actor=actor, now=now)


def stands_firm(session: Session, conversations: Collection[UUID]) -> None:
    """An agent decided what belongs together: nothing of it is drawn elsewhere by itself any more."""
    here = MessageRow.conversation_id.in_(conversations) & MessageRow.loose_with.is_not(None)
    session.execute(update(MessageRow).where(here).values(loose_with=None))


def hold_both(session: Session, one_id: UUID, other_id: UUID) -> tuple[ConversationRow, ConversationRow]:
    """Two conversations, held. Raises `WrongUse` where they cannot be one.

    A side conversation is never one with what its customer sees.
    """
    if one_id == other_id:
        raise WrongUse("that is one conversation already; name two")
    _refuse_mixing(session.get_one(ConversationRow, one_id), session.get_one(ConversationRow, other_id))
    hold_with_sides(session, (one_id, other_id))
    held = {each: locked_itself(session, each) for each in (one_id, other_id)}
    for each in held.values():
        if each.merged_into_id is not None:
            raise WrongUse(f"{each.handle} has just been merged into another; look at it once more with `brief show`")
    return held[one_id], held[other_id]


def _refuse_mixing(one: ConversationRow, other: ConversationRow) -> None:
    if one.side_of_id != other.side_of_id:
        side, beside = (one, other) if one.side_of_id is not None else (other, one)
        raise WrongUse(
            f"{side.handle} is a side conversation with a third party, which nobody in {beside.handle} may see; "
            f"the two stay apart"
        )


def hold_with_sides(session: Session, conversations: Collection[UUID]) -> None:
    """Hold some conversations with the side conversations about them."""
    hold_in_order(session, or_(ConversationRow.side_of_id.in_(conversations), ConversationRow.id.in_(conversations)))


def dissolve(session: Session, made: ConversationRow, old: ConversationRow) -> None:
    """Whatever came since to a conversation whose making is undone goes where that was made of, and its name leads there."""
    due_at = made.due_at
    came = said_in(session, made.id)
    since = unanswered_since(came)
    said = counted(came)  # without what was taken back
    old.messages += said
    if since is not None:
        old.status, old.closed_at, old.snoozed_until = Status.OPEN, None, None
        old.waiting_since, old.due_at = earlier(old.waiting_since, since), earlier(old.due_at, due_at)
    if said:
        old.updated_at = max(old.updated_at, made.updated_at)
    all_goes(session, made.id, old.id)
    for name, value in away_to(old).items():
        setattr(made, name, value)


def _billable(row: ConversationRow) -> dict[str, Any]:
    """What is charged of a conversation."""
    return {name: getattr(row, name) for name in ("billable_at", "billable_by", "billable_because")}


def _livelier(one: str, other: str) -> str:
    order = (Status.OPEN, Status.SNOOZED, Status.WAITING, Status.CLOSED, Status.SUSPECTED)
    return min(one, other, key=lambda each: order.index(Status(each)))
