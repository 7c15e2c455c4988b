"""Who wrote a mail and whom it went to, by all their addresses, and who takes part in conversations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import Row, bindparam, null, select, true, union_all
from sqlalchemy.orm import Session

from storage.portions import portions
from storage.rows import column_of, rows_of
from storage.tables import AddressRow, AgentRow, BesideRow, MessageRow, ParticipantRow, PersonRow
from threads.model import InboundMail
from threads.people.freemail import is_freemail
from threads.policy import Policy

_MOST_PEOPLE = 2000
_MOST_TAKING_PART = 20_000
_MOST_COPIED = 50


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person with all their addresses."""

    name: str
    organisation: UUID | None
    addresses: frozenset[str]


_NOBODY: Mapping[UUID, KnownPerson] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Correspondents:
    """The people of a mail, with every address that is known of them."""

    writer: frozenset[str] = frozenset()
    """Of who wrote or, for our own mail, of those who got it."""
    people: frozenset[str] = frozenset()
    """Of who wrote and of those who got it, without our own."""
    writers: tuple[UUID, ...] = ()
    """The persons behind `writer`."""
    others: tuple[UUID, ...] = ()
    """The other persons of the mail."""
    persons: Mapping[UUID, KnownPerson] = field(default_factory=dict)
    """Both, by their keys."""

    @property
    def are_members(self) -> bool:
        """Whether who wrote is of an organisation."""
        return any(self.persons[each].organisation for each in self.writers)


@dataclass(slots=True)
class Participants:
    """Those who take part in one conversation, by their addresses and names."""

    people: set[str] = field(default_factory=set)
    customers: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    organisation: UUID | None = None
    """That of the customer."""
    beside: set[str] = field(default_factory=set)
    """Those of messages that are held there."""


def agents_addresses(session: Session) -> frozenset[str]:
    """The agents' own addresses, in lower case."""
    return frozenset(address.lower() for address in column_of(session, _AGENTS))


_AGENTS = select(AgentRow.email).where(AgentRow.email != "", AgentRow.disabled_at.is_(None))


def own_domains(policy: Policy) -> frozenset[str]:
    """The domains of the desk's own people: those of its mailboxes, freemail providers left out."""
    domains = {mailbox.domain.lower() for mailbox in policy.mailboxes} | policy.own_domains
    return frozenset(domain for domain in domains if not is_freemail(domain))


def correspondents(session: Session, mail: InboundMail, policy: Policy, *, outgoing: bool) -> Correspondents:
    """Who wrote a mail and who got it; of an answer of ours (`outgoing`) those who got it stand for its writer."""
    got = {each.address for each in policy.outside(mail.recipients[:_MOST_COPIED])}
    wrote = got if outgoing else {each.address for each in filter(None, [mail.author]) if each.address}
    named = wrote | got
    if not named:
        return Correspondents()
    rows = rows_of(session, _THEIRS, addresses=named)
    keys = {row.person_id for row in rows}
    writers = {row.person_id for row in rows if row.address in wrote}
    theirs = {row.address for row in rows if row.person_id in writers}
    return Correspondents(
        writer=frozenset(wrote | theirs),
        people=frozenset(named | {row.address for row in rows}),
        writers=tuple(writers),
        others=tuple(dict.fromkeys(row.person_id for row in rows if row.person_id not in writers)),
        persons=_persons(rows) if len(rows) < _MOST_PEOPLE else _looked_up(session, keys),
    )


_ADDRESSES = select(AddressRow.address, AddressRow.person_id, PersonRow.name, PersonRow.organisation_id).join(
    PersonRow, PersonRow.id == AddressRow.person_id
)
_PERSONS = select(AddressRow.person_id).where(AddressRow.address.in_(bindparam("addresses", expanding=True)))
_THEIRS = _ADDRESSES.where(AddressRow.person_id.in_(_PERSONS)).limit(_MOST_PEOPLE)
"""Every address of the persons with some addresses."""
_BY_PERSON = _ADDRESSES.where(AddressRow.person_id.in_(bindparam("persons", expanding=True)))


def _persons(rows: Iterable[Row[str, UUID, str, UUID | None]]) -> dict[UUID, KnownPerson]:
    """The persons of some addresses."""
    addresses: dict[UUID, set[str]] = defaultdict(set)
    for row in rows:
        addresses[row.person_id].add(row.address)
    return {
        row.person_id: KnownPerson(row.name, row.organisation_id, frozenset(addresses[row.person_id])) for row in rows
    }


def participants(
    session: Session, keys: set[UUID], known: Mapping[UUID, KnownPerson] = _NOBODY
) -> dict[UUID, Participants]:
    """Who takes part in each of some conversations. Most often it is the same few everywhere, and they are `known` already."""
    found: dict[UUID, Participants] = defaultdict(Participants)
    rows = rows_of(session, _PARTICIPANTS, keys=keys)
    others = {row.person_id for row in rows if row.person_id is not None}.difference(known)
    persons = {**known, **_looked_up(session, others)}
    for row in rows:
        here, person = found[row.conversation_id], persons.get(row.person_id)
        if row.beside is not None:
            here.beside.add(row.beside)
        if person is None:
            continue
        here.people |= person.addresses
        if person.name:
            here.names.add(person.name.casefold())
        if row.role == "customer":
            here.customers |= person.addresses
            here.organisation = person.organisation
    return found


def _looked_up(session: Session, keys: Set[UUID]) -> dict[UUID, KnownPerson]:
    return _persons([row for few in portions(sorted(keys)) for row in rows_of(session, _BY_PERSON, persons=few)])


_TAKING_PART = (
    select(ParticipantRow.conversation_id, ParticipantRow.role, ParticipantRow.person_id)
    .where(ParticipantRow.conversation_id.in_(bindparam("keys", expanding=True)))
    .limit(_MOST_TAKING_PART)
    .subquery()
)
_BESIDE = (
    select(MessageRow.conversation_id, BesideRow.address)
    .join(BesideRow, BesideRow.message_id == MessageRow.id)
    .where(MessageRow.conversation_id.in_(bindparam("keys", expanding=True)), MessageRow.held == true())
    .limit(_MOST_PEOPLE)
    .subquery()
)
_PARTICIPANTS = select(
    union_all(
        select(_TAKING_PART, null().label("beside")),
        select(_BESIDE.c.conversation_id, null(), null(), _BESIDE.c.address),
    ).subquery()
)
"""Who takes part or, with nothing else, whose mail is held beside it: in one statement, as the way there and back takes longest."""
