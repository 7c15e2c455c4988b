"""Further Message-IDs under which mails of ours go: what a provider gave them."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from storage.claim import insert_ignoring
from storage.outgoing import OutgoingMail
from storage.rows import rows_of
from storage.tables import AliasRow, MessageRow, OutboxRow
from storage.tables.types import UtcTime
from threads.model import InboundMail
from threads.sent_copy import DATES_DIFFER, SentBefore, SentCopy, sent_copy

_MOST = 20
_SENT = (
    select(OutboxRow.mail, OutboxRow.created_at, MessageRow.id, MessageRow.message_id, MessageRow.text)
    .join(MessageRow, MessageRow.id == OutboxRow.message_id)
    .where(OutboxRow.purpose.in_(("reply", "acknowledgement")))
    .where(OutboxRow.recipient.in_(bindparam("addresses", expanding=True)))
    .where(OutboxRow.created_at.between(bindparam("since", type_=UtcTime()), bindparam("until", type_=UtcTime())))
    .where(OutboxRow.tries > 0)
    .limit(_MOST)
)


def goes_also_as(session: Session, message: UUID, ids: Collection[str]) -> int:
    """Note further IDs of a mail of ours; how many were not known."""
    return insert_ignoring(session, AliasRow, [{"alias": each, "message_id": message} for each in ids])


def known_as_sent(session: Session, mail: InboundMail) -> SentCopy | None:
    """Which mail that went out from here a copy is, though it bears another ID; that is then noted."""
    if mail.sent_at is None or not mail.recipients:
        return None
    addresses = [each.address.lower() for each in mail.recipients[:_MOST]]
    since, until = mail.sent_at - DATES_DIFFER, mail.sent_at + DATES_DIFFER
    rows = rows_of(session, _SENT, addresses=addresses, since=since, until=until)
    found = sent_copy(
        mail,
        [
            SentBefore(
                message=row.id,
                message_id=row.message_id or "",
                sent_at=row.created_at,
                recipients=frozenset(each.lower() for each in OutgoingMail.from_json(row.mail).recipients),
                subject=row.mail["subject"],
                text=row.text,
            )
            for row in rows
        ],
    )
    if found is not None:
        goes_also_as(session, found.message, [found.alias])
    return found
