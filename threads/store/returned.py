"""A delivery report written down: at the mail that it is about, at its addresses, and to the agent who wrote that mail."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from storage.outgoing import Mailable
from storage.tables import AgentRow, ConversationRow, MessageRow, OutboxRow
from threads.arrival import Arrival
from threads.life.returned import Returned
from threads.model import DeliveryStatus, SentMail
from threads.outgoing.letters import undelivered
from threads.policy import Policy
from threads.store.envelope_senders import enqueue_notice
from threads.store.people import failed_for_good
from threads.store.stops import stop

MOST_REPORTS = 50
"""Of one mail: a server may report each day that it still waits."""


def note_report(session: Session, arrival: Arrival, came_back: Returned, row: ConversationRow, now: datetime) -> None:
    """Show a report at the mail that it is about, stop the addresses that it stops, and tell who wrote the mail."""
    about, status = arrival.placement.about, arrival.mail.status
    assert about is not None  # noqa: S101 - without one nothing came back
    assert status is not None  # noqa: S101
    _show(session, about, status, came_back, now)
    if arrival.placement.proven:
        failed_for_good(session, came_back.failed, now)
    for address, because in came_back.stops:
        stop(session, address, because, now)
    if came_back.failed and about.purpose == "reply":
        tell_writer(session, arrival.policy, row, about.message, came_back.failed, came_back.because, now)


def _show(session: Session, about: SentMail, status: DeliveryStatus, came_back: Returned, now: datetime) -> None:
    sent = session.get(OutboxRow, about.outbox_id, with_for_update=True, populate_existing=True)
    if sent is None:
        return
    said = [
        {
            "address": each,
            "failed": bool(came_back.failed),
            "said": status.of(each).said or status.of(each).code,
            "at": now.isoformat(),
            "because": came_back.because,
        }
        for each in came_back.failed or came_back.delayed
    ]
    sent.reports = [*sent.reports, *said][-MOST_REPORTS:]
    if came_back.failed and sent.state == "sent":
        sent.state = "bounced"
    session.flush()


def tell_writer(
    session: Session,
    policy: Policy,
    row: ConversationRow,
    message_id: UUID | None,
    recipients: Iterable[str],
    because: str,
    now: datetime,
) -> None:
    """Tell the agent by mail whose answer did not arrive, where agents are told of anything."""
    message = session.get(MessageRow, message_id) if message_id and policy.notify_new else None
    agent = session.get(AgentRow, message.agent_id) if message is not None and message.agent_id else None
    if agent is None or not agent.email or agent.disabled_at is not None:
        return
    letter = undelivered(
        mailbox=policy.mailbox_for(row.mailbox),
        to=Mailable(agent.email.lower(), agent.name),
        handle=row.handle,
        subject=row.subject,
        recipients=tuple(recipients),
        because=because,
        now=now,
    )
    enqueue_notice(session, policy, letter, row, message_id, now)
