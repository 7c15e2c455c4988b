"""Who takes part because of a mail: its customer, its writer, and those it was copied to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from storage.rows import column_of, put, rows_of
from storage.tables import AddressRow, ParticipantRow, PersonRow
from threads.arrival import Arrival
from threads.model import Address, Direction, Kind
from threads.people.addresses import make_person, part

_MOST_PEOPLE = 50


def copied(arrival: Arrival) -> tuple[Address, ...]:
    """Those besides the writer who got a person's mail, without the desk itself; a machine's brings nobody in."""
    if arrival.direction is Direction.IN and arrival.found.classification.kind is not Kind.PERSON:
        return ()
    outside = arrival.policy.outside(arrival.mail.recipients[:_MOST_PEOPLE])
    return tuple({each.address: each for each in outside}.values())


def persons(
    session: Session, people: Iterable[Address], now: datetime, language: str = "", *, known: Mapping[str, UUID]
) -> dict[str, UUID]:
    """The person behind each address, made where nobody has it; a name is learnt where none was known.

    `known` are those that were looked up before.
    """
    wanted = {each.address: each for each in people if each.address}
    unknown = sorted(set(wanted) - set(known))
    there = dict(known)
    for address, person, name in sorted(_there(session, unknown)):  # in one order, as locks have to be taken
        there[address] = person
        if wanted[address].name and not name:
            session.execute(update(PersonRow).where(PersonRow.id == person).values(name=wanted[address].name))
    for address in unknown:
        if address not in there:
            there[address] = make_person(session, wanted[address], now, language)
    return {address: there[address] for address in wanted}


def _there(session: Session, addresses: list[str]) -> list[tuple[str, UUID, str]]:
    """The persons whom some addresses belong to already, each with the address and their name."""
    if not addresses:
        return []
    return [(row.address, row.person_id, row.name) for row in rows_of(session, _PERSONS, addresses=addresses)]


_PERSONS = (
    select(AddressRow.address, AddressRow.person_id, PersonRow.name)
    .join(PersonRow, PersonRow.id == AddressRow.person_id)
    .where(AddressRow.address.in_(bindparam("addresses", expanding=True)))
)
_TAKING_PART = select(ParticipantRow.person_id).where(
    ParticipantRow.conversation_id == bindparam("conversation_id"),
    ParticipantRow.person_id.in_(bindparam("persons", expanding=True)),
)


def take_part_all(
    session: Session, conversation_id: UUID, roles: Mapping[UUID, str], now: datetime, *, new: bool
) -> None:
    """Everybody in their role; who takes part already stays what they are. In a `new` conversation nobody does.

    To be called while this transaction holds the conversation.
    """
    there: set[UUID] = set()
    if not new and roles:
        there = set(column_of(session, _TAKING_PART, conversation_id=conversation_id, persons=list(roles)))
    rows = [part(conversation_id, person, now, role) for person, role in roles.items() if person not in there]
    put(session, ParticipantRow, *rows)


def failed_for_good(session: Session, addresses: Iterable[str], now: datetime) -> None:
    """Remember that mail to some addresses could not be delivered."""
    failed = [address.lower() for address in addresses]
    if failed:
        session.execute(update(AddressRow).where(AddressRow.address.in_(failed)).values(failed_at=now))
