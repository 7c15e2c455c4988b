"""Two persons again of one: a link is taken back, with all that it moved, and what came since goes to who wrote it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import Session

from storage.errors import WrongUse
from storage.tables import (
    ActRow,
    AddressRow,
    ConversationRow,
    EventRow,
    MessageRow,
    OrganisationRow,
    ParticipantRow,
    PersonRow,
)
from threads.model import Direction, Kind
from threads.people import acts
from threads.people.addresses import take_part
from threads.people.linking import LINKED, addresses_of, hold_conversations
from threads.store.parts import end_parts, give_conversations, give_parts
from threads.undo.ledger import PLACING


def unlink(session: Session, act: ActRow, now: datetime) -> None:
    """Take a link back. Raises `WrongUse` where somebody linked the same addresses further since."""
    data = act.data
    theirs = list(data["addresses"])
    acts.hold(session, theirs)
    stayed = session.get(PersonRow, UUID(data["person"]), populate_existing=True)
    if stayed is None or not set(theirs) <= set(addresses_of(session, stayed.id)):
        raise WrongUse(f"{act.about} has been linked to somebody else since; that has to be taken back first")
    acts.hold(session, addresses_of(session, stayed.id))
    hold_conversations(session, stayed.id)
    since = _since(session, act, stayed.id, theirs)
    other = _made_again(session, data, theirs, now, wrote=bool(since))
    _restore(stayed, data)
    session.flush()
    if other is None:
        return
    session.execute(update(AddressRow).where(AddressRow.address.in_(theirs)).values(person_id=other))
    own = addresses_of(session, stayed.id)
    stayed_in = set(_since(session, act, stayed.id, own))
    _give_back(session, act, stayed.id, other, stayed_in)
    _leave_what_came_since(session, act, since, stayed.id, other, stayed_in)
    for person, addresses, foreign in ((stayed.id, own, theirs), (other, theirs, own)):
        _answers_go_to_their_own(session, person, addresses, foreign)
    _say_undone(session, act, now)


def _made_again(
    session: Session, data: dict[str, Any], theirs: list[str], now: datetime, *, wrote: bool
) -> UUID | None:
    """The person who was joined to the other; a new one for an address that had none and was written from since."""
    was = data["other"]
    if was is None and not wrote:
        session.delete(session.get_one(AddressRow, theirs[0]))
        return None
    person = PersonRow(created_at=now)
    if was is not None:
        person = PersonRow(
            id=UUID(was["id"]), name=was["name"], language=was["language"], created_at=_time(was["created_at"])
        )
        person.erased_at = _time(was["erased_at"]) if was["erased_at"] else None
        if was["organisation_id"] and session.get(OrganisationRow, UUID(was["organisation_id"])):
            acts.give_rights(person, was)
    session.add(person)
    session.flush()
    return person.id


def _restore(person: PersonRow, data: dict[str, Any]) -> None:
    """What the link changed about who stayed is as before, as far as nobody changed it since."""
    before, after = data["before"], data["after"]
    for name in ("name", "language"):
        if getattr(person, name) == after[name]:
            setattr(person, name, before[name])
    if acts.rights_of(person) == {name: after[name] for name in acts.RIGHTS}:
        acts.give_rights(person, before)


def _give_back(session: Session, act: ActRow, stayed: UUID, other: UUID, stayed_in: Collection[UUID]) -> None:
    """The conversations that were theirs are again, in the roles that both had; who stayed is where they wrote since."""
    give_conversations(session, [UUID(each) for each in act.data["customer_of"]], stayed, other)
    took_part = {UUID(each["conversation"]): each for each in act.data["took_part"]}
    shared = {key: each["shared"] for key, each in took_part.items() if each["shared"]}
    end_parts(session, stayed, took_part.keys() - shared.keys() - set(stayed_in))
    give_parts(session, stayed, _parts(shared))
    give_parts(session, other, _parts(took_part))


def _parts(plain: Mapping[UUID, Mapping[str, Any]]) -> dict[UUID, tuple[str, datetime]]:
    return {key: (each["role"], _time(each["since_at"])) for key, each in plain.items()}


def _since(session: Session, act: ActRow, person: UUID, addresses: Collection[str]) -> list[UUID]:
    """The conversations in which some addresses of a person wrote since the link, or whose messages came there since."""
    theirs = select(ParticipantRow.conversation_id).where(ParticipantRow.person_id == person)
    written = _written(act, addresses).where(MessageRow.conversation_id.in_(theirs))
    return list(session.scalars(written.distinct()))


def _written(act: ActRow, addresses: Collection[str]) -> Select[UUID]:
    brought = select(EventRow.conversation_id).where(
        EventRow.id > act.id, EventRow.kind.in_(PLACING), EventRow.undone_at.is_(None)
    )
    return select(MessageRow.conversation_id).where(
        MessageRow.direction == Direction.IN,
        MessageRow.kind == Kind.PERSON,
        MessageRow.held.is_(False),
        MessageRow.from_address.in_(addresses),
        # keys are in the order of their making, whatever an archive's mails are dated
        or_(MessageRow.id > act.id, MessageRow.conversation_id.in_(brought)),
    )


def _leave_what_came_since(
    session: Session, act: ActRow, since: list[UUID], stayed: UUID, other: UUID, stayed_in: Collection[UUID]
) -> None:
    """Who wrote since the link takes part where they wrote; what they began is theirs."""
    own = addresses_of(session, stayed)
    for conversation in since:
        row = session.get_one(ConversationRow, conversation)
        began = row.customer_id == stayed and row.id > act.id and _first_writer(session, row.id) not in own
        if began:
            row.customer_id = other
        part = session.get(ParticipantRow, (row.id, stayed))
        if part is not None and (began or part.since_at > act.at):  # they take part there because of the other
            part.role = "participant"
            if row.id not in stayed_in:
                session.delete(part)
        session.flush()
        take_part(session, row.id, other, act.at, role="customer" if began else "participant")


def _first_writer(session: Session, conversation: UUID) -> str:
    first = select(MessageRow.from_address).where(
        MessageRow.conversation_id == conversation, MessageRow.direction == Direction.IN
    )
    return session.scalar(first.order_by(MessageRow.received_at, MessageRow.id).limit(1)) or ""


def _answers_go_to_their_own(session: Session, person: UUID, addresses: list[str], foreign: list[str]) -> None:
    """Where a customer wrote last from an address that is no longer theirs, answers go to theirs again."""
    astray = select(ConversationRow).where(
        ConversationRow.customer_id == person, ConversationRow.customer_address.in_(foreign)
    )
    for row in session.scalars(astray).all():
        written = select(MessageRow.from_address).where(
            MessageRow.conversation_id == row.id, MessageRow.from_address.in_(addresses)
        )
        last = session.scalar(written.order_by(MessageRow.received_at.desc()).limit(1))
        row.customer_address = last or addresses[0]


def _say_undone(session: Session, act: ActRow, now: datetime) -> None:
    there = select(EventRow).where(EventRow.kind == LINKED, EventRow.at == act.at, EventRow.actor == act.actor)
    for event in session.scalars(there).all():
        if event.data["link"] == str(act.id):
            event.undone_at = now


def _time(value: str) -> datetime:
    return datetime.fromisoformat(value)
