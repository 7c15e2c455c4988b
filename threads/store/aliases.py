"""Further Message-IDs under which mails of ours go: what a provider gave them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from storage.claim import insert_ignoring
from storage.outgoing import OutgoingMail
from storage.rows import rows_of
from storage.tables import AliasRow, OutboxRow
from storage.tables.types import UtcTime
from threads.model import InboundMail
from threads.placing.sent_copy import DATES_DIFFER, SentBefore, SentCopy, sent_copy

_MOST = 20
_SENT = (
    select(OutboxRow.mail, OutboxRow.purpose, OutboxRow.created_at, OutboxRow.message_id)
    .where(OutboxRow.purpose.in_(("reply", "acknowledgement", "notice")))
    .where(OutboxRow.recipient.in_(bindparam("addresses", expanding=True)))
    .where(OutboxRow.created_at.between(bindparam("since", type_=UtcTime()), bindparam("until", type_=UtcTime())))
    .where(OutboxRow.message_id.is_not(None), OutboxRow.tries > 0)
    .limit(_MOST)
)


def goes_also_as(session: Session, message: UUID, ids: Collection[str]) -> int:
    """Note further IDs of a mail of ours; how many were not known."""
    return insert_ignoring(session, AliasRow, [{"alias": each, "message_id": message} for each in ids])


def known_as_sent(session: Session, mail: InboundMail) -> SentCopy | None:
    """Which mail that went out from here a copy is; where it bears another ID, that is then noted.

    A notice to an agent has no message of its own, and so no further ID: it is known, and no more.
    """
    if mail.sent_at is None or not mail.recipients:
        return None
    addresses = [each.address.lower() for each in mail.recipients[:_MOST]]
    since, until = mail.sent_at - DATES_DIFFER, mail.sent_at + DATES_DIFFER
    rows = rows_of(session, _SENT, addresses=addresses, since=since, until=until)
    found = sent_copy(mail, [_sent(row) for row in rows])
    if found is not None and found.alias and found.sent.purpose != "notice":
        goes_also_as(session, found.sent.message, [found.alias])
    return found


def _sent(row: Row[dict[str, Any], str, datetime, UUID | None]) -> SentBefore:
    mail = OutgoingMail.from_json(row.mail)
    assert row.message_id is not None  # noqa: S101 - the statement says so
    return SentBefore(
        message=row.message_id,
        purpose=row.purpose,
        message_id=mail.message_id,
        sent_at=row.created_at,
        recipients=frozenset(each.lower() for each in mail.recipients),
        subject=mail.subject,
        text=mail.text,
    )
