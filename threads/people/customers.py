"""Who a customer is: their addresses, their organisation with what they may do for it, and their conversations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from storage.errors import NotThere, WrongUse
from storage.tables import AddressRow, ConversationRow, OrganisationRow, ParticipantRow, PersonRow
from threads.listing import summaries
from threads.lookup import LAST, some
from threads.lookup import MOST as MOST_NAMED
from threads.people import organisations
from threads.people.addresses import person_with
from threads.people.linking import addresses_of
from threads.people.phone import checks_of
from threads.people.rights import Sees

MOST = 50
"""How many conversations of somebody are shown; the newest."""


def find(session: Session, name: str) -> PersonRow:
    """The person with an address, or the customer of the conversations that a name fits. Raises `NotThere` or `WrongUse`."""
    name = name.strip().lower()
    if "@" in name:
        key = person_with(session, name)
        if key is None:
            raise NotThere(f"nobody here has the address {name[:80]!r}; `brief customer list` shows who there is")
        return session.get_one(PersonRow, key)
    found = some(session, name)
    keys = {row.customer_id for row in found}
    if len(keys) > 1:
        handles = ", ".join(row.handle for row in found[:MOST_NAMED])
        raise WrongUse(f"{name!r} fits conversations of several customers: {handles}; say which")
    key = keys.pop()
    if key is None:
        raise NotThere(f"{found[0].handle} has no customer; `brief customer list` shows who there is")
    return session.get_one(PersonRow, key)


def whole(session: Session, person: PersonRow) -> dict[str, Any]:
    """What `brief customer show --json` prints: their conversations, and where they may see all, their colleagues'."""
    takes_part = select(ParticipantRow.conversation_id).where(ParticipantRow.person_id == person.id)
    colleagues = select(PersonRow.id).where(PersonRow.organisation_id == person.organisation_id)
    theirs = and_(ConversationRow.customer_id.in_(colleagues), ConversationRow.id.not_in(takes_part))
    sees_all = person.organisation_id is not None and person.sees == Sees.ALL
    return {
        "name": person.name,
        "addresses": addresses_of(session, person.id),
        "language": person.language,
        "organisation": organisation_of(session, person),
        "phone_password": bool(person.phone_password),
        "phone_checks": checks_of(session, person.id),
        **_newest(session, "conversations", ConversationRow.id.in_(takes_part)),
        **_newest(session, "of_organisation", theirs if sees_all else false()),
    }


def organisation_of(session: Session, person: PersonRow | None) -> dict[str, Any] | None:
    """A person's organisation with what they may do for it; None for who is of none."""
    if person is None or person.organisation_id is None:
        return None
    return organisations.of_organisation(session.get_one(OrganisationRow, person.organisation_id), person)


def _newest(session: Session, name: str, which: ColumnElement[bool]) -> dict[str, Any]:
    """The newest of some conversations under a name, and how many more there are."""
    live = which, ConversationRow.merged_into_id.is_(None)
    newest = (ConversationRow.updated_at.desc(), ConversationRow.id.desc())
    rows = session.scalars(select(ConversationRow).where(*live).order_by(*newest).limit(MOST)).all()
    more = (
        session.scalar(select(func.count()).select_from(ConversationRow).where(*live))
        if len(rows) == MOST
        else len(rows)
    )
    return {name: summaries(session, rows), f"more_{name}": (more or 0) - len(rows)}


def listing(
    session: Session,
    *,
    beginning: str = "",
    organisation: str = "",
    limit: int = MOST,
    after: str = "",
    ours: Collection[str] = (),
) -> list[dict[str, Any]]:
    """The customers in the order of their addresses, each once: those of an organisation, or whose address begins so.

    `ours` are the desk's own addresses. Neither these are customers nor whoever only machines wrote for.
    """
    beginning = beginning.strip().lower()
    other = aliased(AddressRow)
    earlier = other.person_id == AddressRow.person_id, other.address < AddressRow.address, other.address >= beginning
    # what was merged away holds nothing any more, whoever had written it
    of_people = or_(ConversationRow.messages > 0, ConversationRow.merged_into_id.is_not(None))
    wanted = (
        select(AddressRow.address, PersonRow)
        .join(PersonRow, PersonRow.id == AddressRow.person_id)
        .where(
            AddressRow.address >= beginning, AddressRow.address < beginning + LAST, AddressRow.address > after.lower()
        )
        .where(~exists().where(*earlier), exists().where(ConversationRow.customer_id == PersonRow.id, of_people))
        .where(*(AddressRow.address != each for each in ours))
    )
    if organisation:
        wanted = wanted.where(PersonRow.organisation_id == organisations.find(session, organisation).id)
    found = [(address, person) for address, person in session.execute(wanted.order_by(AddressRow.address).limit(limit))]
    return _lines(session, found) if found else []


def _lines(session: Session, found: list[tuple[str, PersonRow]]) -> list[dict[str, Any]]:
    """A line for each person, what belongs to them read in one query each."""
    persons = [person.id for _, person in found]
    addresses: dict[UUID, list[str]] = defaultdict(list)
    theirs = select(AddressRow.person_id, AddressRow.address).where(AddressRow.person_id.in_(persons))
    for person_id, address in session.execute(theirs.order_by(AddressRow.address)):
        addresses[person_id].append(address)
    names = _names(session, {person.organisation_id for _, person in found if person.organisation_id})
    of_each = (
        select(ParticipantRow.person_id, func.count())
        .join(ConversationRow, ConversationRow.id == ParticipantRow.conversation_id)
        .where(ParticipantRow.person_id.in_(persons), ConversationRow.merged_into_id.is_(None))
        .group_by(ParticipantRow.person_id)
    )
    conversations = {row[0]: row[1] for row in session.execute(of_each)}
    return [
        {
            "address": address,
            "name": person.name,
            "addresses": addresses[person.id],
            "organisation": names.get(person.organisation_id),
            "conversations": conversations.get(person.id, 0),
        }
        for address, person in found
    ]


def _names(session: Session, ids: set[UUID]) -> dict[UUID | None, str]:
    rows = select(OrganisationRow.id, OrganisationRow.name).where(OrganisationRow.id.in_(ids))
    return {row[0]: row[1] for row in session.execute(rows)}
