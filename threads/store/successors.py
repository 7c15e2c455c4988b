"""Conversations that go on with others which had been closed for long."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.tables import AddressRow, ConversationRow, ParticipantRow
from threads.model import Kind, Placement
from threads.placing.continuing import Successor, continued, is_over
from threads.placing.known import Known

MOST_SHOWN = 20
_MOST_IN_A_ROW = 50
_ROW = ConversationRow


def go_on(
    session: Session, placement: Placement, known: Known, *, kind: Kind, now: datetime, after: timedelta
) -> Placement:
    """Where a mail goes once it is known how long the conversation that it leads to has been closed."""
    old = known.conversations.get(placement.conversation) if placement.conversation is not None else None
    if old is None or not is_over(placement, old, kind=kind, now=now, after=after):
        return placement
    return continued(placement, old, successor_of(session, old.id, known.writer), now=now, after=after)


def successor_of(session: Session, old: UUID, writer: Collection[str]) -> Successor | None:
    """The conversation that went on with another, or with that, and so on; only those in which the writer takes part."""
    mine = (
        select(ParticipantRow.conversation_id)
        .join(AddressRow, AddressRow.person_id == ParticipantRow.person_id)
        .where(AddressRow.address.in_(writer))
    )
    last: ConversationRow | None = None
    for _ in range(_MOST_IN_A_ROW):
        wanted = select(_ROW).where(_ROW.continues_id == (last.id if last else old), _ROW.merged_into_id.is_(None))
        newest = wanted.where(_ROW.id.in_(mine)).order_by(_ROW.opened_at.desc(), _ROW.id.desc()).limit(1)
        found = session.scalar(newest)
        if found is None:
            break
        last = found
    return Successor(last.id, last.handle, last.closed_at) if last is not None else None


def linked(session: Session, row: ConversationRow) -> dict[str, Any]:
    """With what a conversation goes on, and what went on with it: their handles."""
    before = session.get(_ROW, row.continues_id) if row.continues_id is not None else None
    after = select(_ROW.handle).where(_ROW.continues_id == row.id, _ROW.merged_into_id.is_(None))
    followed = session.scalars(after.order_by(_ROW.opened_at, _ROW.id).limit(MOST_SHOWN)).all()
    return {"continues": before.handle if before else "", "continued_by": list(followed)}
