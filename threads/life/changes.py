"""What an agent may change about a conversation: pure decisions over its state, each a `Change` or a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.errors import WrongUse
from storage.tables import ConversationRow
from threads.conversation import Change, State, apply, locked, state_of
from threads.departments import Department
from threads.model import Priority, Status
from threads.people.phone import Call

LONGEST_NOTE = 100_000


def closed(state: State, now: datetime, actor: str) -> Change | None:
    """Closed: nobody waits for anybody any more. None where it is so already."""
    if state.status is Status.CLOSED:
        return None
    return Change(
        "status",
        f"{actor} closed it",
        {"status": Status.CLOSED, "closed_at": now, "snoozed_until": None, "waiting_since": None, "due_at": None},
    )


def reopened(state: State, actor: str, waiting_since: datetime | None, due_at: datetime | None) -> Change | None:
    """Open again, waiting since the customer's last mail that nobody answered. None where it is open already."""
    if state.status is Status.OPEN:
        return None
    return Change(
        "status",
        f"{actor} opened it again",
        {
            "status": Status.OPEN,
            "closed_at": None,
            "snoozed_until": None,
            "waiting_since": waiting_since,
            "due_at": due_at,
        },
    )


def unsuspected(state: State, actor: str, waiting_since: datetime | None, due_at: datetime | None) -> Change:
    """Among the others from now on: it was kept apart for nothing. Raises `WrongUse` where it is not."""
    if state.status is not Status.SUSPECTED:
        raise WrongUse("nothing of it is held or suspected: there is nothing to let in")
    because = f"{actor} let it in: it is not what it was suspected of"
    return Change("status", because, {"status": Status.OPEN, "waiting_since": waiting_since, "due_at": due_at})


def snoozed(state: State, actor: str, until: datetime) -> Change:
    """Put aside until a time. Raises `WrongUse` where the conversation is closed."""
    if state.status is Status.CLOSED:
        raise WrongUse("it is closed; open it with `brief reopen` before you put it aside")
    return Change("status", f"{actor} put it aside", {"status": Status.SNOOZED, "snoozed_until": until})


def awake(state: State, now: datetime) -> Change | None:
    """Open again by itself, where the time until which it was put aside has come."""
    if state.status is not Status.SNOOZED or state.snoozed_until is None or state.snoozed_until > now:
        return None
    return Change(
        "status",
        "the time until which it was put aside has come",
        {"status": Status.OPEN, "snoozed_until": None},
    )


def ranked(state: State, actor: str, priority: Priority, reason: str, due_at: datetime | None) -> Change | None:
    """Another priority, by an agent's word. None where it is so already and no reason is given."""
    if state.priority is priority and not reason:
        return None
    because = f"{actor} decided it" + (f": {reason}" if reason else "")
    fields = {"priority": priority, "rule": "agent", "priority_because": because, "due_at": due_at}
    return Change("priority", because, fields)


def assigned(state: State, actor: str, assignee: str | None) -> Change | None:
    """Given to an agent, or (None) to nobody. None where it is so already."""
    if state.assignee_id == assignee:
        return None
    if assignee is None:
        because = f"{actor} gave it back"
    else:
        because = f"{actor} took it" if assignee == actor else f"{actor} gave it to {assignee}"
    return Change("assigned", because, {"assignee_id": assignee})


def moved_to(state: State, actor: str, department: Department) -> Change | None:
    """Another department's; nobody's there, unless who has it is of that, too. None where it is that one's already."""
    if state.department == department.name:
        return None
    because = f"{actor} moved it to {department.name}"
    assignee = state.assignee_id if state.assignee_id in department.members else None
    if assignee != state.assignee_id:
        because += f", where {state.assignee_id} is not"
    return Change("department", because, {"department": department.name, "assignee_id": assignee})


def taken(actor: str, *, already: bool) -> Change | None:
    """Taken by the agent who acts, which ends its escalation; also by one whom it was given to. None where they took it `already`."""
    return None if already else Change("assigned", f"{actor} took it", {"assignee_id": actor})


def noted(text: str, call: Call | None = None) -> Change:
    """Something only agents see, or what was said in a call. Raises `WrongUse` where it says nothing."""
    text = text.strip()
    if not text:
        raise WrongUse("the note is empty; nothing was written down")
    if len(text) > LONGEST_NOTE:
        raise WrongUse(f"the note is longer than {LONGEST_NOTE:,} characters; shorten it")
    return Change("note", "", data={"text": text} | ({"call": call.as_json()} if call else {}))


def with_fields(change: Change, fields: Mapping[str, Any]) -> Change:
    """The same act, which changes this as well."""
    return replace(change, fields={**change.fields, **fields})


def wake_due(session: Session, now: datetime, limit: int = 100) -> int:
    """Bring back conversations whose time to be put aside is over. How many there were."""
    due = (
        select(ConversationRow.id)
        .where(ConversationRow.status == Status.SNOOZED, ConversationRow.snoozed_until <= now)
        .order_by(ConversationRow.snoozed_until)
        .limit(limit)
    )
    woken = 0
    for conversation_id in session.scalars(due).all():
        row = locked(session, conversation_id)
        change = awake(state_of(row), now)
        if change is not None:
            apply(session, row, change, actor="", now=now)
            woken += 1
    return woken
