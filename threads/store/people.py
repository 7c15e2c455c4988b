"""Who takes part because of a mail: its customer, its writer, and those it was copied to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storage.tables import AddressRow, ParticipantRow
from threads.arrival import Arrival
from threads.model import Address, Direction, Kind
from threads.people import person_for
from threads.tokens import token_in

_MOST_PEOPLE = 50


def copied(arrival: Arrival) -> tuple[Address, ...]:
    """Those besides the writer who got a person's mail, without the desk itself; a machine's brings nobody in."""
    if arrival.direction is Direction.IN and arrival.found.classification.kind is not Kind.PERSON:
        return ()
    policy = arrival.policy
    others = {
        each.address: each
        for each in arrival.mail.recipients[:_MOST_PEOPLE]
        if "@" in each.address and each.address not in policy.addresses and not token_in(each.address, policy.mailboxes)
    }
    return tuple(others.values())


def persons(session: Session, people: Iterable[Address], now: datetime, language: str = "") -> dict[str, UUID]:
    """The person behind each address, made where nobody has it."""
    wanted = {each.address: each for each in people if each.address}
    if not wanted:
        return {}
    rows = session.execute(select(AddressRow.address, AddressRow.person_id).where(AddressRow.address.in_(list(wanted))))
    known = {row.address: row.person_id for row in rows}
    for address in sorted(set(wanted) - set(known)):
        known[address] = person_for(session, wanted[address], now, language).id
    return known


def take_part_all(
    session: Session, conversation_id: UUID, customer: UUID | None, others: Iterable[UUID], now: datetime
) -> None:
    """The customer, and everybody else as a participant; who takes part already stays what they are.

    To be called while this transaction holds the conversation.
    """
    roles = dict.fromkeys(others, "participant")
    if customer is not None:
        roles[customer] = "customer"
    if not roles:
        return
    query = select(ParticipantRow.person_id).where(
        ParticipantRow.conversation_id == conversation_id, ParticipantRow.person_id.in_(list(roles))
    )
    there = set(session.scalars(query))
    session.add_all(
        ParticipantRow(conversation_id=conversation_id, person_id=person, role=role, since_at=now)
        for person, role in roles.items()
        if person not in there
    )


def failed_for_good(session: Session, addresses: Iterable[str], now: datetime) -> None:
    """Remember that mail to some addresses could not be delivered."""
    failed = [address.lower() for address in addresses]
    if failed:
        session.execute(update(AddressRow).where(AddressRow.address.in_(failed)).values(failed_at=now))
