"""A conversation as agents see and change it: every act is an event that knows the state before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from storage.claim import serialise
from storage.errors import NotThere
from storage.tables import ConversationRow, EventRow, PersonRow
from threads.model import Priority, Status
from threads.sla.terms import Aim, Given
from threads.sla.touched import touch, touch_at

if TYPE_CHECKING:
    from threads.policy import Policy  # its calendars load every country's holidays

PLACES = "where messages stand"
"""What agents change alone, and mails are placed by, many at a time."""
_TIMES = frozenset({"waiting_since", "due_at", "snoozed_until", "closed_at", "updated_at", "acknowledged_at",
                    "undelivered_at", "asked_at", "billable_at"})  # fmt: skip
_KEYS = frozenset({"merged_into_id", "customer_id"})


@dataclass(frozen=True, slots=True)
class State:
    """What an agent can change about a conversation."""

    status: Status
    priority: Priority
    rule: str
    priority_because: str
    assignee_id: str | None
    waiting_since: datetime | None
    due_at: datetime | None
    snoozed_until: datetime | None
    closed_at: datetime | None
    department: str = ""
    billable_at: datetime | None = None

    @property
    def has_clock(self) -> bool:
        """Whether an answer would be due to somebody who waits: what came out of an archive starts no clock."""
        return self.waiting_since is None or self.due_at is not None


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be different, and the event that says so."""

    kind: str
    """Of the event: "status", "priority", "assigned", "department", "note", "merged", "let in", "reply"."""
    because: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    """What else the event keeps."""


def state_of(row: ConversationRow) -> State:
    """The state as a value."""
    return State(
        status=Status(row.status),
        priority=Priority(row.priority),
        rule=row.rule,
        priority_because=row.priority_because,
        assignee_id=row.assignee_id,
        waiting_since=row.waiting_since,
        due_at=row.due_at,
        snoozed_until=row.snoozed_until,
        closed_at=row.closed_at,
        department=row.department,
        billable_at=row.billable_at,
    )


def locked(session: Session, conversation_id: UUID) -> ConversationRow:
    """The conversation, read anew and held for this transaction, so that no other process changes it meanwhile.

    Where somebody merged it since it was looked up, the one that it is part of now: what comes must not vanish with it.
    """
    row = locked_itself(session, conversation_id)
    seen = {row.id}
    while row.merged_into_id is not None and row.merged_into_id not in seen:
        row = locked_itself(session, row.merged_into_id)
        seen.add(row.id)
    return row


def hold_all_places(session: Session) -> None:
    """Let no mail be placed until this transaction ends, which changes where messages stand or who takes part.

    Where a mail belongs is looked up before its conversation is held: by what it was before, it would go to the wrong one.
    To be called before anything is held.
    """
    serialise(session, PLACES)


def hold_in_order(session: Session, which: ColumnElement[bool]) -> None:
    """Hold some conversations in the one order in which everybody holds several.

    Side conversations come first, as an answer of a third party holds its own before the main one; of these and of the
    others what was merged away comes first, as a mail that follows it holds it; then they go by their ids.
    """
    row = ConversationRow
    order = (row.side_of_id.is_(None), row.merged_into_id.is_(None), row.id)
    session.execute(select(row.id).where(which).order_by(*order).with_for_update(key_share=True)).all()


def locked_itself(session: Session, conversation_id: UUID) -> ConversationRow:
    """The conversation read anew and held, also where it was merged into another."""
    # without its key: PostgreSQL holds that for every row which names it, and who leases a mail would wait for this one
    but_the_key = {"key_share": True}
    row = session.get(ConversationRow, conversation_id, with_for_update=but_the_key, populate_existing=True)
    if row is None:
        raise NotThere("this conversation is gone; `brief inbox` shows those that are there")
    touch(session, row)
    return row


