"""What became of mail that a conversation sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from storage.tables import AddressRow, EventRow
from threads.conversation import locked


def note_failure(
    session: Session,
    conversation_id: UUID,
    message_id: UUID | None,
    *,
    recipients: Sequence[str],
    answer: str,
    now: datetime,
) -> None:
    """Show at a conversation that a mail did not reach somebody for good, and remember it of the address."""
    conversation = locked(session, conversation_id)
    to = ", ".join(recipients)
    session.add(
        EventRow(
            conversation_id=conversation.id,
            message_id=message_id,
            at=now,
            kind="delivery",
            actor="",
            because=f"The mail did not reach {to}: {answer}",
            data={"failed": list(recipients), "answer": answer},
        )
    )
    lowered = [each.lower() for each in recipients]
    session.execute(update(AddressRow).where(AddressRow.address.in_(lowered)).values(failed_at=now))
    conversation.updated_at = max(now, conversation.updated_at)
