"""The people of some messages: who is a colleague, who takes part because of them, and whose conversation they make."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from storage.claim import insert_ignoring
from storage.tables import AddressRow, ConversationRow, MessageRow, ParticipantRow
from threads.aside.sides import may_join
from threads.model import Address, Direction
from threads.people.addresses import part
from threads.policy import Policy
from threads.regroup.parting import Letter, taking_part
from threads.regroup.tally import Said
from threads.store.known_people import agents_addresses, own_domains
from threads.store.people import persons


def letters_of(session: Session, messages: Sequence[MessageRow], policy: Policy, customer: UUID | None) -> list[Letter]:
    """Some messages as the people that they are from and to; `customer` is no colleague, wherever they work."""
    is_colleague = colleagues(session, policy, customer)
    return [_letter(each, policy, is_colleague) for each in messages]


def colleagues(session: Session, policy: Policy, customer: UUID | None) -> Callable[[str], bool]:
    """Tells whether an address is of an agent, or of somebody of our own domain."""
    agents, domains = agents_addresses(session), own_domains(policy)
    theirs = customer_addresses(session, customer)

    def is_colleague(address: str) -> bool:
        return address not in theirs and (address in agents or address.rpartition("@")[2] in domains)

    return is_colleague


def customer_addresses(session: Session, customer: UUID | None) -> frozenset[str]:
    """Every address of a person."""
    if customer is None:
        return frozenset()
    return frozenset(session.scalars(select(AddressRow.address).where(AddressRow.person_id == customer)))


def said_in(session: Session, conversation: UUID) -> list[Said]:
    """All that was said in a conversation, as it decides how that stands.

    Nobody counts as a colleague: what one wrote may be a customer's mail that they passed on.
    """
    columns = (MessageRow.direction, MessageRow.kind, MessageRow.received_at, MessageRow.held)
    rows = session.execute(select(*columns).where(MessageRow.conversation_id == conversation))
    return [Said(Direction(direction), kind, at, held) for direction, kind, at, held in rows]


def _letter(message: MessageRow, policy: Policy, is_colleague: Callable[[str], bool]) -> Letter:
    said = Said(
        direction=Direction(message.direction),
        kind=message.kind,
        at=message.received_at,
        held=message.held,
        by_colleague=is_colleague(message.from_address),
    )
    believed = message.acts or said.direction is Direction.OUT
    others = tuple(_others(message, policy)) if believed else ()
    return Letter(said, Address(message.from_address, message.from_name), others)


def _others(message: MessageRow, policy: Policy) -> list[Address]:
    copied = (*message.to, *message.cc)
    return policy.outside(Address(str(each.get("address", "")), str(each.get("name", ""))) for each in copied)


def bring_in(
    session: Session,
    conversation: UUID,
    letters: Sequence[Letter],
    customer: UUID | None,
    *,
    without: Collection[UUID] = (),
) -> None:
    """Whoever wrote or got some messages takes part, `without` some; who does already stays what they are."""
    since = {who.address: (who, at) for who, at in taking_part(letters).items()}
    found = persons(session, [who for who, _ in since.values()], _first(letters), known={})
    joining = may_join(session, session.get_one(ConversationRow, conversation), found.values()) - {customer, *without}
    rows = {
        person: part(conversation, person, since[address][1]) for address, person in found.items() if person in joining
    }
    if customer is not None:
        rows[customer] = part(conversation, customer, _first(letters), "customer")
    insert_ignoring(session, ParticipantRow, list(rows.values()))


def let_go(
    session: Session, conversation: UUID, went: Sequence[Letter], stay: Sequence[Letter], customer: UUID | None
) -> None:
    """Whoever took part because of the messages that went alone takes part no more."""
    here = {who.address for who in taking_part(stay)}
    gone = {who.address for who in taking_part(went)} - here
    leaving = persons_with(session, gone) - persons_with(session, here) - {customer}
    of_here = ParticipantRow.conversation_id == conversation
    session.execute(delete(ParticipantRow).where(of_here, ParticipantRow.person_id.in_(leaving)))


def taking_part_in(session: Session, conversation: UUID) -> set[UUID]:
    """The persons who take part in a conversation."""
    return set(session.scalars(select(ParticipantRow.person_id).where(ParticipantRow.conversation_id == conversation)))


def persons_with(session: Session, addresses: Iterable[str]) -> set[UUID]:
    """The persons whom some addresses belong to."""
    return set(session.scalars(select(AddressRow.person_id).where(AddressRow.address.in_(list(addresses)))))


def customer_is(session: Session, conversation: UUID, customer: UUID, since: datetime) -> None:
    """Whose conversation it is from now on; who was its customer takes part as anybody else, if they do."""
    here = ParticipantRow.conversation_id == conversation
    session.execute(update(ParticipantRow).where(here, ParticipantRow.role == "customer").values(role="participant"))
    insert_ignoring(session, ParticipantRow, [part(conversation, customer, since, "customer")])
    session.execute(update(ParticipantRow).where(here, ParticipantRow.person_id == customer).values(role="customer"))


def _first(letters: Iterable[Letter]) -> datetime:
    return min(each.said.at for each in letters)
