"""What went out by itself of late: the budgets of acknowledgements count by it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.tables import EnvelopeRow, OutboxRow
from threads.acknowledge import History
from threads.model import Address, Envelope, Source

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


def history_for(session: Session, to: Address, envelope: Envelope, now: datetime) -> History:
    """The acknowledgements of the last day to an address, and of the last hour to its domain and in all."""
    sent = (OutboxRow.purpose == "acknowledgement", OutboxRow.state != "cancelled")
    to_address = session.scalars(
        select(OutboxRow.created_at)
        .where(*sent, OutboxRow.recipient == to.address, OutboxRow.created_at > now - _DAY)
        .order_by(OutboxRow.created_at.desc())
    ).all()
    in_an_hour = session.scalars(select(OutboxRow.domain).where(*sent, OutboxRow.created_at > now - _HOUR)).all()
    return History(
        last_to_address_at=to_address[0] if to_address else None,
        to_address_in_a_day=len(to_address),
        to_domain_in_an_hour=in_an_hour.count(to.domain),
        in_an_hour=len(in_an_hour),
        of_visitor_in_an_hour=_of_visitor(session, envelope, now),
    )


def _of_visitor(session: Session, envelope: Envelope, now: datetime) -> int:
    if envelope.source is not Source.FORM or not envelope.client:
        return 0
    sent = (
        EnvelopeRow.source == Source.FORM.value,
        EnvelopeRow.client == envelope.client,
        EnvelopeRow.received_at > now - _HOUR,
    )
    return session.scalar(select(func.count()).select_from(EnvelopeRow).where(*sent)) or 0
