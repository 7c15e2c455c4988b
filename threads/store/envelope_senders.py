"""The envelope sender of a mail of ours: a random address, by which what comes back finds the mail that it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from storage.outbox import enqueue
from storage.outgoing import OutgoingMail
from storage.tables import ConversationRow
from threads.policy import Policy
from threads.store.reply_addresses import takes_detail
from threads.store.stops import stopped
from threads.tokens import new_token, reply_address


def with_own_sender(session: Session, policy: Policy, mail: OutgoingMail) -> tuple[OutgoingMail, str | None]:
    """The mail with an envelope sender of its own, and the token in that; as it is where its mailbox takes no detail."""
    mailbox = mail.author.address.lower()
    if not policy.bounce_addresses or not takes_detail(session, policy, mailbox):
        return mail, None
    token = new_token()
    address = reply_address(mailbox, token)
    return (replace(mail, envelope_from=address), token) if address else (mail, None)


def enqueue_notice(
    session: Session, policy: Policy, letter: OutgoingMail, row: ConversationRow, message_id: UUID | None, now: datetime
) -> None:
    """Put a notice to an agent into the outbox, unless mail does not reach them."""
    if stopped(session, letter.recipients):
        return
    mail, token = with_own_sender(session, policy, letter)
    enqueue(
        session, mail, purpose="notice", conversation_id=row.id, message_id=message_id, due_at=now, now=now,
        bounce_token=token,
    )  # fmt: skip
