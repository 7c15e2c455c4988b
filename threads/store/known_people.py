"""Who wrote a mail and whom it went to, by all their addresses, and who takes part in conversations."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import bindparam, select, true
from sqlalchemy.orm import Session

from storage.rows import column_of, rows_of
from storage.tables import AddressRow, AgentRow, BesideRow, MessageRow, ParticipantRow, PersonRow
from threads.model import InboundMail
from threads.people.freemail import is_freemail
from threads.policy import Policy

_MOST_PEOPLE = 2000
_MOST_TAKING_PART = 20_000
_MOST_COPIED = 50


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
    writers = {row.person_id for row in rows if row.address in wrote}
    theirs = {row.address for row in rows if row.person_id in writers}
    return Correspondents(
        writer=frozenset(wrote | theirs),
        people=frozenset(named | {row.address for row in rows}),
        writers=tuple(writers),
        others=tuple(dict.fromkeys(row.person_id for row in rows if row.person_id not in writers)),
    )


_PERSONS = select(AddressRow.person_id).where(AddressRow.address.in_(bindparam("addresses", expanding=True)))
_THEIRS = select(AddressRow.address, AddressRow.person_id).where(AddressRow.person_id.in_(_PERSONS)).limit(_MOST_PEOPLE)
"""Every address of the persons with some addresses."""


def participants(session: Session, keys: set[UUID]) -> dict[UUID, Participants]:
    """Who takes part in each of some conversations."""
    found: dict[UUID, Participants] = defaultdict(Participants)
    for row in rows_of(session, _PARTICIPANTS, keys=keys):
        here = found[row.conversation_id]
        here.people.add(row.address)
        if row.name:
            here.names.add(row.name.casefold())
        if row.role == "customer":
            here.customers.add(row.address)
            here.organisation = row.organisation_id
    for conversation_id, address in rows_of(session, _BESIDE, keys=keys):
        found[conversation_id].beside.add(address)
    return found


_PARTICIPANTS = (
    select(
        ParticipantRow.conversation_id,
        ParticipantRow.role,
        AddressRow.address,
        PersonRow.name,
        PersonRow.organisation_id,
    )
    .join(AddressRow, AddressRow.person_id == ParticipantRow.person_id)
    .join(PersonRow, PersonRow.id == ParticipantRow.person_id)
    .where(ParticipantRow.conversation_id.in_(bindparam("keys", expanding=True)))
    .limit(_MOST_TAKING_PART)
)
_BESIDE = (
    select(MessageRow.conversation_id, BesideRow.address)
    .join(BesideRow, BesideRow.message_id == MessageRow.id)
    .where(MessageRow.conversation_id.in_(bindparam("keys", expanding=True)), MessageRow.held == true())
    .limit(_MOST_PEOPLE)
)
