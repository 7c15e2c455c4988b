"""Organisations: several people of one customer, and what each of them may see, say and declare."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.errors import NotThere, WrongUse
from storage.ids import uuid7
from storage.tables import ActRow, AddressRow, OrganisationRow, ParticipantRow, PersonRow
from threads.agents import valid_email
from threads.conversation import iso
from threads.lookup import LAST
from threads.model import Address
from threads.people import acts
from threads.people.addresses import make_person, person_with
from threads.people.linking import customers_own
from threads.people.promising import Offers, agreed, members_of, owe_anew, promised_in
from threads.people.promising import promise as give_promise
from threads.sla.terms import Promised
from threads.words import fold

ORGANISATION = "organisation"
_LONGEST_NAME = 100
_MOST = 20


@dataclass(frozen=True, slots=True)
class Given:
    """The rights that an agent names; None leaves one as it is."""

    sees: str | None = None
    may_declare: bool | None = None
    speaks: bool | None = None

    def over(self, rights: Mapping[str, Any]) -> dict[str, Any]:
        """Some rights with those that were named."""
        named = {"sees": self.sees, "may_declare": self.may_declare, "speaks": self.speaks}
        return {**rights, **{name: value for name, value in named.items() if value is not None}}


def find(session: Session, name: str) -> OrganisationRow:
    """The organisation that is meant: by its name, or by a beginning of it that fits only one. Raises `NotThere` or `WrongUse`."""
    folded = _folded(name)
    begins = OrganisationRow.folded >= folded, OrganisationRow.folded < folded + LAST
    found = session.scalars(select(OrganisationRow).where(*begins).order_by(OrganisationRow.folded).limit(_MOST)).all()
    if not folded or not found:
        raise NotThere(f"no organisation is called {name[:80]!r}; `brief organisation list` shows all")
    if found[0].folded != folded and len(found) > 1:
        raise WrongUse(f"{name[:80]!r} fits several: {', '.join(each.name for each in found)}; say which")
    return found[0]


def listing(session: Session) -> list[dict[str, Any]]:
    """Every organisation by name, with how many members it has."""
    counted = func.count(PersonRow.id)
    rows = session.execute(
        select(OrganisationRow, counted)
        .outerjoin(PersonRow, PersonRow.organisation_id == OrganisationRow.id)
        .group_by(OrganisationRow.id)
        .order_by(OrganisationRow.folded)
    )
    return [{**_promises(row), "members": members} for row, members in rows]


def whole(session: Session, row: OrganisationRow) -> dict[str, Any]:
    """An organisation with its members, and what each of them may do for it."""
    people = session.execute(
        select(PersonRow, AddressRow.address)
        .join(AddressRow, AddressRow.person_id == PersonRow.id)
        .where(PersonRow.organisation_id == row.id)
        .order_by(AddressRow.address)
    )
    members: dict[UUID, dict[str, Any]] = {}
    for person, address in people:
        members.setdefault(person.id, {**membership(person.name, person), "addresses": []})["addresses"].append(address)
    return {**_promises(row), "members": list(members.values())}


def membership(name: str, person: PersonRow) -> dict[str, Any]:
    """What a person may do for their organisation, in plain values beside a name."""
    return {"name": name, "sees": person.sees, "may_declare": person.may_declare, "speaks": person.speaks}


def of_organisation(row: OrganisationRow | None, person: PersonRow) -> dict[str, Any] | None:
    """The organisation of a person with what it was promised, and what they may do for it, in plain values; None is none."""
    if row is None:
        return None
    return {**membership(row.name, person), "contract": row.contract, "calendar": row.calendar}


def add(session: Session, name: str, *, actor: str, now: datetime) -> dict[str, Any]:
    """Make an organisation. Raises `WrongUse` where one is called so already."""
    acts.hold(session)
    name = _free_name(session, name)
    row = OrganisationRow(id=uuid7(), name=name, folded=_folded(name), created_at=now)
    session.add(row)
    session.flush()
    return _done(session, row, f"{actor} made the organisation {name}", before=None, actor=actor, now=now)


def rename(session: Session, which: str, name: str, *, actor: str, now: datetime) -> dict[str, Any]:
    """Call an organisation otherwise."""
    acts.hold(session)
    row = find(session, which)
    before = _row(row)
    name = _free_name(session, name, besides=row)
    row.name, row.folded = name, _folded(name)
    session.flush()
    return _done(session, row, f"{actor} renamed {before['name']} to {name}", before=before, actor=actor, now=now)


def promise(
    session: Session,
    which: str,
    offers: Offers,
    *,
    contract: str | None,
    calendar: str | None,
    actor: str,
    now: datetime,
) -> dict[str, Any]:
    """Promise an organisation something else; what is None stays, "" is nothing more than to everybody.

    Raises `WrongUse` for a contract class or a calendar that the settings do not know.
    """
    acts.hold(session)
    row = find(session, which)
    before, was = _row(row), promised_in(row)
    now_promised = agreed(offers, contract=contract, calendar=calendar, was=was)
    if now_promised == was:
        return {**whole(session, row), "changed": False, "did": "it was so already"}
    give_promise(row, now_promised)
    session.flush()
    owe_anew(session, members_of(session, row.id), now)
    said = [f"the contract class {row.contract}" if row.contract else "no contract class"] * (contract is not None)
    said += [f"the hours of {row.calendar}" if row.calendar else "the hours of each mailbox"] * (calendar is not None)
    because = f"{actor} gave {row.name} {' and '.join(said)}"
    return _done(session, row, because, before=before, actor=actor, now=now)


def remove(session: Session, which: str, *, actor: str, now: datetime) -> dict[str, Any]:
    """End an organisation; its members stay, and have their own conversations."""
    acts.hold(session)
    row = find(session, which)
    told, before = whole(session, row), _row(row)
    members = {}
    for person in session.scalars(select(PersonRow).where(PersonRow.organisation_id == row.id).order_by(PersonRow.id)):
        members[str(person.id)] = _changed(person, acts.OF_NONE)
    session.flush()
    owe_anew(session, map(UUID, members), now)
    session.delete(row)
    because = f"{actor} removed the organisation {row.name}"
    _keep(session, row, because, {"before": before, "after": None, "members": members}, actor=actor, now=now)
    return {**told, "changed": True, "did": because}


def join(
    session: Session,
    which: str,
    address: str,
    given: Given,
    *,
    ours: Collection[str],
    actor: str,
    now: datetime,
) -> dict[str, Any]:
    """Make somebody a member, or change what one may do; `ours` are the addresses of our mailboxes.

    Raises `WrongUse` for who is of another organisation.
    """
    address = customers_own(session, address, ours)
    acts.hold(session, [address])
    row, person = find(session, which), _person(session, address)
    made = [] if person else [address]
    person = person or session.get_one(PersonRow, make_person(session, Address(address), now))
    if person.organisation_id not in (None, row.id):
        other = session.get_one(OrganisationRow, person.organisation_id).name
        raise WrongUse(f"{address} is of {other}; `brief organisation member remove` ends that first")
    before = acts.rights_of(person)
    after = {**given.over(before), "organisation_id": str(row.id)}
    because = f"{actor} made {address} a member of {row.name}"
    if person.organisation_id == row.id:
        because = f"{actor} changed what {address} may do for {row.name}"
    if before == after:
        return {**whole(session, row), "changed": False, "did": "it was so already"}
    members = {str(person.id): _changed(person, after)}
    owe_anew(session, [person.id], now)
    return _done(session, row, because, before=_row(row), actor=actor, now=now, members=members, made=made)


def leave(session: Session, which: str, address: str, *, actor: str, now: datetime) -> dict[str, Any]:
    """Somebody is a member no more. Raises `NotThere` where they are none."""
    acts.hold(session)
    row, person = find(session, which), _person(session, valid_email(address))
    if person is None or person.organisation_id != row.id:
        raise NotThere(f"{address[:80]!r} is no member of {row.name}; `brief organisation show {row.name}` shows them")
    members = {str(person.id): _changed(person, acts.OF_NONE)}
    owe_anew(session, [person.id], now)
    because = f"{actor} removed {valid_email(address)} from {row.name}"
    return _done(session, row, because, before=_row(row), actor=actor, now=now, members=members)


def restore(session: Session, act: ActRow, now: datetime) -> None:
    """Take back any of these acts. Raises `WrongUse` where what it made has changed since."""
    acts.hold(session)
    key, before, after = UUID(act.data["organisation"]), act.data["before"], act.data["after"]
    row = session.get(OrganisationRow, key, populate_existing=True)
    if (_row(row) if row else None) != after:
        raise _changed_since(act)
    if before is not None:
        _free_name(session, before["name"], besides=row)
        row = row or OrganisationRow(id=key, created_at=datetime.fromisoformat(before["created_at"]))
        row.name, row.folded = before["name"], _folded(before["name"])
        give_promise(row, Promised(before["contract"], before["calendar"]))
        session.add(row)
        session.flush()
    _restore_members(session, act)
    owe_anew(session, {*map(UUID, act.data["members"]), *members_of(session, key)}, now)
    if before is None and row is not None:
        if session.scalar(select(PersonRow.id).where(PersonRow.organisation_id == key).limit(1)):
            raise WrongUse(f"{row.name} has members by now; `brief organisation remove` ends it with them")
        session.delete(row)
    for address in act.data["made"]:
        _forget_unused(session, address)


def _restore_members(session: Session, act: ActRow) -> None:
    for key, rights in act.data["members"].items():
        person = session.get(PersonRow, UUID(key), populate_existing=True)
        if person is None or acts.rights_of(person) != rights["after"]:
            raise _changed_since(act)
        acts.give_rights(person, rights["before"])
    session.flush()


def _changed_since(act: ActRow) -> WrongUse:
    return WrongUse(f"{act.about} has changed since: {act.because}, and then something else; say what you want instead")


def _forget_unused(session: Session, address: str) -> None:
    """A person who was made for an address, and whom nothing else names, is gone again."""
    person = _person(session, address)
    if person is None:
        return
    others = select(AddressRow.address).where(AddressRow.person_id == person.id, AddressRow.address != address)
    parts = select(ParticipantRow.person_id).where(ParticipantRow.person_id == person.id)
    if session.scalar(others.limit(1)) is None and session.scalar(parts.limit(1)) is None:
        session.delete(session.get_one(AddressRow, address))
        session.flush()
        session.delete(person)


def _person(session: Session, address: str) -> PersonRow | None:
    key = person_with(session, address)
    return session.get_one(PersonRow, key, populate_existing=True) if key else None


def _changed(person: PersonRow, after: Mapping[str, Any]) -> dict[str, Any]:
    """Give a person other rights; what they were and are."""
    before = acts.rights_of(person)
    acts.give_rights(person, after)
    return {"before": before, "after": dict(after)}


def _done(
    session: Session,
    row: OrganisationRow,
    because: str,
    *,
    before: dict[str, Any] | None,
    actor: str,
    now: datetime,
    members: Mapping[str, Any] | None = None,
    made: list[str] | None = None,
) -> dict[str, Any]:
    data = {"before": before, "after": _row(row), "members": members or {}, "made": made or []}
    _keep(session, row, because, data, actor=actor, now=now)
    return {**whole(session, row), "changed": True, "did": because}


def _keep(
    session: Session, row: OrganisationRow, because: str, data: dict[str, Any], *, actor: str, now: datetime
) -> None:
    data = {"made": [], **data, "organisation": str(row.id)}
    acts.keep(session, ORGANISATION, row.name, because, data, actor=actor, now=now)


def _row(row: OrganisationRow) -> dict[str, Any]:
    return {**_promises(row), "created_at": iso(row.created_at)}


def _promises(row: OrganisationRow) -> dict[str, Any]:
    """Its name, and what it has been promised."""
    return {"name": row.name, "contract": row.contract, "calendar": row.calendar}


def _folded(name: str) -> str:
    return fold(" ".join(name.split()))


def _free_name(session: Session, name: str, besides: OrganisationRow | None = None) -> str:
    """A name that an organisation may have. Raises `WrongUse` where it cannot be, or another has it."""
    name = " ".join(name.split())
    if not _folded(name) or len(name) > _LONGEST_NAME or not name.isprintable():
        raise WrongUse(f"an organisation's name has 1 to {_LONGEST_NAME} printable characters")
    other = session.scalar(select(OrganisationRow).where(OrganisationRow.folded == _folded(name)))
    if other is not None and other is not besides:
        raise WrongUse(f"there is an organisation {other.name} already; `brief organisation list` shows all")
    return name
