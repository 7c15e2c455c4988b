"""The outbox as plain values, for those who want to see what goes out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.codes import code_of, one_with_code
from storage.errors import WrongUse
from storage.outbox import OutgoingMail, listing, send_again
from storage.tables import ConversationRow, OutboxRow


def outgoing(session: Session, *, states: Sequence[str] = (), limit: int = 50) -> list[dict[str, Any]]:
    """The mails of the outbox, the newest first."""
    rows = listing(session, states=states, limit=limit)
    handles = _handles(session, rows)
    return [_plain(row, handles) for row in rows]


def one_outgoing(session: Session, code: str) -> tuple[dict[str, Any], OutgoingMail]:
    """One mail of the outbox, whole. Raises `NotThere`, or `WrongUse` where a code fits several."""
    row = _one(session, code)
    return _plain(row, _handles(session, [row])), OutgoingMail.from_json(row.mail)


def sent_again(session: Session, code: str, now: datetime) -> dict[str, Any]:
    """Have a mail that failed or was given up tried once more. Raises as `one_outgoing`, and `WrongUse` for any other."""
    row = _one(session, code)
    if not send_again(session, row.id, now):
        raise WrongUse(f"the mail {code_of(row.id)} is {row.state}; what failed or was given up can be sent again")
    return _plain(row, _handles(session, [row]))


def _one(session: Session, code: str) -> OutboxRow:
    otherwise = "there is no mail {} in the outbox"
    return one_with_code(session, OutboxRow, code, shown_by="brief outbox", otherwise=otherwise)


def _handles(session: Session, rows: Sequence[OutboxRow]) -> dict[Any, str]:
    ids = {row.conversation_id for row in rows if row.conversation_id is not None}
    query = select(ConversationRow.id, ConversationRow.handle).where(ConversationRow.id.in_(ids))
    return {row.id: row.handle for row in session.execute(query)}


def _plain(row: OutboxRow, handles: dict[Any, str]) -> dict[str, Any]:
    mail = OutgoingMail.from_json(row.mail)
    return {
        "code": code_of(row.id),
        "state": row.state,
        "purpose": row.purpose,
        "handle": handles.get(row.conversation_id),
        "to": list(mail.recipients),
        "subject": mail.subject,
        "created_at": row.created_at.isoformat(),
        "due_at": row.due_at.isoformat(),
        "sent_at": row.sent_at.isoformat() if row.sent_at else None,
        "tries": row.tries,
        "waiting_for": row.pending,
        "refused": row.refused,
        "maybe_twice": row.maybe_twice,
        "last_answer": row.last_answer,
        "reports": row.reports,
        "message_id": mail.message_id,
    }
