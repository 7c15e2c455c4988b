"""Two addresses are one person's: an agent says so once, and from then on everything of both is theirs."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, true, update
from sqlalchemy.orm import Session

from storage.claim import insert_ignoring
from storage.errors import NotThere, WrongUse
from storage.ids import uuid7
from storage.rows import put
from storage.tables import (
    AddressRow,
    AgentRow,
    ConversationRow,
    EventRow,
    MessageRow,
    OrganisationRow,
    ParticipantRow,
    PersonRow,
)
from threads.agents import valid_email
from threads.conversation import hold_in_order, iso
from threads.model import Address, Authenticity
from threads.people import acts
from threads.people.addresses import person_with
from threads.store.parts import end_parts, give_parts, parts_of

LINKED = "linked"
_MOST_HELD = 20
_KEPT = ("name", "language")
"""What the one person takes over from the other where it is not known of them."""


def link(
    session: Session, address: str, other: str, *, ours: Collection[str], actor: str, now: datetime
) -> dict[str, Any]:
    """Make one person of whoever has two addresses; `ours` are those of our mailboxes.

    Whom the first address belongs to stays, and takes over what the other has. Raises `WrongUse` or `NotThere`.
    """
    address, other = (customers_own(session, each, ours) for each in (address, other))
    stays, goes = _both(session, address, other)
    if stays.id == goes:
        return _told(session, stays, other, f"{other} is theirs already", changed=False)
    person = session.get(PersonRow, goes, populate_existing=True) if goes else None
    because = f"{actor} linked {other} to {address}: both are one person's"
    if person is None:
        data = {**_of_both(stays), "addresses": [other], "customer_of": [], "took_part": []}
    else:
        _refuse_two_organisations(session, stays, person)
        data = {**_of_both(stays, person), **_move(session, stays, person)}
    key = uuid7()
    acts.keep(session, LINKED, other, because, {**data, "after": _fields(stays)}, actor=actor, now=now, key=key)
    _say(session, data, because, {"link": str(key)}, actor=actor, now=now)
    return _told(session, stays, other, because)


def names(session: Session, *addresses: str) -> list[str]:
    """What the persons with some addresses are called, of strangers in their held mail; "" for who bears no name."""
    wanted = [each.strip().lower() for each in addresses]
    called = select(AddressRow.address, PersonRow.name).join(PersonRow, PersonRow.id == AddressRow.person_id)
    known = dict(session.execute(called.where(AddressRow.address.in_(wanted))).all())
    return [known[each] if each in known else _called_in_held_mail(session, each) for each in wanted]


def _called_in_held_mail(session: Session, address: str) -> str:
    held = select(MessageRow.from_name).where(MessageRow.held == true(), MessageRow.from_address == address)
    return session.scalar(held.order_by(MessageRow.received_at.desc()).limit(1)) or ""


def differ(one: str, other: str) -> bool:
    """Whether two names are of two people: neither is the other, in another order, or with more or fewer words."""
    first, second = (frozenset(re.findall(r"\w+", each.casefold())) for each in (one, other))
    return not (first <= second or second <= first)


def addresses_of(session: Session, person_id: UUID) -> list[str]:
    """Every address of a person, in order."""
    theirs = select(AddressRow.address).where(AddressRow.person_id == person_id)
    return list(session.scalars(theirs.order_by(AddressRow.address)))


def customers_own(session: Session, address: str, ours: Collection[str]) -> str:
    """An address in lower case that may be a customer's. Raises `WrongUse` for one of the desk's, or an agent's."""
    address = valid_email(address)
    if not address:
        raise WrongUse("an address is missing; write it as in anna@example.com")
    if Address(address).mailbox in ours:
        raise WrongUse(
            f"{address} is a mailbox of this desk, and no customer's; `brief inbox --mailbox` shows its mail"
        )
    if session.scalar(select(AgentRow.id).where(AgentRow.email == address, AgentRow.disabled_at.is_(None)).limit(1)):
        raise WrongUse(f"{address} is an agent's, and no customer's; `brief agent list` shows all")
    return address


def _both(session: Session, address: str, other: str) -> tuple[PersonRow, UUID | None]:
    """The person who stays, and the key of the one who is joined to them; both held, with all their addresses.

    An address that nobody has is given to who stays.
    """
    acts.hold(session, (address, other))
    stays, goes = person_with(session, address), person_with(session, other)
    if stays is None:
        raise NotThere(
            f"nobody here has the address {address}; name first the one that is known: `brief customer list`"
        )
    new = {"address": other, "person_id": stays, "reply_to": ""}
    if goes is None and not insert_ignoring(session, AddressRow, [new]):
        goes = person_with(session, other)  # a mail that named it was quicker
    acts.hold(session, {each for key in (stays, goes) if key for each in addresses_of(session, key)})
    if goes is not None and goes != stays:
        _hold_rows(session, stays, goes)
    return session.get_one(PersonRow, stays, populate_existing=True), goes