def apply(
    session: Session, row: ConversationRow, change: Change, *, actor: str, now: datetime, message_id: UUID | None = None
) -> EventRow:
    """Make a change true, and write the event by which it is shown and can be undone."""
    touch_at(session, row, now, answered=change.kind == "reply")
    before = {name: getattr(row, name) for name in change.fields}
    stood = {"conversation": row.id, "updated_at": row.updated_at}
    for name, value in change.fields.items():
        setattr(row, name, value)
    row.updated_at = max(now, row.updated_at)
    event = EventRow(
        conversation_id=row.id,
        message_id=message_id,
        at=now,
        kind=change.kind,
        actor=actor,
        because=change.because,
        data={"before": plain(before), "after": plain(change.fields), **plain(stood), **change.data},
    )
    session.add(event)
    session.flush()
    return event


def apply_to_both(
    session: Session,
    here: tuple[ConversationRow, Change],
    there: tuple[ConversationRow, Change],
    *,
    actor: str,
    now: datetime,
    message_id: UUID | None = None,
) -> EventRow:
    """Make one act true at two conversations. The event of the first; that of the second is its trace, and undone with it."""
    trace = apply(session, *there, actor=actor, now=now, message_id=None)
    row, change = here
    act = replace(change, data={**change.data, "trace": str(trace.id)})
    event = apply(session, row, act, actor=actor, now=now, message_id=message_id)
    trace.data = {**trace.data, "act": str(event.id)}
    session.flush()
    return event


def restore(row: ConversationRow, event: EventRow) -> list[str]:
    """Set back each field that still is as the event left it; counts go back by what it added. Which were left alone."""
    before, after, kept = event.data.get("before", {}), event.data.get("after", {}), []
    for name, value in before.items():
        if name == "messages":
            row.messages = max(0, row.messages - (int(after[name]) - int(value)))
        elif name == "due_at":  # the clocks say it
            row.due_at = from_plain(name, value)
        elif plain({name: getattr(row, name)})[name] == after.get(name):
            setattr(row, name, from_plain(name, value))
        elif value != after.get(name):
            kept.append(name)
    if row.status != Status.SNOOZED:  # what came since made it another: it is not put aside again
        row.snoozed_until = None
    if row.updated_at == event.at and "updated_at" in event.data:
        row.updated_at = datetime.fromisoformat(event.data["updated_at"])
    return kept


def plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Field values as JSON can hold them."""
    return {name: _plain(value) for name, value in fields.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    return str(value) if isinstance(value, UUID) else value


def from_plain(name: str, value: Any) -> Any:
    """A field's value again, as `plain` gave it."""
    if value is None:
        return None
    if name in _TIMES:
        return datetime.fromisoformat(value)
    return UUID(value) if name in _KEYS else value


def due_for(row: ConversationRow, priority: Priority, since: datetime | None, policy: Policy) -> datetime | None:
    """By when an answer is due to somebody who waits since `since`, in the desk's working time.

    What the clocks of the conversation say, which `threads.sla.following.follow` puts right, stands above it.
    """
    return policy.owed_at(Aim.NEXT, row.mailbox, priority, since, given=given_by(row)) if since is not None else None


def given_by(row: ConversationRow) -> Given:
    """What a conversation itself says about what is owed in it."""
    return Given(row.department, row.sla)


def summary(row: ConversationRow, customer: PersonRow | None, held: int = 0, forged: int = 0) -> dict[str, Any]:
    """A conversation in plain values: one line of `brief inbox --json`."""
    return {
        "handle": row.handle,
        "conversation": str(row.id),
        "customer": {"name": customer.name if customer else "", "address": row.customer_address},
        "subject": row.subject,
        "status": row.status,
        "priority": row.priority,
        "because": row.priority_because,
        "assignee": row.assignee_id,
        "department": row.department,
        "due_at": iso(row.due_at),
        "waiting_since": iso(row.waiting_since),
        "snoozed_until": iso(row.snoozed_until),
        "updated_at": iso(row.updated_at),
        "mailbox": row.mailbox,
        "language": row.language,
        "messages": row.messages,
        "held": held,
        "forged": forged,
        "undelivered_at": iso(row.undelivered_at),
    }


def iso(at: datetime | None) -> str | None:
    """A time as RFC 3339 in UTC, the same for the same moment whatever zone it was said in."""
    return at.astimezone(UTC).isoformat() if at else None
