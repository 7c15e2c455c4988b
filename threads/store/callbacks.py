"""Calls that customers wish for, as the walk of a mail finds and writes them: one that is open in a conversation, which a later wish changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.ids import uuid7
from storage.rows import put
from storage.tables import CallbackRow, ConversationRow, EventRow
from threads.arrival import Arrival, Found
from threads.callbacks.heard import can_wish, number_of, wish_of
from threads.callbacks.numbers import country_of
from threads.callbacks.planned import NOTHING_HEARD, Heard, Owed, Planned, planned
from threads.callbacks.wishes import Wish
from threads.conversation import Change, apply
from threads.model import Placement, Priority
from threads.people.addresses import person_with
from threads.policy import Policy
from threads.sla.terms import Given
from threads.store.promises import promised_to

OPEN = "open"


def open_one(session: Session, conversation_id: UUID) -> CallbackRow | None:
    """The call that is open in a conversation, of several the one that is due first."""
    here = select(CallbackRow).where(CallbackRow.conversation_id == conversation_id, CallbackRow.state == OPEN)
    return session.scalar(here.order_by(CallbackRow.until_at, CallbackRow.id).limit(1))


def with_known_number(session: Session, wish: Wish, address: str, conversation_id: UUID | None) -> Wish:
    """A wish without a number with the one at which its customer was to be called before, where there is one."""
    if wish.number:
        return wish
    number = _known(session, address, conversation_id)
    return replace(wish, number=number, because=f"{wish.because}, but one is known from before") if number else wish


def _known(session: Session, address: str, conversation_id: UUID | None) -> str:
    numbers = (
        select(CallbackRow.number).where(CallbackRow.number != "").order_by(CallbackRow.created_at.desc()).limit(1)
    )
    if conversation_id is not None:
        here = session.scalar(numbers.where(CallbackRow.conversation_id == conversation_id))
        if here:
            return here
    person = person_with(session, address)
    if person is None:
        return ""
    theirs = select(ConversationRow.id).where(ConversationRow.customer_id == person)
    return session.scalar(numbers.where(CallbackRow.conversation_id.in_(theirs))) or ""


def listen(
    session: Session, found: Found, placement: Placement, policy: Policy, at: datetime, owed: Owed, *, forwarded: bool
) -> Heard:
    """What a mail says about a call; in a new conversation with the call that is promised.

    By what its customer was called at before, where it names no number: not where anybody may have typed their address.
    """
    if not can_wish(found, placement):
        return NOTHING_HEARD
    new = placement.conversation is None
    calendar = policy.calendars.get(owed.mailbox, policy.calendar)
    wish = wish_of(found, at, calendar.zone, country_of(calendar), new=new, forwarded=forwarded)
    if wish is None:
        number = None if new else number_of(found, at, calendar.zone, country_of(calendar))
        return Heard(number=number.dialled if number else "")
    author = found.mail.author
    if not found.typed and not forwarded and author is not None:
        wish = with_known_number(session, wish, author.address, placement.conversation)
    return Heard(wish, plan=planned(wish, policy, owed, at) if new else None)


def hear_wish(session: Session, arrival: Arrival, row: ConversationRow, message_id: UUID, *, new: bool) -> None:
    """Write down that somebody wishes to be called, or that they gave the number for it."""
    heard = arrival.heard
    if new:
        if heard.plan is not None:
            _put(session, arrival, row, message_id, heard.plan)
        return
    there = open_one(session, row.id) if heard.wish is not None or heard.number else None
    if heard.wish is not None:
        _wish(session, arrival, row, message_id, there, heard.wish)
    elif there is not None and not there.number:
        there.number = heard.number
        _say(session, arrival, row, message_id, f"gave the number at which they are to be called: {there.number}")


def _wish(
    session: Session, arrival: Arrival, row: ConversationRow, message_id: UUID, there: CallbackRow | None, wish: Wish
) -> None:
    """A wish in a conversation that is there already."""
    plan = planned(wish, arrival.policy, owed_in(session, row), arrival.at)
    if plan is None:
        return
    if there is None:
        _add(session, arrival, row, message_id, plan)
    else:
        _change(session, arrival, row, message_id, there, plan, keeps_window=not wish.spans)


def owed_in(session: Session, row: ConversationRow) -> Owed:
    """By whose hours the customer of a conversation is called."""
    promised = promised_to(session, row.customer_id)
    return Owed(row.mailbox, Priority(row.priority), promised, Given(row.department, row.sla))


def values_of(plan: Planned, conversation_id: UUID, message_id: UUID | None, at: datetime) -> dict[str, Any]:
    """The row of a call; whose it is, is told when its window begins."""
    window = plan.window
    return {
        "id": uuid7(),
        "conversation_id": conversation_id,
        "message_id": message_id,
        "state": OPEN,
        "number": plan.number,
        "said": plan.said,
        "from_at": window.from_at,
        "until_at": window.until_at,
        "because": plan.because,
        "created_at": at,
        "tell_at": window.from_at,
    }


def in_words(plan: Planned, zone: tzinfo) -> str:
    """When and at which number, for an event."""
    here = plan.here(zone).window
    ends = (
        f"{here.until_at:%H:%M}" if here.until_at.date() == here.from_at.date() else f"{here.until_at:%d.%m.%Y %H:%M}"
    )
    number = f", at {plan.shown}" if plan.number else ", no number is known"
    return f"{here.from_at:%d.%m.%Y %H:%M} to {ends}{number} ({plan.because})"


def _because(arrival: Arrival, plan: Planned) -> str:
    return f"wishes to be called: {in_words(plan, arrival.policy.zone_of(arrival.mailbox))}"


def _put(session: Session, arrival: Arrival, row: ConversationRow, message_id: UUID, plan: Planned) -> None:
    """The same past the mapper, as all of a new conversation is written."""
    put(session, CallbackRow, values_of(plan, row.id, message_id, arrival.at))
    because = f"{_who(arrival)} {_because(arrival, plan)}"
    event = {"conversation_id": row.id, "message_id": message_id, "at": arrival.at, "kind": "callback", "actor": "",
             "because": because, "data": {}}  # fmt: skip
    put(session, EventRow, event)


def _add(session: Session, arrival: Arrival, row: ConversationRow, message_id: UUID, plan: Planned) -> None:
    session.add(CallbackRow(**values_of(plan, row.id, message_id, arrival.at)))
    _say(session, arrival, row, message_id, _because(arrival, plan))


def _change(
    session: Session, arrival: Arrival, row: ConversationRow, message_id: UUID, there: CallbackRow, plan: Planned,
    *, keeps_window: bool,
) -> None:  # fmt: skip
    """Another wish, which holds instead; without a time that of before stays, unless that is over."""
    there.message_id, there.said, there.number = message_id, plan.said, plan.number or there.number
    if keeps_window and there.until_at > arrival.at:
        _say(session, arrival, row, message_id, "asks once more to be called")
        return
    window = plan.window
    there.from_at, there.until_at, there.because, there.tell_at = (
        window.from_at,
        window.until_at,
        plan.because,
        window.from_at,
    )
    _say(session, arrival, row, message_id, _because(arrival, plan))


def _say(session: Session, arrival: Arrival, row: ConversationRow, message_id: UUID, what: str) -> None:
    change = Change("callback", f"{_who(arrival)} {what}")
    apply(session, row, change, actor="", now=arrival.at, message_id=message_id)


def _who(arrival: Arrival) -> str:
    author = arrival.customer if arrival.by_colleague else arrival.mail.author
    return author.address if author is not None and author.address else "somebody"
