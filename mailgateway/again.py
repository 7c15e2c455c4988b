"""What was read from mails, read again from their bytes: where a newer reading is better, old mails gain by it too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mailgateway.mime.parse import parse
from storage.database import Database
from storage.errors import Lost
from storage.raw import get_raw
from storage.tables import MessageRow
from threads.lookup import message
from threads.model import InboundMail

BATCH = 50
_LONGEST_TEXT = 1_000_000


@dataclass(frozen=True, slots=True)
class ReadAgain:
    """One message, and what its new reading changed."""

    code: str
    changed: tuple[str, ...]
    error: str = ""
    """Why it could not be read again."""


def read_again(database: Database, codes: Sequence[str] = ()) -> Iterator[ReadAgain]:
    """Read messages again (without codes all that came): texts, attachments and defects follow; none changes its place."""
    if codes:
        with database.writing() as session:
            done = [_read_one(session, message(session, code)) for code in codes]
        yield from done
        return
    last: UUID | None = None
    while True:
        with database.writing() as session:
            query = select(MessageRow).where(MessageRow.raw_id.is_not(None)).order_by(MessageRow.id).limit(BATCH)
            rows = session.scalars(query.where(MessageRow.id > last) if last is not None else query).all()
            done = [_read_one(session, row) for row in rows]
        if not rows:
            return
        yield from done
        last = rows[-1].id


def _read_one(session: Session, row: MessageRow) -> ReadAgain:
    if row.raw_id is None:
        return ReadAgain(row.code, (), "it was written here: there are no bytes to read")
    try:
        derived = derived_of(parse(get_raw(session, row.raw_id)))
    except Lost as error:
        return ReadAgain(row.code, (), str(error))
    changed = tuple(name for name, value in derived.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, derived[name])
    return ReadAgain(row.code, changed)


def derived_of(mail: InboundMail) -> dict[str, Any]:
    """What a message keeps of its mail that decides nothing: its place, kind and key stay."""
    return {
        "subject": mail.subject,
        "text": mail.text[:_LONGEST_TEXT],
        "reply": mail.reply[:_LONGEST_TEXT],
        "language": mail.language,
        "attachments": [asdict(each) for each in mail.attachments],
        "defects": list(mail.defects),
    }
