"""How urgent a stored mail is by the rules of now: with all that a rule may ask, as when it came."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mailgateway.stored import Stored, bytes_of, found_of, stored
from storage.errors import Lost
from storage.tables import ConversationRow, MessageRow
from threads.arrival import Found
from threads.model import Direction, Kind, Mailbox, Priority, Urgency
from threads.people.rights import as_declared
from threads.policy import Policy
from threads.priority import prioritise
from threads.regroup.opener import is_ranked_by_opener
from threads.regroup.raising import Staying, ranked_moments
from threads.regroup.splitting import Urgencies
from threads.regroup.standing import effects_of
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


def urgency(session: Session, message: MessageRow, policy: Policy) -> Urgency:
    """How urgent a stored message is: by the same rules as any new mail, and by all that they ask of one."""
    if message.raw_id is None:
        return Urgency(Priority.NORMAL, "", "nothing of the mail is kept that a rule could read")
    [kept] = stored(session, [message.id])
    found = urgency_of(*as_found(session, kept, policy), policy)
    return as_declared(found, message.from_address, member_of(session, [message.from_address]))


def urgencies(session: Session, old: UUID, going: Collection[UUID], policy: Policy) -> Urgencies:
    """How urgent messages are that leave a conversation, and those that stay where what goes had raised it."""
    return Urgencies(_together(session, going, policy), _staying(session, old, going, policy))


def _staying(session: Session, old: UUID, going: Collection[UUID], policy: Policy) -> Staying:
    """What came after a mail had made the conversation urgent may be as urgent, and no event tells that."""
    row = session.get_one(ConversationRow, old)
    opener_left = is_ranked_by_opener(session, row, going)
    moments = [*([row.opened_at] if opener_left else []), *ranked_moments(effects_of(session, going))]
    if not moments:
        return Staying()
    wanted = select(MessageRow).where(
        MessageRow.conversation_id == old, MessageRow.direction == Direction.IN, MessageRow.held.is_(False),
        MessageRow.kind == Kind.PERSON, MessageRow.received_at >= min(moments), MessageRow.id.not_in(going),
    )  # fmt: skip
    read = {each.id: urgency(session, each, policy) for each in session.scalars(wanted).all()}
    return Staying(read, opener_left)


def _together(session: Session, going: Collection[UUID], policy: Policy) -> Urgency:
    """How urgent some messages are together: as the most urgent of them that somebody wrote to us."""
    wanted = select(MessageRow).where(
        MessageRow.id.in_(going), MessageRow.direction == Direction.IN, MessageRow.held.is_(False)
    )
    in_order = session.scalars(wanted.order_by(MessageRow.received_at, MessageRow.id))
    found = [urgency(session, each, policy) for each in in_order]
    nobody_wrote = Urgency(Priority.NORMAL, "", "nothing in it was written to us")
    return min(found, key=lambda each: each.priority.rank, default=nobody_wrote)
