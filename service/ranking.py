"""How urgent a stored mail is by the rules of now: with all that a rule may ask, as when it came."""

from __future__ import annotations

from sqlalchemy.orm import Session

from mailgateway.stored import Stored, bytes_of, found_of
from storage.errors import Lost
from threads.arrival import Found
from threads.model import Mailbox, Urgency
from threads.policy import Policy
from threads.priority import prioritise
from threads.rule import Circumstances
from threads.store.rights import member_of


def as_found(session: Session, each: Stored, policy: Policy) -> tuple[Found, Mailbox, Circumstances]:
    """A stored mail as intake finds it, the mailbox that answers for it, and what else a rule may ask of it."""
    try:
        raw = bytes_of(session, each)
    except Lost:
        raw = None
    found = found_of(each, raw, policy)
    mailbox = found.mailboxes[0] if found.mailboxes else policy.mailbox_for(each.conversation.mailbox)
    member = member_of(session, [found.mail.author.address]) if found.mail.author else None
    around = Circumstances(
        organisation=member.name if member else "",
        contract=member.promised.contract if member else "",
        at=each.row.received_at,
        hours=policy.hours(mailbox.address.lower()),
        typed=found.typed or each.row.by_form,
    )
    return found, mailbox, around


def urgency_of(found: Found, mailbox: Mailbox, around: Circumstances, policy: Policy) -> Urgency:
    """What the rules of now ask for because of a mail."""
    return prioritise(found.mail, found.classification, mailbox, policy.rules, around, match_all=policy.match_all)
