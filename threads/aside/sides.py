"""A side conversation: a third party is asked about a customer's matter, and the customer never sees it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from storage.errors import WrongUse
from storage.tables import AddressRow, ConversationRow, ParticipantRow, PersonRow
from threads.conversation import Change, State, iso
from threads.lookup import conversations_of
from threads.model import Address, Status
from threads.people.addresses import person_with

MOST_SHOWN = 50
_ROW = ConversationRow


@dataclass(frozen=True, slots=True)
class Beside:
    """What a conversation has to do with third parties."""

    about: str = ""
    """The handle of the conversation that it is a side conversation of."""
    asked: int = 0
    """Third parties who have not answered yet."""
    answered: int = 0
    """Those who wait for us again."""


def answered_aside(state: State, who: str, handle: str, at: datetime, due_at: datetime | None) -> Change:
    """What the answer of a third party changes at the main conversation: what waited for it comes back to its agent.

    From then on the customer waits for us. A closed one stays closed, and says so.
    """
    because = f"{who} answered in {handle}"
    if state.status not in {Status.WAITING, Status.SNOOZED}:
        return Change("answered aside", because)
    fields = {
        "status": Status.OPEN,
        "snoozed_until": None,
        "waiting_since": state.waiting_since or at,
        "due_at": due_at,
    }
    return Change("answered aside", f"{because}, so it is open again (it was {state.status.value})", fields)


def refuse_people_of_main(session: Session, side: ConversationRow, people: Collection[Address]) -> None:
    """Raise where somebody who takes part in the main conversation would get to see the side conversation."""
    for each in people:
        if is_of_main(session, side, each.address):
            raise WrongUse(
                f"{each.address} takes part in the conversation that {side.handle} is about, and must not see this one"
            )


def is_of_main(session: Session, side: ConversationRow, address: str) -> bool:
    """Whether somebody with an address takes part in what a side conversation is about."""
    return person_with(session, address) in _of_main(session, side)


def may_join(session: Session, row: ConversationRow, persons: Iterable[UUID]) -> set[UUID]:
    """Those of some persons who may take part in a conversation, also where somebody copies them in.

    In a side conversation nobody does who takes part in what it is about, but whom it is with.
    """
    return set(persons) - (_of_main(session, row) - {row.customer_id})


def _of_main(session: Session, side: ConversationRow) -> frozenset[UUID]:
    main = main_of(session, side)
    if main is None:
        return frozenset()
    return frozenset(session.scalars(select(ParticipantRow.person_id).where(ParticipantRow.conversation_id == main.id)))


def main_of(session: Session, side: ConversationRow) -> ConversationRow | None:
    """The conversation that a side conversation is about; None where it is none. A merge takes its side conversations along."""
    return session.get(_ROW, side.side_of_id) if side.side_of_id is not None else None


def takes_part_in(session: Session, conversation_id: UUID, address: str) -> bool:
    """Whether somebody with an address takes part in a conversation."""
    there = conversations_of(address).where(ParticipantRow.conversation_id == conversation_id)
    return session.scalar(there.limit(1)) is not None


def side_with(session: Session, main_id: UUID, address: str) -> ConversationRow | None:
    """The side conversation about a matter with somebody, None where there is none yet."""
    theirs = select(AddressRow.person_id).where(AddressRow.address == address)
    wanted = _about([main_id]).where(_ROW.customer_id.in_(theirs))
    return session.scalar(wanted.order_by(_ROW.opened_at.desc()).limit(1))


def sides_of(session: Session, main_id: UUID) -> list[dict[str, Any]]:
    """The side conversations about a matter, the first asked first; one whose only mail was taken back is none."""
    wanted = (
        _about([main_id])
        .add_columns(PersonRow.name)
        .outerjoin(PersonRow, PersonRow.id == _ROW.customer_id)
        .where(_ROW.messages > 0)
        .order_by(_ROW.opened_at, _ROW.id)
        .limit(MOST_SHOWN)
    )
    return [
        {
            "handle": row.handle,
            "conversation": str(row.id),
            "status": row.status,
            "with": {"name": name or "", "address": row.customer_address},
            "asked_at": iso(row.opened_at),
        }
        for row, name in session.execute(wanted)
    ]


def beside(session: Session, rows: Sequence[ConversationRow]) -> dict[UUID, Beside]:
    """What stands beside some conversations: in a list of them nothing else tells that somebody else was asked."""
    if not rows:
        return {}
    number: dict[UUID | None, Counter[str]] = defaultdict(Counter)
    sides = _about([row.id for row in rows]).with_only_columns(_ROW.side_of_id, _ROW.status)
    for main_id, status in session.execute(sides):
        number[main_id][status] += 1
    return {row.id: _beside(session, row, number[row.id]) for row in rows}


def _beside(session: Session, row: ConversationRow, number: Mapping[str, int]) -> Beside:
    main = main_of(session, row)
    return Beside(main.handle if main else "", number.get(Status.WAITING, 0), number.get(Status.OPEN, 0))


def _about(main_ids: Collection[UUID]) -> Select[ConversationRow]:
    """The side conversations about some matters."""
    return select(_ROW).where(_ROW.side_of_id.in_(main_ids), _ROW.merged_into_id.is_(None))
