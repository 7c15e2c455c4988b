"""A third party is asked about a customer's matter: a side conversation, which sees only what was forwarded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.errors import NotThere, WrongUse
from storage.ids import uuid7
from storage.outgoing import Enclosed, Mailable, OutgoingMail
from storage.tables import AddressRow, AgentRow, ConversationRow, MessageRow, ParticipantRow
from threads import lookup
from threads.aside.sides import side_with, takes_part_in
from threads.conversation import Change, apply, locked
from threads.handles import new_handle
from threads.model import BY_ITSELF, TAKEN_BACK, Address, Direction, Kind, Status
from threads.outgoing.answering import Answer, answered, end_drafting, mail_to_answer, recipient
from threads.outgoing.letters import Earlier, forwarding
from threads.outgoing.sending import earlier_of, hand_in, message_of
from threads.people.addresses import person_for, person_with, take_part
from threads.policy import Policy
from threads.store.belongings import set_apart
from threads.store.reply_addresses import reply_to_of
from threads.store.words import add_words, words_said
from threads.subjects import canonical, readable
from threads.tokens import TOKEN_LENGTH

HIDDEN = "[…]"
"""Stands where an address of the customer's, or of another who takes part, stood."""


@dataclass(frozen=True, slots=True)
class Question:
    """What an agent asks a third party, and what of the customer's mail goes along."""

    to: Address
    text: str
    said: str = ""
    """What of the message its writer wrote themselves: this much of it goes along, and nothing that others wrote."""
    with_address: bool = False
    with_attachments: bool = False


def to_forward(session: Session, main: ConversationRow, code: str = "") -> MessageRow:
    """The message that is forwarded: the one that is named, else the customer's last. Raises `NotThere`, `WrongUse`."""
    if code:
        message = lookup.message(session, code)
        if message.conversation_id != main.id:
            there = session.get_one(ConversationRow, message.conversation_id).handle
            raise NotThere(f"the message {code} is not in {main.handle}; it is in {there}")
        if message.kind == TAKEN_BACK:
            raise WrongUse(f"the message {code} was taken back; name another")
        if message.kind in BY_ITSELF:
            raise WrongUse(f"the message {code} went out by itself and says nothing of the matter; name another")
        if message.held:
            raise WrongUse(
                f"the message {code} is held: it is not part of {main.handle} yet; `brief accept {code}` lets it in first, "
                "with --new it becomes a conversation of its own"
            )
        return message
    theirs = select(AddressRow.address).where(AddressRow.person_id == main.customer_id)
    wanted = select(MessageRow).where(
        MessageRow.conversation_id == main.id,
        MessageRow.direction == Direction.IN,
        MessageRow.held.is_(False),
        MessageRow.kind == Kind.PERSON,
    )
    newest = wanted.order_by(MessageRow.received_at.desc(), MessageRow.id.desc()).limit(1)
    # where they never wrote here themselves, as in what a colleague forwarded for them, the last of anybody
    last = session.scalar(newest.where(MessageRow.from_address.in_(theirs))) or session.scalar(newest)
    if last is None:
        raise WrongUse(f"nobody wrote in {main.handle}; name a message: `brief show {main.handle}` has their codes")
    return last


def refuse_whom(session: Session, main: ConversationRow, to: str, policy: Policy) -> None:
    """Raise where somebody with an address is no third party whom a conversation can be forwarded to."""
    if main.side_of_id is not None:
        raise WrongUse(f"{main.handle} is a side conversation itself; ask from the one that it is about")
    if to in policy.addresses:
        raise WrongUse(f"{to} is a mailbox of this desk; a third party has an address of their own")
    if to == main.customer_address or takes_part_in(session, main.id, to):
        raise WrongUse(f"{to} takes part in {main.handle} already; `brief reply {main.handle}` writes to them")


def refuse_files(message: MessageRow, others: Iterable[MessageRow]) -> None:
    """Raise where the files of a message cannot go along, with which of the `others` has some."""
    if message.virus:
        raise WrongUse(f"{message.virus} was found in the mail {message.code}, so nothing of it goes along")
    if not enclosed_of(message):
        has = next((each.code for each in others if _may_enclose(each)), "")
        instead = f"{has} has: name that one with --message {has}, or " if has else ""
        raise WrongUse(f"the message {message.code} has no attachment; {instead}leave --with-attachments out")


