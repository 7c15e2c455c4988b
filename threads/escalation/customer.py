"""What the customer hears when a conversation is escalated: once for each answer that is owed, where the settings say so."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.outbox import enqueue
from storage.outgoing import Mailable
from storage.rows import put
from storage.tables import ConversationRow, MessageRow, StepRow, TargetRow
from threads.escalation.letters import still_open
from threads.model import Direction
from threads.outgoing.answering import mail_to_answer
from threads.policy import Policy
from threads.sla.terms import Aim
from threads.store.messages import by_itself
from threads.store.reply_addresses import reply_to_of
from threads.store.stops import stopped

BECAUSE = "the settings have customers told when their conversation is escalated"


def tell_customer(session: Session, policy: Policy, row: ConversationRow, target: TargetRow, now: datetime) -> bool:
    """Tell the customer by when a person answers, with the first step of what is owed; whether they are told.

    Only who was acknowledged hears of it, at that address: it was decided there that something may go to them by itself.
    """
    acknowledged = (
        _acknowledged(session, row.id) if target.kind != Aim.SOLUTION and _is_first(session, target) else None
    )
    if acknowledged is None:
        return False
    to, subject = acknowledged
    if stopped(session, [to.address]):
        return False
    last = mail_to_answer(session, row.id)
    mailbox = policy.mailbox_for(row.mailbox)
    is_to_come = target.due_at is not None and target.due_at > now
    letter = still_open(
        mailbox=mailbox,
        to=to,
        subject=subject,
        language=row.language,
        answer_by=target.due_at.astimezone(policy.zone_of(mailbox)) if target.due_at and is_to_come else None,
        now=now,
        in_reply_to=(last.message_id or "") if last else "",
        reply_to=reply_to_of(session, policy, row.id, row.mailbox, now),
        html=policy.html,
    )
    message = by_itself(letter, "notice", BECAUSE, row.id, now)
    put(session, MessageRow, message)
    enqueue(
        session, letter, purpose="notice", conversation_id=row.id, message_id=message["id"], due_at=now, now=now,
        content="still open",  # whatever it says: several to one address in short order may be a loop
    )  # fmt: skip
    return True


def _is_first(session: Session, target: TargetRow) -> bool:
    """Whether no step before was carried out for a target; that of now is written already."""
    done = select(StepRow.id).where(StepRow.target_id == target.id, StepRow.state == "done").limit(2)
    return len(session.execute(done).all()) < 2


def _acknowledged(session: Session, conversation_id: UUID) -> tuple[Mailable, str] | None:
    """Whom the acknowledgement of a conversation went to, and its subject: nothing that may have been typed into a form."""
    ours = MessageRow.direction == Direction.OUT, MessageRow.kind == "acknowledgement"
    wanted = select(MessageRow.to, MessageRow.subject).where(MessageRow.conversation_id == conversation_id, *ours)
    found = session.execute(
        wanted.where(MessageRow.message_id.is_not(None)).limit(1)
    ).first()  # a stranger's has none here
    return (Mailable(found.to[0]["address"], found.to[0].get("name", "")), found.subject) if found else None
