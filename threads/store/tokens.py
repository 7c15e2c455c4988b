"""The reply address of a conversation."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from storage.rows import put, value_of
from storage.tables import TokenRow
from threads.tokens import new_token, reply_address

_FIRST_TOKEN = (
    select(TokenRow.token)
    .where(TokenRow.conversation_id == bindparam("conversation_id"))
    .order_by(TokenRow.created_at)
    .limit(1)
)


def reply_address_of(
    session: Session, conversation_id: UUID, mailbox_address: str, now: datetime, *, new: bool = False
) -> str:
    """The address that leads every mail back to this conversation; "" where the mailbox's name leaves no room for one.

    A `new` conversation has none yet.
    """
    token = None if new else value_of(session, _FIRST_TOKEN, conversation_id=conversation_id)
    if token is None:
        token = new_token()
        put(session, TokenRow, {"token": token, "conversation_id": conversation_id, "created_at": now})
    return reply_address(mailbox_address, token)
