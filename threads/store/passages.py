"""The passages of a message, by which a quotation of it leads back."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from storage.rows import column_of, put
from storage.tables import PassageRow
from threads.placing.passages import COMMONPLACE, passages_of


def remember_passages(session: Session, message_id: UUID, text: str) -> None:
    """Let a message, which is written already, be known again by what is new in it; not by what many others say too."""
    passages = passages_of(text)
    said = Counter(column_of(session, _SAID, passages=passages)) if passages else Counter[int]()
    rows = ({"hash": each, "message_id": message_id} for each in passages if said[each] < COMMONPLACE)
    put(session, PassageRow, *rows)


_SAID = select(PassageRow.hash).where(PassageRow.hash.in_(bindparam("passages", expanding=True)))
