"""The passages of a message, by which a quotation of it leads back."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from storage.rows import column_of, put
from storage.tables import PassageRow
from threads.placing.passages import COMMONPLACE, passages_of


def remember_passages(session: Session, message_id: UUID, text: str) -> None:
    """Let a message, which is written already, be known again by what is new in it; not by what many others say too."""
    passages = passages_of(text)
    common = set(column_of(session, _COMMON, passages=passages)) if passages else set[int]()
    put(session, PassageRow, *({"hash": each, "message_id": message_id} for each in passages if each not in common))


_COMMON = (
    select(PassageRow.hash)
    .where(PassageRow.hash.in_(bindparam("passages", expanding=True)))
    .group_by(PassageRow.hash)
    .having(func.count() >= COMMONPLACE)
)