def latest_of(session: Session, main: ConversationRow) -> Sequence[MessageRow]:
    """What is said in a conversation, the latest first."""
    wanted = select(MessageRow).where(MessageRow.conversation_id == main.id, MessageRow.held.is_(False))
    return session.scalars(wanted.order_by(MessageRow.received_at.desc(), MessageRow.id.desc())).all()


def _may_enclose(message: MessageRow) -> bool:
    return bool(enclosed_of(message)) and not message.virus and message.kind != TAKEN_BACK


def refuse_wordless(message: MessageRow, said: str) -> None:
    """Raise where nothing of a message would go along: it has files alone, or what it quotes may be for others' eyes."""
    quotes = bool(message.text.strip())
    if said or not (quotes or message.attachments):
        return
    says = "says nothing but what it quotes, and that goes to no third party" if quotes else "has no words, only files"
    files = "its files go along with --with-attachments, or " if message.attachments else ""
    raise WrongUse(f"the message {message.code} {says}; {files}name another with --message CODE")


def enclosed_of(message: MessageRow) -> tuple[Enclosed, ...]:
    """The files of a message, as another mail encloses them."""
    return tuple(
        Enclosed(str(each["name"]), str(each["type"]), str(raw), int(each["part"]))
        for each in message.attachments
        if (raw := each.get("raw") or message.raw_id)
    )


def shown(session: Session, main: ConversationRow, message: MessageRow, question: Question, policy: Policy) -> Earlier:
    """What a third party gets to see of a message: what its writer wrote, date and name, and no address that leads to the
    conversation: of nobody who takes part in it, nor our reply address where it stands in the text.
    """
    mailbox, with_address = policy.mailbox_for(main.mailbox), question.with_address
    hidden = _hidden(session, main, message, with_address=with_address)
    said = without(question.said, hidden)
    who = message.from_name
    if with_address and message.from_address not in who:
        who = f"{who} <{message.from_address}>".strip()
    return Earlier(
        who="" if not with_address and "@" in who else without(who, hidden),
        at=(message.sent_at or message.received_at).astimezone(policy.zone_of(mailbox)),
        text=without_reply_addresses(said, policy.addresses),
        message_id=None,
    )


def _hidden(session: Session, main: ConversationRow, message: MessageRow, *, with_address: bool) -> set[str]:
    """Every address of who takes part, and of who wrote the message; but the customer's and the writer's where they go along."""
    whose = (main.customer_id, person_with(session, message.from_address))
    theirs = {*session.scalars(select(AddressRow.address).where(AddressRow.person_id.in_(filter(None, whose))))}
    theirs |= {main.customer_address, message.from_address}
    others = select(AddressRow.address).join(ParticipantRow, ParticipantRow.person_id == AddressRow.person_id)
    everybody = theirs.union(session.scalars(others.where(ParticipantRow.conversation_id == main.id)))
    ours = {main.mailbox} if message.direction == Direction.OUT else set()
    return everybody - (theirs if with_address else ours) - {""}


def without(text: str, addresses: Iterable[str]) -> str:
    """A text in which some addresses cannot be read, however they are spelt."""
    wanted = "|".join(re.escape(each) for each in sorted(addresses, key=len, reverse=True))
    return re.sub(wanted, HIDDEN, text, flags=re.IGNORECASE) if wanted else text


def without_reply_addresses(text: str, mailboxes: Iterable[str]) -> str:
    """A text in which our reply addresses stand without what leads back into a conversation."""
    for each in mailboxes:
        local, _, domain = each.rpartition("@")
        secret = rf"({re.escape(local)})\+[a-z2-7]{{{TOKEN_LENGTH}}}(@{re.escape(domain)})"
        text = re.sub(secret, r"\1\2", text, flags=re.IGNORECASE)
    return text


def hold(session: Session, main: ConversationRow, to: Address) -> ConversationRow:
    """Hold a conversation that somebody is asked about, and before it the side conversation with them, if there is one.

    Who takes in their answer holds them in this order, too.
    """
    side = side_with(session, main.id, to.address)
    if side is not None:
        locked(session, side.id)
    return locked(session, main.id)


