"""People by their addresses, and in which conversations they take part."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from storage.claim import insert_ignoring
from storage.ids import uuid7
from storage.rows import put, value_of
from storage.tables import AddressRow, ParticipantRow, PersonRow
from threads.model import Address


def person_for(session: Session, who: Address, now: datetime, language: str = "") -> PersonRow:
    """The person with an address, made where nobody has it yet; a name is learnt where none was known."""
    key = person_with(session, who.address.lower())
    person = session.get_one(PersonRow, key or make_person(session, who, now, language))
    if who.name and not person.name:
        person.name = who.name
    return person


def person_with(session: Session, address: str) -> UUID | None:
    """The person who has an address in lower case, None where nobody has it."""
    return value_of(session, _PERSON_WITH, address=address)


_PERSON_WITH = select(AddressRow.person_id).where(AddressRow.address == bindparam("address"))


def make_person(session: Session, who: Address, now: datetime, language: str = "") -> UUID:
    """A person for an address that nobody had; where another process was quicker, theirs."""
    new, address = uuid7(), who.address.lower()
    put(session, PersonRow, {"id": new, "name": who.name, "language": language, "created_at": now})
    if insert_ignoring(session, AddressRow, [{"address": address, "person_id": new, "reply_to": ""}]):
        return new
    return person_with(session, address) or new


def take_part(
    session: Session, conversation_id: UUID, person_id: UUID, now: datetime, role: str = "participant"
) -> bool:
    """Let a person take part in a conversation. Whether they did not before."""
    return insert_ignoring(session, ParticipantRow, [part(conversation_id, person_id, now, role)]) > 0


def part(conversation_id: UUID, person_id: UUID, since: datetime, role: str = "participant") -> dict[str, Any]:
    """The row by which a person takes part in a conversation."""
    return {"conversation_id": conversation_id, "person_id": person_id, "role": role, "since_at": since}
