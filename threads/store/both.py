"""Answers that two customers got while their conversations were one by mistake: each conversation says so, by an event.

What comes back to such an answer leads where that stands; who wrote it may be of the other conversation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import CompoundSelect, Select, delete, select
from sqlalchemy.orm import Session, aliased

from storage.rows import put
from storage.tables import AddressRow, AliasRow, ConversationRow, EventRow, MessageRow, ParticipantRow
from threads.model import InboundMail, Placement
from threads.placing.both import Other, of_other, takes_no_part
from threads.placing.known import Known
from threads.placing.references import referred_to
from threads.regroup.parting import Letter

WENT_TO_BOTH = "went to both"
"""The kind of the event."""
_There = aliased(EventRow)


def note_both(
    session: Session, answers: Iterable[MessageRow], one: ConversationRow, other: ConversationRow, now: datetime
) -> list[str]:
    """Let both conversations say of each answer that the people of both got it. What they say of each."""
    said = []
    for each in answers:
        because = (
            f"the answer {each.code} went to the people of {one.handle} and of {other.handle}, which were one then; "
            f"who has read it cannot unread it"
        )
        said.append(because)
        note(session, each.id, (one.id, other.id), because, now)
    return said


def note(session: Session, answer: UUID, conversations: Iterable[UUID], because: str, now: datetime) -> None:
    """Let some conversations say of an answer that the people of all of them got it."""
    event = {"message_id": answer, "at": now, "kind": WENT_TO_BOTH, "actor": "", "because": because, "data": {}}
    put(session, EventRow, *({**event, "conversation_id": each} for each in conversations))
    session.flush()


def goes_to_both(session: Session, answer: UUID, here: UUID, others: Collection[UUID], at: datetime) -> None:
    """An answer that arrives once more has brought nobody in who takes part in the others."""
    part = ParticipantRow
    theirs = select(part.person_id).where(part.conversation_id.in_(others))
    session.execute(delete(part).where(part.conversation_id == here, part.since_at == at, part.person_id.in_(theirs)))
    note(session, answer, (here, *others), "", at)


def answers_to_both(session: Session) -> dict[UUID, set[UUID]]:
    """All answers that went to both, with the conversations that say so."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    columns = select(EventRow.message_id, EventRow.conversation_id)
    for message, place in session.execute(columns.where(EventRow.kind == WENT_TO_BOTH)):
        if message is not None:
            found[message].add(place)
    return found


def to_own(session: Session, placement: Placement, known: Known, mail: InboundMail) -> Placement:
    """Where a mail goes that leads to a conversation in which its writer takes no part: to the other that got the same answer."""
    here = placement.conversation
    if here is None or not takes_no_part(placement, known):
        return placement
    answered = next((each for each in referred_to(mail) if known.with_id(each)), "")
    stands_in = {each.conversation for each in known.with_id(answered)}
    row = _ROW
    wanted = select(row.id, row.handle).where(row.id.in_(_others(here, answered if here in stands_in else "")))
    wanted = wanted.where(row.id.in_(_of(known.writer)), row.merged_into_id.is_(None))
    if stands_in and here not in stands_in:
        wanted = wanted.where(row.id.in_(stands_in))
    found = session.execute(wanted.order_by(row.id.desc()).limit(1)).first()
    return of_other(placement, known, Other(*found)) if found is not None else placement


def of_others(session: Session, conversation: UUID, persons: Collection[UUID]) -> set[UUID]:
    """Those of some persons who take part in another conversation that got the same answer: a mail copies none of them in."""
    if not persons:
        return set()
    part = ParticipantRow
    theirs = select(part.person_id).where(part.person_id.in_(persons), part.conversation_id.in_(_others(conversation)))
    return set(session.scalars(theirs))


def of_one(session: Session, letters: Sequence[Letter], conversation: UUID) -> list[Letter]:
    """Some letters as they bring people into a conversation: nobody who takes part in another alone that got the same answer."""
    part = ParticipantRow
    here = select(part.person_id).where(part.conversation_id == conversation)
    alone = select(part.person_id).where(part.conversation_id.in_(_others(conversation)), part.person_id.not_in(here))
    theirs = set(session.scalars(select(AddressRow.address).where(AddressRow.person_id.in_(alone))))
    return [
        replace(each, others=tuple(who for who in each.others if who.address not in theirs)) if theirs else each
        for each in letters
    ]


_ROW = ConversationRow


def _others(here: UUID, answered: str = "") -> Select[UUID]:
    """The conversations whose people got the same answers as those of one; of one answer, where that is named."""
    wanted = (
        select(EventRow.conversation_id)
        .join(_There, _There.message_id == EventRow.message_id)
        .where(EventRow.kind == WENT_TO_BOTH, EventRow.conversation_id != here)
        .where(_There.conversation_id == here, _There.kind == WENT_TO_BOTH)
    )
    return wanted.where(EventRow.message_id.in_(_called(answered))) if answered else wanted


def _called(message_id: str) -> CompoundSelect[UUID]:
    """The messages that go by an ID: two statements, as one that says "or" is looked up along no index."""
    by_alias = select(AliasRow.message_id).where(AliasRow.alias == message_id)
    return select(MessageRow.id).where(MessageRow.message_id == message_id).union_all(by_alias)


def _of(addresses: Collection[str]) -> Select[UUID]:
    """The conversations in which somebody with one of some addresses takes part."""
    part = select(ParticipantRow.conversation_id).join(AddressRow, AddressRow.person_id == ParticipantRow.person_id)
    return part.where(AddressRow.address.in_(addresses))
