"""What became of mail that a conversation sent, or was to send."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storage.outbox import Leased, cancel
from storage.tables import MessageRow, SuggestionRow
from threads.conversation import Change, apply, locked
from threads.life.returned import after_failure
from threads.model import RecipientStatus, Status
from threads.outgoing.breaker import OPEN
from threads.outgoing.stops import Stop, judge
from threads.store.people import failed_for_good
from threads.store.stops import stop


def note_failure(
    session: Session,
    conversation_id: UUID,
    message_id: UUID | None,
    *,
    recipients: Mapping[str, RecipientStatus],
    answer: str,
    now: datetime,
    purpose: str = "reply",
) -> None:
    """Show at a conversation that a mail did not reach somebody for good, and remember it of the address."""
    row = locked(session, _stands_in(session, message_id) or conversation_id)
    fields = after_failure(purpose, Status(row.status), now)
    because = f"The mail did not reach {', '.join(recipients)}: {answer}"
    if fields.get("status"):
        because += f"; it is open again (it was {row.status})"
    change = Change("delivery", because, fields, {"failed": list(recipients), "answer": answer})
    apply(session, row, change, actor="", now=now, message_id=message_id)
    failed_for_good(session, recipients, now)
    for address, status in recipients.items():
        verdict = judge(status)
        if isinstance(verdict, Stop):
            stop(session, address, verdict.because, now)


def drop(session: Session, leased: Leased, because: str, now: datetime) -> bool:
    """Drop a mail that was to go out by itself, and say so at its conversation. False where it may have gone out already."""
    where = _stands_in(session, leased.message_id) or leased.conversation_id
    row = locked(session, where) if where is not None else None
    dropped = cancel(session, leased.outbox_id)
    if dropped and row is not None:
        what = f"the {leased.purpose} was dropped: {because}; {OPEN}"
        change = Change("dropped", what)
        if leased.purpose == "acknowledgement":
            change = Change("not acknowledged", what, {"acknowledged_at": None})
            offered = update(SuggestionRow).where(SuggestionRow.conversation_id == row.id)
            session.execute(offered.values(quoted=False, withheld=False, fit_at=None))
        apply(session, row, change, actor="", now=now, message_id=leased.message_id)
    return dropped


def _stands_in(session: Session, message_id: UUID | None) -> UUID | None:
    """The conversation of a message: an agent may have put it elsewhere since its mail was leased."""
    return session.scalar(select(MessageRow.conversation_id).where(MessageRow.id == message_id)) if message_id else None
