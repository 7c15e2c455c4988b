"""The queue of calls: webhooks and commands of steps, leased, made, and tried again with growing pauses until they are given up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session

from storage.claim import claim_due, holds
from storage.database import Database
from storage.tables import CallRow, ConversationRow, StepRow, TargetRow
from storage.tables.types import UtcTime
from threads.conversation import iso
from threads.escalation.escalate import Due

LEASE_FOR = timedelta(minutes=2)
"""Longer than any call may take."""
PAUSES = (
    timedelta(seconds=10), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=5), timedelta(minutes=15),
    timedelta(minutes=30), timedelta(hours=1),
)  # fmt: skip
"""Before each further try; after the last one it is given up."""
LONGEST_ANSWER = 300
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Call:
    """A call to make now, by nobody else until the lease runs out."""

    call_id: UUID
    lease: int
    kind: str
    """"webhook" or "command"."""
    step: str
    """The step that wants it, as it is written down."""
    attempt: int
    """Which try this is, from 1."""
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of a call."""

    done: bool
    said: str
    for_good: bool = False
    """Where it is not done: trying again would not help."""


def payload_of(row: ConversationRow, target: TargetRow, due: Due, step: StepRow, now: datetime) -> dict[str, Any]:
    """What a webhook or a command is told of a step."""
    return {
        "id": str(step.id),
        "event": "escalation",
        "step": due.key,
        "at": iso(now),
        "because": due.because,
        "handle": row.handle,
        "conversation": str(row.id),
        "subject": row.subject,
        "mailbox": row.mailbox,
        "customer": {"address": row.customer_address},
        "priority": row.priority,
        "assignee": row.assignee_id,
        "owed": target.kind,
        "due_at": iso(target.due_at),
    }


def is_any_call(session: Session, now: datetime) -> bool:
    """Whether a call may be due."""
    return session.execute(_DUE, {"now": now}).first() is not None


_DUE = (
    select(CallRow.id)
    .where(text("call.state IN ('waiting', 'leased')"), CallRow.due_at <= bindparam("now", type_=UtcTime()))
    .limit(1)
)


def call_due(
    database: Database, make: Callable[[Call], Answered], now: Callable[[], datetime], limit: int = 10
) -> dict[str, int]:
    """Make the calls that are due; how many were done, are to be tried again, or were given up.

    At least once: a call whose process ended before it was written down is made again, under the same "id".
    """
    tally = {"called": 0, "call_deferred": 0, "call_given_up": 0}
    for _ in range(limit):
        with database.writing() as session:  # one at a time: what waits behind slow ones must not outlive its lease
            call = next(map(_leased, claim_due(session, CallRow, now(), LEASE_FOR, 1)), None)
        if call is None:
            break
        answered = make(call)
        with database.writing() as session:
            outcome = _settle(session, call, answered, now())
        tally[outcome] += 1
        _tell(call, answered, outcome)
    return tally


def _tell(call: Call, answered: Answered, outcome: str) -> None:
    """What came of it, for the log: what nobody heard is to be seen by who runs the desk, not at its conversation alone."""
    facts = {"call": str(call.call_id), "kind": call.kind, "step": call.step, "tries": call.attempt, "outcome": outcome}
    if answered.done:
        log.info("call made", **facts)
    else:
        log.warning("call failed", **facts, because=_in_a_line(answered))


def _in_a_line(answered: Answered) -> str:
    return " ".join(answered.said.split())[:LONGEST_ANSWER]


def _leased(row: CallRow) -> Call:
    row.tries += 1
    return Call(row.id, row.lease, row.kind, row.step, row.tries, dict(row.payload))


def _settle(session: Session, call: Call, answered: Answered, now: datetime) -> str:
    """Write down how a call ended; what that counts as."""
    if not holds(session, CallRow, call.call_id, call.lease):
        return "call_deferred"
    row = session.get_one(CallRow, call.call_id)
    row.leased_until, row.last_answer, row.answered = None, _in_a_line(answered), row.answered + 1
    if answered.done:
        row.state, row.done_at = "done", now
        return "called"
    if answered.for_good or call.attempt > len(PAUSES):
        row.state, row.done_at = "given up", now
        return "call_given_up"
    row.state, row.due_at = "waiting", now + PAUSES[call.attempt - 1]
    return "call_deferred"
