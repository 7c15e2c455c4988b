"""Notices to agents, put into the outbox with the mail that they are about."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from storage.tables import ConversationRow
from threads.agents import agents_of
from threads.arrival import Arrival
from threads.model import Status
from threads.notify import notify
from threads.outgoing.letters import notice
from threads.store.envelope_senders import enqueue_notice


def tell_agents(session: Session, arrival: Arrival, row: ConversationRow, message_id: UUID, now: datetime) -> None:
    """Tell who is to hear of it."""
    if not arrival.policy.notify_new:
        return
    for agent in notify(arrival, Status(row.status), agents_of(session)):
        letter = notice(
            mailbox=arrival.mailbox,
            to=agent,
            handle=row.handle,
            customer=(arrival.customer.name or arrival.customer.address) if arrival.customer else "",
            subject=row.subject,
            excerpt=arrival.mail.reply or arrival.mail.text,
            urgency=arrival.urgency,
            answer_by=row.due_at,
            now=now,
        )
        enqueue_notice(session, arrival.policy, letter, row, message_id, now)
