"""What stood in a conversation by its subject or by a quotation alone goes to the mail that it is tied to by IDs."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storage.errors import WrongUse
from storage.tables import MessageRow
from threads.arrival import Arrival, Recorded
from threads.model import Placement, Priority, Urgency
from threads.policy import Policy
from threads.regroup.merging import hold_both, hold_with_sides
from threads.regroup.opening import drawn_by_ids
from threads.regroup.parted import parted_of
from threads.regroup.splitting import By, Move, Urgencies, changes_place
from threads.regroup.standing import effects_of
from threads.store.known_loose import answered


def hold_tied(session: Session, placement: Placement) -> Placement:
    """Hold all that a mail draws something from, or makes one, in one order; without what an agent answered meanwhile."""
    if not placement.ties:
        return placement
    here = [placement.conversation] if placement.conversation is not None else []
    hold_with_sides(session, {*here, *placement.merges, *(key for _, key in placement.ties)})
    late = answered(session, placement.ties)
    return replace(placement, ties=tuple(tie for tie in placement.ties if tie[0] not in late))


Rank = Callable[[Session, UUID, Collection[UUID], Policy], Urgencies]
"""Finds how urgent messages are that leave a conversation, and those that stay, where mails can be read once more."""


def draw(session: Session, arrival: Arrival, recorded: Recorded, rank: Rank | None = None) -> None:
    """Bring what a mail is tied to by IDs into its conversation, so that an agent can undo it; what is there stands as it does."""
    placement = arrival.placement
    if not placement.ties:
        return
    parts = {part for part, _ in placement.ties}
    for old in dict.fromkeys(key for _, key in placement.ties):
        messages = _of_parts(session, old, parts)
        if messages and old != recorded.conversation:
            _draw(session, old, messages, arrival, recorded, rank)
    here = MessageRow.conversation_id == recorded.conversation
    tied = update(MessageRow).where(here, MessageRow.loose_with.in_(parts))
    session.execute(tied.values(loose_with=placement.loose_with))


def _of_parts(session: Session, conversation: UUID, parts: Collection[UUID]) -> list[UUID]:
    """The messages of a conversation that stand there loosely with some."""
    wanted = select(MessageRow.id).where(MessageRow.conversation_id == conversation, MessageRow.loose_with.in_(parts))
    return list(session.scalars(wanted.order_by(MessageRow.id)))


def _draw(
    session: Session, old_id: UUID, messages: Collection[UUID], arrival: Arrival, recorded: Recorded, rank: Rank | None
) -> None:
    try:
        old, target = hold_both(session, old_id, recorded.conversation)
    except WrongUse:
        return  # somebody has just merged one of them
    by = By("", arrival.policy, arrival.at)
    parted = parted_of(session, old, messages, arrival.policy)
    code = session.get_one(MessageRow, recorded.message).code
    loosely = _loosely(parted.went)
    because = f"it goes with {code}, as their Message-IDs show; before that came it stood in {old.handle} {loosely}"
    stood = f"{parted.codes} stood {{}} {loosely} and goes with {code}, which came now, as their Message-IDs show"
    changes_place(
        session,
        Move(
            old=old,
            target=target,
            parted=parted,
            urgencies=_urgencies(session, old.id, parted.ids, arrival.policy, rank),
            put=lambda each: drawn_by_ids(each, because, old.handle, target.handle, arrival.placement.loose_with),
            came=stood.format(f"in {old.handle}"),
            went=f"{stood.format('here')}: to {target.handle}",
        ),
        by,
    )


def _loosely(messages: Collection[MessageRow]) -> str:
    """By what messages stood where they did; an agent may have taken away all that led them there."""
    signals = {each.signal for each in messages}
    if "subject" in signals:
        return "by its subject alone"
    return "by what it quotes alone" if "quotation" in signals else "with what has left it since"


def _urgencies(session: Session, old: UUID, going: Collection[UUID], policy: Policy, rank: Rank | None) -> Urgencies:
    """As they were found when they came, where they raised the conversation; else as they are read now."""
    told = _urgency(session, going)
    found = rank(session, old, going, policy) if rank is not None else Urgencies(told)
    return replace(found, going=told) if told.rule else found


def _urgency(session: Session, messages: Collection[UUID]) -> Urgency:
    """How urgent a rule found the conversation because of some messages."""
    for event in effects_of(session, messages):
        if event.kind == "priority":
            after = event.data["after"]
            return Urgency(Priority(after["priority"]), after["rule"], after["priority_because"])
    return Urgency(Priority.NORMAL, "", "no rule found it urgent")