def _hold_rows(session: Session, stays: UUID, goes: UUID) -> None:
    """Hold the conversations of who goes, then both persons: in this order a mail that is being placed holds them, too."""
    hold_conversations(session, goes)
    both = select(PersonRow.id).where(PersonRow.id.in_((stays, goes)))
    session.execute(both.order_by(PersonRow.id).with_for_update()).all()


def hold_conversations(session: Session, person_id: UUID) -> None:
    """Hold all conversations of a person."""
    takes_part = select(ParticipantRow.conversation_id).where(ParticipantRow.person_id == person_id)
    theirs = or_(ConversationRow.customer_id == person_id, ConversationRow.id.in_(takes_part))
    hold_in_order(session, theirs)


def _refuse_two_organisations(session: Session, stays: PersonRow, goes: PersonRow) -> None:
    if stays.organisation_id and goes.organisation_id and stays.organisation_id != goes.organisation_id:
        one, other = (session.get_one(OrganisationRow, each.organisation_id).name for each in (stays, goes))
        raise WrongUse(
            f"one of them is of {one}, the other of {other}; `brief organisation member remove` ends what is wrong first"
        )


def _fields(person: PersonRow) -> dict[str, Any]:
    return {**{name: getattr(person, name) for name in _KEPT}, **acts.rights_of(person)}


def _of_both(stays: PersonRow, goes: PersonRow | None = None) -> dict[str, Any]:
    """What has to be known of both persons to make two of them again."""
    data: dict[str, Any] = {"person": str(stays.id), "before": _fields(stays), "other": None}
    if goes is not None:
        times = {"created_at": iso(goes.created_at), "erased_at": iso(goes.erased_at)}
        data["other"] = {"id": str(goes.id), **_fields(goes), **times}
    return data


def _move(session: Session, stays: PersonRow, goes: PersonRow) -> dict[str, Any]:
    """Everything of one person becomes the other's. What it was."""
    customer_of = list(session.scalars(select(ConversationRow.id).where(ConversationRow.customer_id == goes.id)))
    addresses, took_part = addresses_of(session, goes.id), _move_parts(session, stays.id, goes.id)
    for table, column in ((ConversationRow, ConversationRow.customer_id), (AddressRow, AddressRow.person_id)):
        session.execute(update(table).where(column == goes.id).values({column: stays.id}))
    for name in _KEPT:
        setattr(stays, name, getattr(stays, name) or getattr(goes, name))
    if stays.organisation_id is None:
        acts.give_rights(stays, acts.rights_of(goes))
    session.delete(goes)
    session.flush()
    return {"addresses": addresses, "customer_of": [str(each) for each in customer_of], "took_part": took_part}


def _move_parts(session: Session, stays: UUID, goes: UUID) -> list[dict[str, Any]]:
    """Who stays takes part wherever who goes did; where both did, once, since the earlier of both."""
    there, theirs = parts_of(session, stays), parts_of(session, goes)
    both = {key: _one(there[key], theirs[key]) for key in there.keys() & theirs.keys()}
    end_parts(session, goes, both)
    give_parts(session, stays, both)
    session.execute(update(ParticipantRow).where(ParticipantRow.person_id == goes).values(person_id=stays))
    return [
        {"conversation": str(key), **_plain_part(part), "shared": _plain_part(there[key]) if key in there else None}
        for key, part in sorted(theirs.items())
    ]


def _one(part: tuple[str, datetime], other: tuple[str, datetime]) -> tuple[str, datetime]:
    return "customer" if "customer" in (part[0], other[0]) else part[0], min(part[1], other[1])


def _plain_part(part: tuple[str, datetime]) -> dict[str, Any]:
    return {"role": part[0], "since_at": iso(part[1])}


def _say(
    session: Session, moved: Mapping[str, Any], because: str, data: Mapping[str, Any], *, actor: str, now: datetime
) -> None:
    """Let each conversation tell that somebody in it is somebody else now."""
    conversations = {*moved["customer_of"], *(each["conversation"] for each in moved["took_part"])}
    event = {"at": now, "kind": LINKED, "actor": actor, "because": because, "data": dict(data)}
    put(session, EventRow, *({"conversation_id": UUID(each), **event} for each in sorted(conversations)))


def _told(session: Session, person: PersonRow, other: str, because: str, *, changed: bool = True) -> dict[str, Any]:
    """What `brief customer link` gives back; with the codes of the messages by that address that are still held, and which of
    them may be forged.
    """
    beside = select(ParticipantRow.conversation_id).where(ParticipantRow.person_id == person.id)
    held = select(MessageRow.code, MessageRow.authenticity).where(
        MessageRow.held == true(), MessageRow.from_address == other, MessageRow.conversation_id.in_(beside)
    )
    kept = session.execute(held.order_by(MessageRow.received_at).limit(_MOST_HELD)).all()
    return {
        "name": person.name,
        "addresses": addresses_of(session, person.id),
        "held": [row.code for row in kept],
        "may_be_forged": [row.code for row in kept if row.authenticity == Authenticity.FORGED],
        "changed": changed,
        "did": because,
    }
