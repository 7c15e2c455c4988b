"""What is made, and written at each message, where messages change their conversation."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.ids import uuid7
from storage.tables import ConversationRow, DeliveryRow, MessageRow
from threads.handles import new_handle
from threads.model import BY_AGENT, Address, Status, Urgency
from threads.placing.loose import WEAK
from threads.sla.touched import touch
from threads.subjects import canonical, readable

LONGEST_SUBJECT = 1000


def opened_from(
    session: Session,
    first: MessageRow,
    old: ConversationRow,
    urgency: Urgency,
    customer: Address,
    customer_id: UUID | None,
    now: datetime,
) -> ConversationRow:
    """An empty conversation on what a message says, closed until something is in it; nobody takes part yet."""
    mailbox = session.scalar(select(DeliveryRow.mailbox).where(DeliveryRow.message_id == first.id).limit(1))
    made = ConversationRow(
        id=uuid7(),
        handle=new_handle(session, customer.name, customer.address, first.subject, now),
        mailbox=mailbox or old.mailbox,
        customer_id=customer_id,
        customer_address=customer.address,
        subject=readable(first.subject)[:LONGEST_SUBJECT],
        canonical_subject=canonical(first.subject),
        language=first.language or old.language,
        status=Status.CLOSED,
        priority=urgency.priority,
        rule=urgency.rule,
        priority_because=urgency.because,
        department=urgency.department or old.department,
        sla=urgency.sla or old.sla,
        messages=0,
        opened_at=first.received_at,
        updated_at=first.received_at,
        side_of_id=old.side_of_id,
    )
    session.add(made)
    session.flush()
    touch(session, made, new=True)
    return made


def put_by_agent(message: MessageRow, because: str, stood_in: str, stands_in: str, *, signal: str = "agent") -> None:
    """From now on a message is where it is by an agent's word; where it stood, and why, is among what was refused.

    The conversations are named by their handles. One that is held stays so, for its own reason. `signal` is one of `BY_AGENT`.
    """
    if message.held:
        return
    if message.signal:
        _refused(message, stood_in, stands_in)
    elif message.because:
        because = f"{because}; {message.because}"  # what went out by itself says why it did
    message.signal, message.because, message.loose_with = signal, because, None


def drawn_by_ids(message: MessageRow, because: str, stood_in: str, stands_in: str, loose_with: UUID | None) -> None:
    """A message that stood somewhere loosely stands where IDs drew it; what stood there by them alone keeps its reason."""
    if message.signal in WEAK:
        _refused(message, stood_in, stands_in)
        message.signal, message.because = "ghost", because
    message.loose_with = loose_with


def _refused(message: MessageRow, stood_in: str, stands_in: str) -> None:
    """Where a message stood, and why, is among what was refused from now on; where it stands is not."""
    refused = [each for each in message.rejected if not each.startswith(f"{stands_in}: ")]
    message.rejected = [*refused, f"{stood_in}: {_stood(message.signal, message.because)}"]


def _stood(signal: str, because: str) -> str:
    """Why a message stood where it does no longer; an agent's word says so itself."""
    if signal in {"written", *BY_AGENT} and not because.startswith(("it ", "its ")):
        return because
    return f"it opened that, because {because}" if signal == "new" else f"it stood there, because {because}"