def forward(
    session: Session,
    main: ConversationRow,
    message: MessageRow,
    question: Question,
    *,
    agent_id: str,
    policy: Policy,
    now: datetime,
) -> tuple[ConversationRow, dict[str, Any]]:
    """Ask a third party about a conversation that is held: the side conversation, and what goes out when.

    A third party who was asked before is asked in the side conversation that is there.
    """
    if not question.text.strip():
        raise WrongUse("the question is empty; nothing was sent")
    side = side_with(session, main.id, question.to.address) or _opened(session, main, message, question, policy, now)
    answer = Answer(question.text)
    whom = question.to.name or question.to.address
    because = f"{agent_id} asked {whom}"
    change = replace(answered(answer, Status(side.status), agent_id, side.assignee_id, now), because=because)
    mail = _mail(session, main, side, message, question, agent_id, policy, now)
    row = message_of(side, mail, answer, agent_id, now)
    row.attachments = _attached(message) if question.with_attachments else []
    due_at, event = hand_in(session, side, row, mail, change, policy=policy, now=now)
    data = {"side": str(side.id), "act": str(event.id)}
    asked = Change("asked", f"{because} about it in {side.handle}", data=data)
    trace = apply(session, main, asked, actor=agent_id, now=now, message_id=row.id)
    event.data = {**event.data, "trace": str(trace.id)}
    end_drafting(session, main.id, agent_id)
    sent = {"message": row.code, "to": row.to, "cc": row.cc, "goes_out_at": due_at.isoformat()}
    return side, {**sent, "forwarded": message.code, "side_of": main.handle}


def _mail(
    session: Session,
    main: ConversationRow,
    side: ConversationRow,
    message: MessageRow,
    question: Question,
    agent_id: str,
    policy: Policy,
    now: datetime,
) -> OutgoingMail:
    last = mail_to_answer(session, side.id)
    mailbox = policy.mailbox_for(side.mailbox)
    to = recipient(session, side, last)
    agent = session.get(AgentRow, agent_id)
    return forwarding(
        mailbox=mailbox,
        to=Mailable(to.address, to.name),
        subject=side.subject,
        text=question.text,
        language=side.language,
        forwarded=shown(session, main, message, question, policy),
        earlier=earlier_of(session, last, policy.zone_of(mailbox)) if last else None,
        reply_to=reply_to_of(session, policy, side.id, mailbox.address, now),
        signed_by=agent.name if agent else "",
        enclosed=enclosed_of(message) if question.with_attachments else (),
        html=policy.html,
        now=now,
    )


def _attached(message: MessageRow) -> list[dict[str, Any]]:
    return [{**each, "raw": each.get("raw") or str(message.raw_id)} for each in message.attachments]


def _opened(
    session: Session, main: ConversationRow, message: MessageRow, question: Question, policy: Policy, now: datetime
) -> ConversationRow:
    """An empty side conversation with the third party as its customer, closed until something is said in it.

    So it stands again where the first question is taken back.
    """
    person = person_for(session, question.to, now)
    subject = _subject(session, main, message, policy, with_address=question.with_address)
    side = ConversationRow(
        id=uuid7(),
        handle=new_handle(session, question.to.name, question.to.address, subject, now),
        mailbox=main.mailbox,
        customer_id=person.id,
        customer_address=question.to.address,
        subject=subject,
        canonical_subject=canonical(subject),
        language=main.language,
        status=Status.CLOSED,
        closed_at=now,
        priority=main.priority,
        priority_because=f"as urgent as {main.handle}, which it is about",
        department=main.department,
        opened_at=now,
        updated_at=now,
        side_of_id=main.id,
    )
    session.add(side)
    session.flush()
    take_part(session, side.id, person.id, now, role="customer")
    set_apart(session, main.id, side.id)
    add_words(session, side.id, words_said(subject, question.to.name, question.to.address))
    return side


def _subject(
    session: Session, main: ConversationRow, message: MessageRow, policy: Policy, *, with_address: bool
) -> str:
    """The subject as the customer wrote it, without what a third party shall not see."""
    hidden = _hidden(session, main, message, with_address=with_address)
    return without_reply_addresses(without(readable(message.subject), hidden), policy.addresses)
