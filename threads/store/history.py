"""What went out by itself of late: the budgets of acknowledgements count by it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session

from storage.rows import column_of, rows_of, value_of
from storage.tables import EnvelopeRow, OutboxRow
from storage.tables.types import UtcTime
from threads.acknowledge import History
from threads.model import Address, Envelope, Source
from threads.store.breaker import standing
from threads.store.stops import stopped

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)

_SINCE = OutboxRow.created_at > bindparam("since", type_=UtcTime())
_IS_ONE = and_(OutboxRow.purpose == "acknowledgement", OutboxRow.state != "cancelled")
_TO_ADDRESS = (
    select(OutboxRow.created_at)
    .where(_IS_ONE, _SINCE)
    .where(OutboxRow.recipient == bindparam("address"))
    .order_by(OutboxRow.created_at.desc())
)
_OF_LATE = select(
    func.count().filter(_IS_ONE).label("in_all"),
    func.count().filter(_IS_ONE, OutboxRow.domain == bindparam("domain")).label("to_domain"),
).where(_SINCE)
"""Found by the time alone: asked for the purpose too, SQLite reads every acknowledgement that ever went out."""
_OF_VISITOR = (
    select(func.count())
    .select_from(EnvelopeRow)
    .where(EnvelopeRow.source == Source.FORM.value, EnvelopeRow.client == bindparam("client"))
    .where(EnvelopeRow.received_at > bindparam("since", type_=UtcTime()))
)


def history_for(session: Session, to: Address, envelope: Envelope, now: datetime) -> History:
    """The acknowledgements of the last day to an address, and of the last hour to its domain and in all."""
    to_address = column_of(session, _TO_ADDRESS, address=to.address, since=now - _DAY)
    (in_an_hour,) = rows_of(session, _OF_LATE, domain=to.domain, since=now - _HOUR)
    return History(
        last_to_address_at=to_address[0] if to_address else None,
        to_address_in_a_day=len(to_address),
        to_domain_in_an_hour=in_an_hour.to_domain,
        in_an_hour=in_an_hour.in_all,
        of_visitor_in_an_hour=_of_visitor(session, envelope, now),
        stopped=bool(stopped(session, [to.address])),
        breaker=standing(session, to.address, now).breaker is not None,
    )


def _of_visitor(session: Session, envelope: Envelope, now: datetime) -> int:
    if envelope.source is not Source.FORM or not envelope.client:
        return 0
    return value_of(session, _OF_VISITOR, client=envelope.client, since=now - _HOUR) or 0
