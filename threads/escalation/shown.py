"""What the timeline says of a step: who was told, whether that mail was delivered, and what became of its calls."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.tables import CallRow, OutboxRow, StepRow, TellingRow
from threads.conversation import iso

Shown = dict[str, list[dict[str, Any]]]


def told_at(session: Session, events: Collection[UUID]) -> dict[UUID | None, Shown]:
    """By the event of a step: {"told": [...], "calls": [...]}."""
    found: dict[UUID | None, Shown] = defaultdict(lambda: {"told": [], "calls": []})
    if not events:
        return found
    told = (
        select(StepRow.event_id, TellingRow, OutboxRow)
        .join(TellingRow, TellingRow.step_id == StepRow.id)
        .outerjoin(OutboxRow, OutboxRow.id == TellingRow.outbox_id)
        .where(StepRow.event_id.in_(events))
        .order_by(TellingRow.id)
    )
    for event, telling, mail in session.execute(told):
        found[event]["told"].append(_told(telling, mail))
    calls = select(StepRow.event_id, CallRow).join(CallRow, CallRow.step_id == StepRow.id)
    for event, call in session.execute(calls.where(StepRow.event_id.in_(events)).order_by(CallRow.id)):
        found[event]["calls"].append(_call(call))
    return found


def _told(telling: TellingRow, mail: OutboxRow | None) -> dict[str, Any]:
    return {
        "name": telling.name,
        "address": telling.address,
        "agent": telling.agent_id,
        "because": telling.because,
        "state": mail.state if mail else telling.state,
        "sent_at": iso(mail.sent_at) if mail else None,
        "answer": mail.last_answer if mail else "",
    }


def _call(call: CallRow) -> dict[str, Any]:
    ended = call.tries - (call.state == "leased")  # the one that is on now is no riddle yet
    return {
        "kind": call.kind,
        "state": call.state,
        "tries": call.tries,
        "answer": call.last_answer,
        "maybe_twice": ended > call.answered,
    }
