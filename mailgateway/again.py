"""What was read from mails, read again from their bytes: where a newer reading is better, old mails gain by it too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from mailgateway.mime.parse import parse
from storage.database import Database
from storage.errors import Lost
from storage.raw import get_raw
from storage.tables import MessageRow
from threads.lookup import message
from threads.store.messages import derived_of

BATCH = 50


@dataclass(frozen=True, slots=True)
class ReadAgain:
    """One message, and what its new reading changed."""

    code: str
    changed: tuple[str, ...]
    error: str = ""
    """Why it could not be read again."""


def read_again(database: Database, codes: Sequence[str] = ()) -> Iterator[ReadAgain]:
    """Read messages again (without codes all that came): texts, attachments and defects follow; none changes its place.

    Reading takes time, so no transaction is open meanwhile: mail comes in as always.
    """
    if codes:
        with database.reading() as session:
            keys = [message(session, code).id for code in codes]
        yield from _read_some(database, keys)
        return
    last: UUID | None = None
    while keys := _after(database, last):
        yield from _read_some(database, keys)
        last = keys[-1]


def _after(database: Database, last: UUID | None) -> list[UUID]:
    """The next messages that have bytes."""
    query = select(MessageRow.id).where(MessageRow.raw_id.is_not(None)).order_by(MessageRow.id).limit(BATCH)
    with database.reading() as session:
        return list(session.scalars(query.where(MessageRow.id > last) if last is not None else query))


def _read_some(database: Database, keys: Sequence[UUID]) -> list[ReadAgain]:
    read = [_read_one(database, key) for key in keys]
    if any(changes for _, changes in read):
        with database.writing() as session:
            for key, (_, changes) in zip(keys, read, strict=True):
                if changes:
                    session.execute(update(MessageRow).where(MessageRow.id == key).values(**changes))
    return [said for said, _ in read]


def _read_one(database: Database, key: UUID) -> tuple[ReadAgain, dict[str, Any]]:
    """What a message's new reading says, and which values it changes."""
    with database.reading() as session:
        row = session.get_one(MessageRow, key)
        if row.raw_id is None:
            return ReadAgain(row.code, (), "it was written here: there are no bytes to read"), {}
        try:
            raw = get_raw(session, row.raw_id)
        except Lost as error:
            return ReadAgain(row.code, (), str(error)), {}
    changes = {name: value for name, value in derived_of(parse(raw)).items() if getattr(row, name) != value}
    return ReadAgain(row.code, tuple(changes)), changes
