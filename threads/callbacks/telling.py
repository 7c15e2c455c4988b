"""Telling whose call it is that its window has begun: one letter to each, once, however many calls it is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from storage.claim import serialise
from storage.database import Database
from storage.outgoing import Mailable
from storage.tables import CallbackRow, ConversationRow, EventRow, PersonRow
from threads.agents import agents_of
from threads.callbacks.letters import About, time_to_call
from threads.callbacks.numbers import country_of, shown
from threads.callbacks.planned import COSTLY
from threads.departments import members_of
from threads.escalation.telling import post
from threads.policy import Policy

AT_MOST = 200
"""Calls in one transaction: nobody else writes to SQLite meanwhile."""


def tell_due(database: Database, policy: Policy, now: datetime) -> dict[str, int]:
    """Tell of the calls whose windows have begun; how many there were. Nothing is written where there is none."""
    with database.reading() as session:
        if session.execute(callbacks_due(now).limit(1)).first() is None:
            return {}
    with database.writing() as session:
        return {"callbacks": _tell(session, policy, now)}


def callbacks_due(now: datetime) -> Select[UUID]:
    """What finds the calls of which somebody is to be told."""
    return select(CallbackRow.id).where(CallbackRow.tell_at.is_not(None), CallbackRow.tell_at <= now)


def _tell(session: Session, policy: Policy, now: datetime) -> int:
    serialise(session, "tell of callbacks")  # so that two processes do not write two letters to one person
    wanted = (
        select(CallbackRow, ConversationRow)
        .join(ConversationRow, ConversationRow.id == CallbackRow.conversation_id)
        .where(CallbackRow.tell_at.is_not(None), CallbackRow.tell_at <= now)
        .order_by(CallbackRow.tell_at, CallbackRow.id)
        .limit(AT_MOST)
        .with_for_update(of=CallbackRow, skip_locked=True)
    )
    found = [(each, row) for each, row in session.execute(wanted)]
    agents = agents_of(session)
    by_person: dict[Mailable, list[tuple[CallbackRow, ConversationRow]]] = defaultdict(list)
    for callback, row in found:
        people = _whose(policy, agents, row)
        callback.tell_at = None
        session.add(_event(callback, row, people, now))
        for each in people:
            by_person[each].append((callback, row))
    for person, theirs in by_person.items():
        _post(session, policy, person, theirs, now)
    session.flush()
    return len(found)


def _whose(policy: Policy, agents: Mapping[str, Mailable], row: ConversationRow) -> list[Mailable]:
    """Whose call it is: the assignee's, else their department's, else everybody's."""
    department = row.department or policy.mailbox_for(row.mailbox).department
    for group in ([row.assignee_id or ""], members_of(policy.departments, department)):
        there = [agents[each] for each in group if each in agents]
        if there:
            return there
    return list(agents.values())


def _event(callback: CallbackRow, row: ConversationRow, people: Iterable[Mailable], now: datetime) -> EventRow:
    told = ", ".join(each.name or each.address for each in people)
    because = (
        f"it is time to call: {told} told"
        if told
        else "it is time to call; no agent has a mail address, so nobody was told"
    )
    data = {"told": [each.address for each in people]}
    return EventRow(
        conversation_id=row.id,
        message_id=callback.message_id,
        at=now,
        kind="callback",
        actor="",
        because=because,
        data=data,
    )


def _post(
    session: Session,
    policy: Policy,
    to: Mailable,
    theirs: Sequence[tuple[CallbackRow, ConversationRow]],
    now: datetime,
) -> None:
    about = [_about(session, policy, callback, row) for callback, row in theirs]
    only = theirs[0][1].id if len({row.id for _, row in theirs}) == 1 else None
    post(session, policy, time_to_call(about, to, now), only, now)


def _about(session: Session, policy: Policy, callback: CallbackRow, row: ConversationRow) -> About:
    mailbox = policy.mailbox_for(row.mailbox)
    customer = session.get(PersonRow, row.customer_id) if row.customer_id else None
    zone = policy.zone_of(mailbox)
    country = country_of(policy.calendars.get(row.mailbox, policy.calendar))
    return About(
        mailbox=mailbox,
        handle=row.handle,
        customer=(customer.name if customer else "") or row.customer_address,
        subject=row.subject,
        number=shown(callback.number, country) if callback.number else "",
        from_at=callback.from_at.astimezone(zone),
        until_at=callback.until_at.astimezone(zone),
        said=callback.said,
        is_costly=COSTLY in callback.because,
    )
