"""Who takes part in a conversation, as an agent sees it: with every address, and what they may do for which organisation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.tables import AddressRow, ConversationRow, OrganisationRow, ParticipantRow, PersonRow
from threads.model import Direction
from threads.people.customers import organisation_of
from threads.people.linking import addresses_of
from threads.people.organisations import of_organisation


def people_of(session: Session, row: ConversationRow, messages: list[dict[str, Any]]) -> dict[str, Any]:
    """The customer and all who take part; each of the messages is told for whom its writer speaks."""
    participants = _participants(session, row.id)
    _say_who_speaks(messages, participants)
    customer = session.get(PersonRow, row.customer_id) if row.customer_id else None
    return {
        "customer": {
            "name": customer.name if customer else "",
            "address": row.customer_address,
            "addresses": addresses_of(session, customer.id) if customer else [],
            "organisation": organisation_of(session, customer),
        },
        "participants": participants,
    }


def _participants(session: Session, conversation_id: UUID) -> list[dict[str, Any]]:
    """Everybody who takes part, the customer first, with each of their addresses."""
    rows = session.execute(
        select(ParticipantRow.role, PersonRow, AddressRow.address, OrganisationRow)
        .join(PersonRow, PersonRow.id == ParticipantRow.person_id)
        .join(AddressRow, AddressRow.person_id == PersonRow.id)
        .outerjoin(OrganisationRow, OrganisationRow.id == PersonRow.organisation_id)
        .where(ParticipantRow.conversation_id == conversation_id)
        .order_by(ParticipantRow.role, ParticipantRow.since_at, AddressRow.address)
    )
    return [
        {
            "name": person.name,
            "address": address,
            "role": role,
            "person": str(person.id),
            "organisation": of_organisation(organisation, person),
        }
        for role, person, address, organisation in rows
    ]


def _say_who_speaks(messages: list[dict[str, Any]], participants: list[dict[str, Any]]) -> None:
    """Each mail names the organisation that its writer speaks for: none where it is held or fails authentication."""
    of = {each["address"]: each["organisation"] for each in participants}
    for each in messages:
        counts = each["direction"] == Direction.IN and each["origin"]["acts"] and not each["held"]
        organisation = of.get(each["from"]["address"]) if counts else None
        each["speaks_for"] = organisation["name"] if organisation and organisation["speaks"] else ""
