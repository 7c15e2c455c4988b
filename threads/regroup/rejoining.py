"""What came to a conversation while it was one with another counts for it alone, now that it is one no more."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from storage.tables import ConversationRow, EventRow, MessageRow
from threads.conversation import Change, State, apply, from_plain
from threads.life.returned import after_failure
from threads.model import Priority, Status, Urgency
from threads.regroup.parted import messages_of
from threads.regroup.parting import last_address
from threads.regroup.raising import RANK, raises, ranked, write_policy, write_raises
from threads.regroup.splitting import By
from threads.regroup.standing import effects_of, joined, roused
from threads.regroup.tally import Said
from threads.store.letters import bring_in, customer_addresses, letters_of, taking_part_in

STANDING = ("status", "snoozed_until", "closed_at", "waiting_since", "due_at")
"""The fields by which somebody waits for an answer, or nobody does."""
_AS_PUT_ASIDE = ("status", "snoozed_until")


def rejoin(
    session: Session,
    half: ConversationRow,
    keys: Collection[UUID],
    was: State,
    urgency: Mapping[UUID, Urgency],
    by: By,
    *,
    other_id: UUID,
    put_aside: UUID | None,
) -> None:
    """Put a conversation right that stands as before it was one with another, by those of its messages that came since.

    `was` is how the two stood as one, `urgency` that of each mail that came. By the act `put_aside` an agent closed both since or
    put them aside: what came before it is left so. Who is of the other alone takes part in this one no more than before.
    """
    messages = messages_of(session, half.id)
    came, there = (
        letters_of(session, [each for each in messages if (each.id in keys) is new], by.policy, half.customer_id)
        for new in (True, False)
    )
    ranks = _ranks(session, half, [each for each in messages if each.id in keys], was, urgency)
    fields = joined(session, half, came, there, was, _as_ranked(ranks), by.policy) | ranks
    rests = put_aside if _is_put_aside(session, half, put_aside) else None
    if rests is not None:
        fields |= {name: getattr(half, name) for name in _AS_PUT_ASIDE}
    later = [each for each in messages if put_aside is None or each.id > put_aside]
    fields |= roused(session, half, fields, later, by.policy)
    if any(each.said.is_question for each in came):
        fields["undelivered_at"] = None
    fields |= _undelivered(session, half, fields, keys, [each.said for each in (*there, *came)], rests)
    newest = max((half.updated_at, *(each.said.at for each in came)))
    if (change := _untold(session, half, fields, keys)) is not None:
        apply(session, half, change, actor="", now=by.now, message_id=_first(keys))
    for name, value in fields.items():
        setattr(half, name, value)
    half.updated_at = newest
    if last := last_address((*there, *came), customer_addresses(session, half.customer_id)):
        half.customer_address = last
    if came:
        bring_in(session, half.id, came, None, without=taking_part_in(session, other_id))
    session.flush()


def _is_put_aside(session: Session, half: ConversationRow, put_aside: UUID | None) -> bool:
    """Whether the act by which an agent put the two aside still holds for a half: it was done to that."""
    if put_aside is None or half.status != Status.SNOOZED:
        return False
    return session.get_one(EventRow, put_aside).conversation_id == half.id


def _undelivered(
    session: Session,
    half: ConversationRow,
    fields: Mapping[str, Any],
    keys: Collection[UUID],
    said: Collection[Said],
    rests: UUID | None,
) -> dict[str, Any]:
    """How a conversation stands whose answer came back, as long as nobody wrote after that; one put aside after it rests on."""
    last = max((each.at for each in said if each.counts), default=None)
    for event in effects_of(session, keys):
        if "undelivered_at" in event.data.get("after", {}) and event.kind == "delivery":
            if last is not None and last > event.at:
                return {}
            status = Status(fields.get("status", half.status))
            changed = after_failure("reply", status, event.at)
            kept = _AS_PUT_ASIDE if rests is not None and rests > event.id else ()
            return {name: value for name, value in changed.items() if name not in kept}
    return {}


def _ranks(
    session: Session, half: ConversationRow, came: Sequence[MessageRow], was: State, urgency: Mapping[UUID, Urgency]
) -> dict[str, Any]:
    """How urgent what came since makes a conversation, and what is charged of it: nothing that an agent took from both since."""
    effects = effects_of(session, [each.id for each in came])
    mails = ranked(came, urgency, effects)
    asked = [event.data["after"]["asked_at"] for event in effects if "asked_at" in event.data.get("after", {})]
    asked_at = half.asked_at or from_plain("asked_at", asked[-1] if asked else None)
    raising = raises(Priority(half.priority), mails, at_most=was.priority, asked=asked_at is not None)
    start = {name: getattr(half, name) for name in RANK}
    fields = write_raises(session, half.id, start, raising, billed=was.billable_at is not None)
    return fields | ({} if half.sla else write_policy(session, half.id, mails, effects)) | {"asked_at": asked_at}


def _as_ranked(ranks: Mapping[str, Any]) -> Urgency:
    if "priority" not in ranks:
        return Urgency(Priority.NORMAL, "", "nothing that came raises it")
    return Urgency(ranks["priority"], ranks["rule"], ranks["priority_because"])


def _untold(
    session: Session, half: ConversationRow, fields: Mapping[str, Any], keys: Collection[UUID]
) -> Change | None:
    """What becomes of it that no event tells: when the mails came it was so already, because of the other."""
    effects = effects_of(session, keys)
    told = {each.kind for each in effects}
    if any(each.kind == "delivery" and "status" in each.data.get("after", {}) for each in effects):
        told.add("status")
    status = fields.get("status", half.status)
    if status != half.status and "status" not in told:
        answered = "not answered" if status == Status.OPEN else "answered"
        because = f"what came since the two were one is {answered} (it was {half.status})"
        return Change("status", because, _some(fields, STANDING))
    return None


def _some(fields: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    return {name: fields[name] for name in names if name in fields}


def _first(keys: Collection[UUID]) -> UUID | None:
    return min(keys, default=None)
