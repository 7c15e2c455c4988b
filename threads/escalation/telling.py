"""Telling people of a step, by mail: at once, or together with what else was missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.outbox import enqueue
from storage.outgoing import Mailable, OutgoingMail
from storage.tables import AgentRow, ConversationRow, MessageRow, PersonRow, StepRow, TargetRow, TellingRow
from threads.escalation.escalate import Due
from threads.escalation.letters import About, escalation
from threads.escalation.people import Person
from threads.escalation.unreached import in_place_of
from threads.model import Direction, Priority
from threads.policy import Policy
from threads.sla.terms import Aim
from threads.store.envelope_senders import with_own_sender
from threads.store.stops import stopped


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of a letter: its place in the outbox, None where mail does not reach them."""

    outbox_id: UUID | None

    @property
    def state(self) -> str:
        """As `TellingRow.state` says it."""
        return "mailed" if self.outbox_id is not None else "stopped"


def tell(
    session: Session,
    policy: Policy,
    row: ConversationRow,
    step: StepRow,
    people: Sequence[Person],
    about: About,
    now: datetime,
) -> None:
    """Tell people of a step that is carried out; of one that is late they hear with all else that was missed.

    Where mail reaches none of them, all agents whom it reaches are told, too.
    """
    others = in_place_of(session, people)
    unreached = tuple(each.mailable.name or each.mailable.address for each in people) if others else ()
    for each in (*people, *others):
        telling = TellingRow(
            step_id=step.id, address=each.mailable.address, name=each.mailable.name, agent_id=each.agent_id,
            because=each.because, created_at=now,
        )  # fmt: skip
        if others and each not in others:
            telling.state = "stopped"  # said at once, so that who hears in their place later reads it
        elif about.meant_for is None:
            letter = escalation(replace(about, unreached=unreached), each.mailable, now)
            posted = post(session, policy, letter, row.id, now)
            telling.state, telling.outbox_id = posted.state, posted.outbox_id
        session.add(telling)


def post(session: Session, policy: Policy, letter: OutgoingMail, conversation_id: UUID | None, now: datetime) -> Posted:
    """Put a letter to somebody of ours into the outbox, unless mail does not reach them."""
    if stopped(session, letter.recipients):
        return Posted(None)
    mail, token = with_own_sender(session, policy, letter) if conversation_id is not None else (letter, None)
    return Posted(
        enqueue(
            session, mail, purpose="escalation", conversation_id=conversation_id, message_id=None, due_at=now, now=now,
            bounce_token=token,
        )
    )  # fmt: skip


def about_of(
    session: Session, policy: Policy, row: ConversationRow, target: TargetRow, due: Due, now: datetime
) -> About:
    """What those are told who hear of a step as it is carried out."""
    zone = policy.zone_of(policy.mailbox_for(row.mailbox))
    return replace(
        summary_of(session, policy, row, target),
        passed=due.working,
        excerpt=_last_said(session, row.id),
        meant_for=due.due_at.astimezone(zone) if due.is_late(now) else None,
    )


def summary_of(session: Session, policy: Policy, row: ConversationRow, target: TargetRow) -> About:
    """A conversation in which something is owed, in short."""
    customer = session.get(PersonRow, row.customer_id) if row.customer_id else None
    assignee = session.get(AgentRow, row.assignee_id) if row.assignee_id else None
    mailbox = policy.mailbox_for(row.mailbox)
    return About(
        handle=row.handle,
        customer=(customer.name if customer else "") or row.customer_address,
        subject=row.subject,
        mailbox=mailbox,
        aim=Aim(target.kind),
        priority=Priority(row.priority),
        rule=row.rule,
        priority_because=row.priority_because,
        due_at=target.due_at.astimezone(policy.zone_of(mailbox)) if target.due_at else None,
        assignee=(assignee.name or assignee.id) if assignee else "",
        allowed=timedelta(seconds=target.allowed_for),
    )


def _last_said(session: Session, conversation_id: UUID) -> str:
    """What came last from outside, and is not held."""
    message = MessageRow
    wanted = (
        select(message.reply, message.text)
        .where(message.conversation_id == conversation_id, message.direction == Direction.IN, message.held.is_(False))
        .order_by(message.received_at.desc(), message.id.desc())
        .limit(1)
    )
    found = session.execute(wanted).first()
    return (found.reply or found.text) if found else ""


def mailable_of(telling: TellingRow) -> Mailable:
    """Whom it tells."""
    return Mailable(telling.address, telling.name)
