"""An answer's way into the conversation and the outbox, in one transaction; held there until it may go."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import outbox
from storage.ids import uuid7
from storage.outgoing import Mailable, OutgoingMail
from storage.tables import AgentRow, ConversationRow, EventRow, MessageRow
from threads.agents import valid_email
from threads.aside.sides import refuse_people_of_main
from threads.conversation import Change, apply
from threads.model import TAKEN_BACK, Address, Direction, Status
from threads.outgoing.answering import Answer, answered, confirm_reply_to, end_drafting, recipient
from threads.outgoing.letters import MOST_REFERENCES, Earlier, answer
from threads.people.addresses import person_for, take_part
from threads.policy import Policy
from threads.store.envelope_senders import with_own_sender
from threads.store.ghosts import exchange_root_of
from threads.store.passages import remember_passages
from threads.store.reply_addresses import reply_to_of
from threads.store.words import add_words_of
from threads.tokens import new_code
from threads.undo.answers import CONFIRMED


def send(
    session: Session,
    row: ConversationRow,
    last: MessageRow | None,
    wanted: Answer,
    *,
    agent_id: str,
    policy: Policy,
    now: datetime,
) -> dict[str, Any]:
    """Answer `last` in a conversation that is locked: the message, its mail in the outbox, the state, the event for `undo`."""
    change = answered(wanted, Status(row.status), agent_id, row.assignee_id, now)
    if wanted.confirms:
        change = replace(change, data={CONFIRMED: confirm_reply_to(session, row, last, wanted.confirms)})
    refuse_people_of_main(session, row, wanted.cc)
    mail = _mail(session, row, last, wanted, agent_id, policy, now)
    for each in wanted.cc:
        take_part(session, row.id, person_for(session, each, now).id, now)
    message = message_of(row, mail, wanted, agent_id, now)
    due_at, _ = hand_in(session, row, message, mail, change, policy=policy, now=now)
    end_drafting(session, row.id, agent_id)
    return {"message": message.code, "to": message.to, "cc": message.cc, "goes_out_at": due_at.isoformat()}


def hand_in(
    session: Session,
    row: ConversationRow,
    message: MessageRow,
    mail: OutgoingMail,
    change: Change,
    *,
    policy: Policy,
    now: datetime,
) -> tuple[datetime, EventRow]:
    """Write down what an agent wrote, with its mail in the outbox. When that goes out, and the event for `undo`."""
    session.add(message)
    session.flush()
    remember_passages(session, message.id, message.reply)
    change = replace(change, fields={**change.fields, "messages": row.messages + 1})
    event = apply(session, row, change, actor=message.agent_id or "", now=now, message_id=message.id)
    due_at = now + policy.undo_for
    mail, token = with_own_sender(session, policy, mail)
    outbox.enqueue(
        session, mail, purpose="reply", conversation_id=row.id, message_id=message.id, due_at=due_at, now=now,
        bounce_token=token,
    )  # fmt: skip
    add_words_of(session, event, message.reply)
    return due_at, event


def _mail(
    session: Session,
    row: ConversationRow,
    last: MessageRow | None,
    wanted: Answer,
    agent_id: str,
    policy: Policy,
    now: datetime,
) -> OutgoingMail:
    mailbox = policy.mailbox_for(row.mailbox)
    to = recipient(session, row, last)
    agent = session.get(AgentRow, agent_id)
    return answer(
        mailbox=mailbox,
        to=Mailable(to.address, to.name),
        cc=[Mailable(each.address, each.name) for each in wanted.cc if each.address != to.address],
        subject=last.subject if last else row.subject,
        text=wanted.text,
        language=row.language,
        earlier=earlier_of(session, last, policy.zone_of(mailbox)) if last else None,
        reply_to=reply_to_of(session, policy, row.id, mailbox.address, now),
        signed_by=agent.name if agent else "",
        html=policy.html,
        now=now,
    )


def earlier_of(session: Session, last: MessageRow, zone: tzinfo) -> Earlier:
    """The mail that is answered, with the IDs of what was said before it."""
    before = (
        select(MessageRow.message_id)
        .where(
            MessageRow.conversation_id == last.conversation_id,
            MessageRow.received_at < last.received_at,
            MessageRow.message_id.is_not(None),
            MessageRow.held.is_(False),
            MessageRow.kind != TAKEN_BACK,
        )
        .order_by(MessageRow.received_at.desc(), MessageRow.id.desc())
        .limit(MOST_REFERENCES)
    )
    return Earlier(
        who=last.from_name or last.from_address,
        at=(last.sent_at or last.received_at).astimezone(zone),
        text=last.reply or last.text,
        message_id=last.message_id,
        references=tuple(str(each) for each in session.scalars(before).all()[::-1]),
        exchange=exchange_root_of(session, last.conversation_id),
    )


def message_of(row: ConversationRow, mail: OutgoingMail, wanted: Answer, agent_id: str, now: datetime) -> MessageRow:
    """The message that an agent writes into a conversation."""
    return MessageRow(
        id=uuid7(),
        conversation_id=row.id,
        code=new_code(),
        direction=Direction.OUT,
        kind="reply",
        message_id=mail.message_id,
        from_name=mail.author.name,
        from_address=mail.author.address,
        to=_people(mail.to),
        cc=_people(mail.cc),
        reply_to=[],
        subject=mail.subject,
        text=mail.text,
        reply=wanted.text.strip(),
        language=row.language,
        attachments=[],
        defects=[],
        sent_at=now,
        received_at=now,
        signal="written",
        because=f"{agent_id} wrote it here",
        rejected=[],
        agent_id=agent_id,
    )


def _people(people: tuple[Mailable, ...]) -> list[dict[str, Any]]:
    return [{"name": each.name, "address": each.address} for each in people]


def address_of(text: str) -> Address:
    """The address that an agent wrote, alone or as in "Anna Weber <anna@example.org>". Raises `WrongUse`."""
    name, bracket, rest = text.rpartition("<")
    return Address(
        valid_email(rest.strip().removesuffix(">") if bracket else text), " ".join(name.replace('"', "").split())
    )
