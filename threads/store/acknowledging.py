"""What goes out by itself for a mail: its acknowledgement, put into the outbox with the mail."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from storage.outbox import enqueue
from storage.outgoing import OutgoingMail
from storage.rows import put
from storage.tables import ConversationRow, MessageRow
from threads.arrival import Arrival
from threads.model import Acknowledge
from threads.outgoing.letters import acknowledgement, arrived
from threads.store.messages import acknowledgement_of
from threads.store.reply_addresses import reply_to_of


def send_acknowledgement(session: Session, arrival: Arrival, row: ConversationRow, now: datetime, *, new: bool) -> bool:
    """Put the one acknowledgement into the outbox, where one was decided."""
    decided = arrival.decided
    if not isinstance(decided, Acknowledge):
        return False
    if decided.to_stranger:
        _tell_stranger(session, arrival, decided, row, now)
        return True
    letter = acknowledgement(
        decided,
        arrival.mail,
        arrival.urgency,
        now,
        source=arrival.found.envelope.source,
        reply_to=reply_to_of(session, arrival.policy, row.id, row.mailbox, now, new=new),
        site_url=arrival.policy.site_url,
        html=arrival.policy.html,
    )
    message = acknowledgement_of(letter, decided, row.id, now)
    row.acknowledged_at = now
    put(session, MessageRow, message)
    _enqueue(session, letter, row.id, message["id"], now)
    return True


def _tell_stranger(
    session: Session, arrival: Arrival, decided: Acknowledge, row: ConversationRow, now: datetime
) -> None:
    """Tell a stranger that their mail has arrived.

    Agents see it in the conversation; but its Message-ID and its way out are tied to none, so that whoever has got it
    proves nothing by it.
    """
    letter = arrived(decided, arrival.mail, now, html=arrival.policy.html)
    put(session, MessageRow, {**acknowledgement_of(letter, decided, row.id, now), "message_id": None})
    _enqueue(session, letter, None, None, now)


def _enqueue(
    session: Session, letter: OutgoingMail, conversation_id: UUID | None, message_id: UUID | None, now: datetime
) -> None:
    enqueue(
        session,
        letter,
        purpose="acknowledgement",
        conversation_id=conversation_id,
        message_id=message_id,
        due_at=now,
        now=now,
        content="acknowledgement",  # whatever it says: two that go to the same address in short order may be a loop
    )
