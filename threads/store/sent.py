"""Which mails of ours something that comes back may be about: by the token of its envelope sender, its Message-ID, or its recipient."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from storage.outgoing import OutgoingMail
from storage.rows import rows_of
from storage.tables import OutboxRow
from storage.tables.types import UtcTime
from threads.model import InboundMail, SentMail

LATELY = timedelta(days=7)
"""How long after a mail went out a report that names only its recipient is taken to be about it: servers try for five days."""
_MOST = 20

_Sent = Row[UUID, UUID | None, UUID | None, str, dict[str, Any], str | None, datetime]
_SENT = select(
    OutboxRow.id,
    OutboxRow.conversation_id,
    OutboxRow.message_id,
    OutboxRow.purpose,
    OutboxRow.mail,
    OutboxRow.bounce_token,
    OutboxRow.created_at,
)
_BY_TOKEN = _SENT.where(OutboxRow.bounce_token.in_(bindparam("tokens", expanding=True)))
_BY_MESSAGE = _SENT.where(OutboxRow.message_id.in_(bindparam("messages", expanding=True)))
_BY_RECIPIENT = (
    _SENT.where(OutboxRow.purpose.in_(("reply", "acknowledgement")))
    .where(OutboxRow.recipient.in_(bindparam("addresses", expanding=True)))
    .where(OutboxRow.created_at > bindparam("since", type_=UtcTime()), OutboxRow.tries > 0)
    .order_by(OutboxRow.created_at.desc())
    .limit(_MOST)
)


def by_tokens(session: Session, tokens: Collection[str]) -> dict[str, SentMail]:
    """The mails whose envelope senders hold these tokens."""
    rows = rows_of(session, _BY_TOKEN, tokens=tokens) if tokens else []
    return {str(row.bounce_token): _sent(row) for row in rows if row.conversation_id is not None}


def by_messages(session: Session, messages: Mapping[UUID, str]) -> dict[str, SentMail]:
    """Of some messages of ours, by key and Message-ID, those that went out from here: by their Message-ID."""
    rows = rows_of(session, _BY_MESSAGE, messages=list(messages)) if messages else []
    return {messages[row.message_id]: _sent(row) for row in rows if row.message_id and row.conversation_id is not None}


def sent_lately(session: Session, mail: InboundMail, now: datetime) -> tuple[SentMail, ...]:
    """Those that went to the recipients that a report names, the latest first."""
    named = (*mail.status.failed, *mail.status.delayed)[:_MOST] if mail.status else ()
    if not named:
        return ()
    rows = rows_of(session, _BY_RECIPIENT, addresses=[each.lower() for each in named], since=now - LATELY)
    return tuple(_sent(row) for row in rows if row.conversation_id is not None)


def _sent(row: _Sent) -> SentMail:
    mail = OutgoingMail.from_json(row.mail)
    assert row.conversation_id is not None  # noqa: S101 - the caller asked
    return SentMail(row.id, row.conversation_id, row.message_id, row.purpose, mail.recipients)
