"""An agent's answer: to whom it goes, what has to be known before it does, and its way into the outbox."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, delete, select
from sqlalchemy.orm import Session

from storage.errors import BriefwechselError, WrongUse
from storage.tables import AddressRow, AgentRow, ConversationRow, DraftingRow, MessageRow, ParticipantRow, PersonRow
from threads.conversation import Change
from threads.model import Address, Direction, Kind, Status
from threads.store.stops import stopped

LONGEST = 1_000_000
MOST_CC = 20
FRESH_FOR = timedelta(hours=2)
"""An editor that was opened longer ago is taken for forgotten."""
RECENT_FOR = timedelta(minutes=15)
"""Somebody else's answer counts as recent for so long."""
_ANSWERS_OF_MACHINES = (Kind.AUTO_REPLY, Kind.BOUNCE, Kind.DELIVERY_REPORT)
AFTERWARDS = (Status.WAITING, Status.CLOSED, Status.OPEN)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an agent wrote, and what is to become of the conversation."""

    text: str
    cc: tuple[Address, ...] = ()
    afterwards: Status = Status.WAITING
    confirms: str = ""
    """The Reply-To to which the customer's answers go from now on."""


def answered(answer: Answer, state: Status, agent_id: str, assignee_id: str | None, now: datetime) -> Change:
    """What an answer changes: nobody waits for us any more, and who answers has taken it. Raises `WrongUse`."""
    if not answer.text.strip():
        raise WrongUse("the answer is empty; nothing was sent")
    if len(answer.text) > LONGEST:
        raise WrongUse(
            f"the answer is longer than {LONGEST:,} characters; shorten it, or send it as a file from elsewhere"
        )
    if len(answer.cc) > MOST_CC:
        raise WrongUse(f"an answer has at most {MOST_CC} people in copy")
    fields: dict[str, Any] = {"status": answer.afterwards, "snoozed_until": None, "undelivered_at": None}
    if answer.afterwards is not Status.OPEN:
        fields |= {"waiting_since": None, "due_at": None}
    if answer.afterwards is Status.CLOSED:
        fields["closed_at"] = now
    elif state is Status.CLOSED:
        fields["closed_at"] = None
    if assignee_id is None:
        fields["assignee_id"] = agent_id
    return Change("reply", f"{agent_id} answered", fields)


def recipient(session: Session, row: ConversationRow, last: MessageRow | None) -> Address:
    """Who gets an answer to `last`: the customer, at the address they wrote from last or the Reply-To that counts for it.

    That is one within their own mailbox, as another desk asks for, or else the one that was confirmed.
    """
    if not row.customer_address:
        raise WrongUse(f"{row.handle} has no customer who could be answered: its mail names no sender")
    known = session.get(AddressRow, row.customer_address)
    customer = session.get(PersonRow, row.customer_id) if row.customer_id else None
    confirmed = known.reply_to if known is not None else ""
    wanted = _wanted_reply_to(row, last)
    to = wanted if _same_mailbox(wanted, row.customer_address) else confirmed or row.customer_address
    return Address(to, customer.name if customer else "")


def unconfirmed_reply_to(session: Session, row: ConversationRow, last: MessageRow | None) -> str:
    """The Reply-To of the customer's last mail, where it is another mailbox and no agent has confirmed it; else ""."""
    wanted = _wanted_reply_to(row, last)
    known = session.get(AddressRow, row.customer_address)
    confirmed = known.reply_to if known is not None else ""
    return "" if wanted == confirmed or _same_mailbox(wanted, row.customer_address) else wanted


def _wanted_reply_to(row: ConversationRow, last: MessageRow | None) -> str:
    """The Reply-To of the customer's last mail, "" where it has none.

    One that fails DMARC leads no answer elsewhere: whoever wrote it, what they want is not what the customer wants.
    """
    if last is None or not last.acts or not last.reply_to or last.from_address != row.customer_address:
        return ""
    return str(last.reply_to[0].get("address", "")).lower()


def _same_mailbox(one: str, other: str) -> bool:
    return Address(one).mailbox == Address(other).mailbox


def confirm_reply_to(session: Session, row: ConversationRow, last: MessageRow | None, reply_to: str) -> dict[str, str]:
    """Remember that answers to the customer's address go to this Reply-To. What an event keeps, so that it is taken back.

    Raises `WrongUse` where the customer's last mail does not ask for it.
    """
    known = session.get(AddressRow, row.customer_address)
    if known is None or reply_to != unconfirmed_reply_to(session, row, last):
        raise WrongUse(f"the last mail in {row.handle} does not ask for answers to {reply_to!r}")
    before, known.reply_to = known.reply_to, reply_to
    session.flush()
    return {"address": known.address, "before": before, "after": reply_to}


def forget_reply_to(session: Session, confirmed: dict[str, str]) -> None:
    """Take back what `confirm_reply_to` did, unless another Reply-To was confirmed since."""
    known = session.get(AddressRow, confirmed["address"])
    if known is not None and known.reply_to == confirmed["after"]:
        known.reply_to = confirmed["before"]


