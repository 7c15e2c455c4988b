"""The passages of a message, by which a quotation of it leads back."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from storage.rows import put
from storage.tables import PassageRow
from threads.passages import passages_of


def remember_passages(session: Session, message_id: UUID, text: str) -> None:
    """Let a message, which is written already, be known again by what is new in it."""
    put(session, PassageRow, *({"hash": each, "message_id": message_id} for each in passages_of(text)))
