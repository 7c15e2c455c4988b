"""The reply address of a conversation."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.tables import TokenRow
from threads.tokens import new_token, reply_address


def reply_address_of(session: Session, conversation_id: UUID, mailbox_address: str, now: datetime) -> str:
    """The address that leads every mail back to this conversation; "" where the mailbox's name leaves no room for one."""
    query = select(TokenRow.token).where(TokenRow.conversation_id == conversation_id)
    token = session.scalars(query.order_by(TokenRow.created_at).limit(1)).first()
    if token is None:
        token = new_token()
        session.add(TokenRow(token=token, conversation_id=conversation_id, created_at=now))
    return reply_address(mailbox_address, token)
