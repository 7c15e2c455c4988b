"""What `Desk` does about what is kept apart: a held message is let in, or a suspected conversation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.errors import NotThere, WrongUse
from storage.tables import ConversationRow, MessageRow
from templates.amounts import counted
from threads import lookup
from threads.aside import consent
from threads.aside.sides import takes_part_in
from threads.conversation import apply, due_for, locked, state_of
from threads.life import changes
from threads.model import Authenticity, Direction, Priority, Status
from threads.regroup.tally import unanswered_since
from threads.store.letters import said_in

if TYPE_CHECKING:
    from service.desk import Desk

Row = dict[str, Any]
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Kept:
    """What is to be let in: a held message, or a whole conversation with the message because of which it is suspected."""

    message: MessageRow
    suspected: ConversationRow | None

    @property
    def named(self) -> str:
        """The message as an agent is told of it."""
        return f"{self.message.code} of {self.message.from_address or 'nobody who is named'}"

    @property
    def named_with_doubt(self) -> str:
        """The message as an agent chooses among several."""
        return f"{self.named} (may be forged)" if self.forgery else self.named

    @property
    def forgery(self) -> str:
        """That its sender may be another, "" where nothing says so."""
        row = self.message
        if row.authenticity != Authenticity.FORGED:
            return ""
        return f"the mail {row.code} may be forged: it says that {row.from_address} wrote it, but {row.authenticity_because}"


@dataclass(frozen=True, slots=True)
class Doubt:
    """What an agent has to know of a mail before they let it in; "" and "" where nothing says that it is forged."""

    code: str
    because: str


def forgery(desk: Desk, name: str) -> Doubt:
    """What speaks against letting in what a code or a handle names."""
    with desk.reading() as session:
        kept = _kept(session, name)
        return Doubt(kept.message.code if kept.forgery else "", kept.forgery)


def accept(desk: Desk, name: str, *, new: bool, anyway: str) -> Row:
    """Let a held message into its conversation, or make it a new one; or let a suspected conversation in.

    `anyway` is the code of the one message that is let in although it may be forged.
    """
    from mailgateway import ranking

    with desk.placing() as (session, agent_id):
        kept = _kept(session, name)
        _refuse_unasked(kept, name, anyway)
        now = desk.clock()
        if kept.suspected is not None:
            row, did = kept.suspected, _let_in_whole(desk, session, kept, agent_id)
        elif new:
            urgency = ranking.urgency(session, kept.message, desk.policy)
            row = consent.make_own(
                session, kept.message, urgency, actor=agent_id, policy=desk.policy, now=now
            )  # fmt: skip
            did = f"{agent_id} made the message {kept.named} a conversation of its own"
        else:
            joins = not takes_part_in(session, kept.message.conversation_id, kept.message.from_address)
            row = consent.let_in(session, kept.message, actor=agent_id, policy=desk.policy, now=now)
            did = f"{agent_id} let the message {kept.named} in{', who takes part from now on' if joins else ''}"
        warned = f"; {kept.forgery}" if kept.forgery else ""
        return {**desk.result(session, row, did + warned), "message": kept.message.code}


def _refuse_unasked(kept: Kept, name: str, anyway: str) -> None:
    """Another message may be meant by now than the one that an agent was asked about."""
    if anyway and kept.message.code != anyway:
        raise WrongUse(
            f"{name} was the message {anyway}, and is {kept.named_with_doubt} by now: name the one that you mean"
        )
    if kept.forgery and not anyway:
        raise WrongUse(f"{kept.forgery}; --yes does it all the same")


def _let_in_whole(desk: Desk, session: Session, kept: Kept, agent_id: str) -> str:
    row = locked(session, kept.message.conversation_id)
    since = unanswered_since(said_in(session, row.id))
    due_at = due_for(row, Priority(row.priority), since, desk.policy)
    change = changes.unsuspected(state_of(row), agent_id, since, due_at)
    apply(session, row, change, actor=agent_id, now=desk.clock())
    return f"{change.because} (the message {kept.named})"


def _kept(session: Session, name: str) -> Kept:
    """What a code or a handle names. Raises `WrongUse` where that is not one thing that could be let in."""
    try:
        message = lookup.message(session, name)
    except NotThere:
        return _kept_of(session, lookup.one(session, name, or_code=True))
    row = session.get_one(ConversationRow, message.conversation_id)
    if row.status == Status.SUSPECTED and not message.held:
        return Kept(message, row)
    consent.refuse_let_in(message)
    return Kept(message, None)


def _kept_of(session: Session, row: ConversationRow) -> Kept:
    """What of a conversation is meant by its handle: the whole where it is suspected, else the one message that is held."""
    its = select(MessageRow).where(MessageRow.conversation_id == row.id, MessageRow.direction == Direction.IN)
    in_order = its.order_by(MessageRow.received_at, MessageRow.id)
    if row.status == Status.SUSPECTED:
        suspected = in_order.where(MessageRow.held.is_(False), MessageRow.suspected != "").limit(1)
        first = session.scalar(suspected) or session.scalars(in_order.limit(1)).one()
        return Kept(first, row)
    held = session.scalars(in_order.where(MessageRow.held.is_(True))).all()
    if not held:
        raise WrongUse(f"nothing of {row.handle} is held or suspected: there is nothing to let in")
    if len(held) > 1:
        named = ", ".join(Kept(each, None).named_with_doubt for each in held[:_MOST_NAMED])
        more = f" and {len(held) - _MOST_NAMED} more" if len(held) > _MOST_NAMED else ""
        raise WrongUse(
            f"{row.handle} has {counted(len(held), 'held message')}: {named}{more}; name the one that you mean"
        )
    return Kept(held[0], None)
