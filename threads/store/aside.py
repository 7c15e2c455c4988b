"""The answer of a third party: what the conversation that they were asked about learns of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from storage.outgoing import Mailable
from storage.tables import AgentRow, ConversationRow
from threads.arrival import Arrival
from threads.aside.sides import answered_aside
from threads.conversation import apply, due_for, locked, state_of
from threads.model import Direction, Kind, Priority, Urgency
from threads.outgoing.letters import notice
from threads.store.envelope_senders import enqueue_notice


def tell_main(session: Session, arrival: Arrival, side: ConversationRow, message_id: UUID, now: datetime) -> None:
    """Show at the main conversation that a person answered in a side conversation, which this transaction holds."""
    author, found = arrival.mail.author, arrival.found
    by_person = found.classification.kind is Kind.PERSON and arrival.direction is Direction.IN
    if side.side_of_id is None or author is None or arrival.placement.held or not by_person or found.imported:
        return
    if arrival.by_colleague:
        return
    main = locked(session, side.side_of_id)
    state = state_of(main)
    due_at = due_for(main, Priority(main.priority), main.waiting_since or arrival.at, arrival.policy)
    change = answered_aside(state, author.name or author.address, side.handle, arrival.at, main.due_at or due_at)
    apply(session, main, change, actor="", now=arrival.at, message_id=message_id)
    _tell_agent(session, arrival, main, side, message_id, now)


def _tell_agent(
    session: Session, arrival: Arrival, main: ConversationRow, side: ConversationRow, message_id: UUID, now: datetime
) -> None:
    """Tell the agent whose conversation it is, where agents are told of mail."""
    agent = session.get(AgentRow, main.assignee_id or side.assignee_id or "")
    author = arrival.mail.author
    if not arrival.policy.notify_new or agent is None or agent.disabled_at is not None or not agent.email:
        return
    if author is None or author.address == agent.email.lower():
        return
    letter = notice(
        mailbox=arrival.mailbox,
        to=Mailable(agent.email.lower(), agent.name),
        handle=side.handle,
        customer=author.name or author.address,
        subject=side.subject,
        excerpt=arrival.mail.reply or arrival.mail.text,
        urgency=Urgency(Priority(main.priority), main.rule, f"asked about {main.handle}"),
        answer_by=main.due_at,
        now=now,
    )
    enqueue_notice(session, arrival.policy, letter, side, message_id, now)
