"""What the rules asked for beside a priority: tags, and whose a new conversation is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from storage.claim import insert_ignoring
from storage.rows import put
from storage.tables import AgentRow, ConversationRow, EventRow, TagRow
from threads.arrival import Arrival
from threads.conversation import Change, apply
from threads.model import Kind
from threads.regroup.raising import policy_holds


def tag(session: Session, conversation: UUID, arrival: Arrival) -> None:
    """Give a conversation the tags that the rules ask for; those that it has stay."""
    if arrival.urgency.tags:
        rows = [{"conversation_id": conversation, "tag": each} for each in arrival.urgency.tags]
        insert_ignoring(session, TagRow, rows)


def retag(session: Session, conversation: UUID, tags: Collection[str]) -> None:
    """Let a conversation have exactly these tags."""
    here = TagRow.conversation_id == conversation
    session.execute(delete(TagRow).where(here, TagRow.tag.not_in(tags)))
    insert_ignoring(session, TagRow, [{"conversation_id": conversation, "tag": each} for each in tags])


def give_policy(session: Session, row: ConversationRow, arrival: Arrival, message_id: UUID) -> None:
    """Give a conversation that goes on the SLA policy that a rule asks for, where it has none by a rule yet."""
    name = arrival.urgency.sla
    if not name or row.sla or arrival.found.imported or arrival.found.classification.kind is not Kind.PERSON:
        return
    change = Change("sla", policy_holds(arrival.urgency), {"sla": name})
    apply(session, row, change, actor="", now=arrival.at, message_id=message_id)


def tags_of(session: Session, conversation: UUID) -> list[str]:
    """The tags of a conversation in the order of the alphabet."""
    return sorted(session.scalars(select(TagRow.tag).where(TagRow.conversation_id == conversation)))


def assigned_by_rule(session: Session, arrival: Arrival) -> str | None:
    """The agent whose a new conversation becomes by a rule: None where none does, or that agent is not there any more."""
    wanted = arrival.urgency.assignee
    return agent_there(session, wanted) if wanted and not arrival.found.imported else None


def agent_there(session: Session, wanted: str) -> str | None:
    """The ID of an agent who is there, None where nobody is called so or they answer no more."""
    return session.scalar(select(AgentRow.id).where(AgentRow.id == wanted, AgentRow.disabled_at.is_(None)))


def say_unassigned(session: Session, arrival: Arrival, row: ConversationRow, event: Mapping[str, Any]) -> None:
    """Note whose it became by a rule, or that the agent whom a rule names is not there."""
    wanted = arrival.urgency.assignee
    if not wanted or arrival.found.imported:
        return
    if row.assignee_id:
        because = f"a rule gives it to {wanted}: {arrival.urgency.because}"
        put(
            session,
            EventRow,
            {**event, "kind": "assigned", "because": because, "data": {"after": {"assignee_id": wanted}}},
        )
        return
    because = f"a rule names the agent {wanted}, who is not there or disabled, so it is nobody's yet"
    put(session, EventRow, {**event, "kind": "not assigned", "because": because, "data": {}})