def last_writer(session: Session, row: ConversationRow, last: MessageRow | None) -> Address | None:
    """Who takes part, is not the customer, and wrote the last mail: they wait for an answer too, and get a copy of it.

    None where the customer themselves never wrote here, as in what somebody forwarded for them.
    """
    if last is None or last.kind != Kind.PERSON:
        return None
    if last.from_address in ("", row.customer_address, recipient(session, row, last).address):
        return None
    theirs = select(AddressRow.address).where(AddressRow.person_id == row.customer_id)
    if session.scalar(_from_people(row.id).where(MessageRow.from_address.in_(theirs)).limit(1)) is None:
        return None
    takes_part = (
        select(ParticipantRow.person_id)
        .join(AddressRow, AddressRow.person_id == ParticipantRow.person_id)
        .where(ParticipantRow.conversation_id == row.id, AddressRow.address == last.from_address)
    )
    person = session.scalar(takes_part)
    is_agent = select(AgentRow.id).where(AgentRow.email == last.from_address).limit(1)
    if person is None or person == row.customer_id or session.scalar(is_agent) is not None:
        return None
    return Address(last.from_address, last.from_name)


def warnings(
    session: Session,
    row: ConversationRow,
    last: MessageRow | None,
    agent_id: str,
    now: datetime,
    seen: UUID | None = None,
) -> list[dict[str, Any]]:
    """What an agent should know before an answer goes: who else writes or has answered, what came behind `seen`, ..."""
    found = [
        {"kind": "writing", "agent": draft.agent_id, "at": draft.since_at.isoformat()}
        for draft in session.scalars(select(DraftingRow).where(DraftingRow.conversation_id == row.id))
        if draft.agent_id != agent_id and draft.since_at > now - FRESH_FOR
    ]
    later = MessageRow.id > seen if seen is not None else MessageRow.received_at > now - RECENT_FOR
    for message in _messages(session, row.id, later):
        at = message.received_at.isoformat()
        if message.direction == Direction.OUT and message.kind == "reply" and message.agent_id != agent_id:
            found.append({"kind": "answered", "agent": message.agent_id or "", "at": at, "code": message.code})
        elif seen is not None and message.direction == Direction.IN and not message.held:
            found.append({"kind": "new mail", "from": message.from_address, "at": at, "code": message.code})
    known = session.get(AddressRow, row.customer_address) if row.customer_address else None
    if known is not None and known.failed_at is not None:
        found.append({"kind": "failing", "address": known.address, "at": known.failed_at.isoformat()})
    to = recipient(session, row, last).address if row.customer_address else ""
    for address, because in stopped(session, [to] if to else []).items():
        found.append({"kind": "stopped", "address": address, "because": because, "at": now.isoformat()})
    return found


def refuse_stopped(session: Session, row: ConversationRow, last: MessageRow | None, answer: Answer) -> None:
    """Raise where an answer would go to an address that mail does not reach for good."""
    refuse_stopped_addresses(session, [recipient(session, row, last).address, *(each.address for each in answer.cc)])


def refuse_stopped_addresses(session: Session, addresses: Collection[str]) -> None:
    """Raise where mail does not reach one of some addresses for good."""
    for address, because in stopped(session, addresses).items():
        raise BriefwechselError(
            f"nothing was sent: mail to {address} failed for good ({because}); --anyway sends all the same, "
            f"`brief outbox stops lift {address}` forgets it"
        )


def begin_drafting(session: Session, row: ConversationRow, agent_id: str, now: datetime) -> None:
    """Let other agents see that this one writes."""
    session.merge(DraftingRow(conversation_id=row.id, agent_id=agent_id, since_at=now))
    session.flush()


def end_drafting(session: Session, conversation_id: UUID, agent_id: str) -> None:
    """This agent writes no more."""
    session.execute(
        delete(DraftingRow).where(DraftingRow.conversation_id == conversation_id, DraftingRow.agent_id == agent_id)
    )


def _from_outside(conversation_id: UUID) -> Select[MessageRow]:
    """The mails that came into a conversation and are not held."""
    return select(MessageRow).where(
        MessageRow.conversation_id == conversation_id,
        MessageRow.direction == Direction.IN,
        MessageRow.held.is_(False),
    )


def _from_people(conversation_id: UUID) -> Select[MessageRow]:
    """Those of them that people wrote."""
    return _from_outside(conversation_id).where(MessageRow.kind == Kind.PERSON)


def mail_to_answer(session: Session, conversation_id: UUID) -> MessageRow | None:
    """The last mail of a person; where none ever wrote, the last of a machine, bounces and absence notices behind others."""
    rank = case((MessageRow.kind == Kind.PERSON, 0), (MessageRow.kind.in_(_ANSWERS_OF_MACHINES), 2), else_=1)
    wanted = _from_outside(conversation_id).order_by(rank, MessageRow.received_at.desc(), MessageRow.id.desc())
    return session.scalar(wanted.limit(1))


def newest(session: Session, conversation_id: UUID) -> UUID:
    """The message that was written down last. Not the last to be received: a mail may have lain elsewhere before."""
    last = select(MessageRow.id).where(MessageRow.conversation_id == conversation_id).order_by(MessageRow.id.desc())
    return session.scalar(last.limit(1)) or UUID(int=0)


def _messages(session: Session, conversation_id: UUID, later: ColumnElement[bool]) -> list[MessageRow]:
    wanted = select(MessageRow).where(MessageRow.conversation_id == conversation_id, later)
    return list(session.scalars(wanted.order_by(MessageRow.received_at).limit(50)))
