"""People by their addresses, and in which conversations they take part."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.claim import insert_ignoring
from storage.ids import uuid7
from storage.tables import AddressRow, ParticipantRow, PersonRow
from threads.model import Address


def person_for(session: Session, who: Address, now: datetime, language: str = "") -> PersonRow:
    """The person with an address, made where nobody has it yet; a name is learnt where none was known."""
    address = who.address.lower()
    person = _known(session, address)
    if person is None:
        session.add(PersonRow(id=(new := uuid7()), name=who.name, language=language, created_at=now))
        session.flush()
        # another process may have made one meanwhile: the address then keeps its first person
        insert_ignoring(session, AddressRow, [{"address": address, "person_id": new, "reply_to": ""}])
        person = _known(session, address)
        assert person is not None  # noqa: S101 - the row was inserted or was there
    if who.name and not person.name:
        person.name = who.name
    return person


def take_part(
    session: Session, conversation_id: UUID, person_id: UUID, now: datetime, role: str = "participant"
) -> bool:
    """Let a person take part in a conversation. Whether they did not before."""
    row = {"conversation_id": conversation_id, "person_id": person_id, "role": role, "since_at": now}
    return insert_ignoring(session, ParticipantRow, [row]) > 0


def _known(session: Session, address: str) -> PersonRow | None:
    return session.scalar(
        select(PersonRow).join(AddressRow, AddressRow.person_id == PersonRow.id).where(AddressRow.address == address)
    )
