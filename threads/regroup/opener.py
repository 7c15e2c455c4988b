"""The mail that opened a conversation and made it as urgent as it was from the beginning, where that mail goes elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.tables import ConversationRow, EventRow, MessageRow
from threads.model import Priority

UNRANKED: Mapping[str, Any] = {
    "priority": Priority.NORMAL,
    "rule": "",
    "priority_because": "the mail that opened it, and made it urgent, has left it",
}
"""How a conversation is ranked without it, before what stays is asked."""


def is_ranked_by_opener(session: Session, row: ConversationRow, going: Collection[UUID]) -> bool:
    """Whether some messages that go opened a conversation and made it urgent, and nothing but mails has ranked it since.

    Not where an agent, the ladder, or a conversation that became part of it had a say, nor where somebody was asked about a
    charge or agreed to one: that stays an agent's to judge.
    """
    if row.asked_at is not None or row.billable_at is not None:
        return False
    return _opened_it(session, row, going) and not _others_ranked_it(session, row)


def _opened_it(session: Session, row: ConversationRow, going: Collection[UUID]) -> bool:
    """Whether the first message is among those that go, the conversation began with it, and a rule found it urgent then."""
    here = select(MessageRow.id, MessageRow.received_at).where(MessageRow.conversation_id == row.id)
    first = session.execute(here.order_by(MessageRow.received_at, MessageRow.id).limit(1)).first()
    if first is None or first.id not in going or first.received_at != row.opened_at:
        return False
    opened = (EventRow.message_id == first.id) & (EventRow.conversation_id == row.id) & (EventRow.kind == "opened")
    event = session.scalar(select(EventRow).where(opened).limit(1))
    return event is not None and bool(event.data.get("after", {}).get("rule"))


def _others_ranked_it(session: Session, row: ConversationRow) -> bool:
    here = (EventRow.conversation_id == row.id) & EventRow.undone_at.is_(None)
    events = session.scalars(select(EventRow).where(here, EventRow.kind != "opened"))
    return any("priority" in each.data.get("after", {}) and not _is_by_mail(each) for each in events)


def _is_by_mail(event: EventRow) -> bool:
    return event.kind == "priority" and not event.actor and event.message_id is not None
