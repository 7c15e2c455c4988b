"""What a letter of an escalation tells of a conversation."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.tables import AgentRow, ConversationRow, MessageRow, PersonRow, StepRow, TargetRow
from threads.escalation.escalate import LATE_AFTER
from threads.escalation.letters import About
from threads.model import Direction, Priority
from threads.policy import Policy
from threads.sla.terms import Aim


def summary_of(session: Session, policy: Policy, step: StepRow, target: TargetRow, row: ConversationRow) -> About:
    """A conversation in which something is owed, by the step that tells of it."""
    customer = session.get(PersonRow, row.customer_id) if row.customer_id else None
    assignee = session.get(AgentRow, row.assignee_id) if row.assignee_id else None
    mailbox = policy.mailbox_for(row.mailbox)
    zone = policy.zone_of(mailbox)
    late = step.done_at - step.due_at > LATE_AFTER
    return About(
        handle=row.handle,
        customer=(customer.name if customer else "") or row.customer_address,
        subject=row.subject,
        mailbox=mailbox,
        aim=Aim(target.kind),
        priority=Priority(row.priority),
        rule=row.rule,
        priority_because=row.priority_because,
        due_at=target.due_at.astimezone(zone) if target.due_at else None,
        assignee=(assignee.name or assignee.id) if assignee else "",
        passed=None if late else timedelta(seconds=step.passed_for),
        allowed=timedelta(seconds=target.allowed_for),
        meant_for=step.due_at.astimezone(zone) if late else None,
    )


def last_said(session: Session, row: ConversationRow) -> str:
    """What came last from outside, and is not held."""
    message = MessageRow
    wanted = (
        select(message.reply, message.text)
        .where(message.conversation_id == row.id, message.direction == Direction.IN, message.held.is_(False))
        .order_by(message.received_at.desc(), message.id.desc())
        .limit(1)
    )
    found = session.execute(wanted).first()
    return (found.reply or found.text) if found else ""
