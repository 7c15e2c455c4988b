"""What `Desk` does about where messages stand: apart, elsewhere, together, and where they were."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.errors import NotThere, WrongUse
from storage.raw import get_raw
from storage.tables import AliasRow, ConversationRow, MessageRow, OutboxRow
from threads import lookup
from threads.conversation import locked
from threads.model import BY_ITSELF, TAKEN_BACK
from threads.outgoing import answering
from threads.regroup.parting import following
from threads.regroup.splitting import Urgencies
from threads.tokens import opaque_ids

if TYPE_CHECKING:
    from service.desk import Desk

Row = dict[str, Any]
_MOST_READ = 20
"""Mails that are read to tell an agent that they answer what goes."""


@dataclass(frozen=True, slots=True)
class Going:
    """What is to go where, found before anything is held: mails are read for it, and nobody is to wait for that."""

    old: UUID
    messages: frozenset[UUID]
    urgencies: Urgencies
    answers: frozenset[UUID]
    """What answers these and stays: it was not asked for."""


def split(desk: Desk, name: str, codes: Sequence[str], *, with_answers: bool) -> Row:
    """Make a conversation of its own of some messages, with all that answers them where that is said."""
    from threads.regroup import splitting

    with desk.reading() as session:
        old = lookup.one(session, name)
        going = _going(desk, session, old, [_named(session, each, old) for each in codes], with_answers=with_answers)
    with desk.placing() as (session, agent_id):
        by = splitting.By(agent_id, desk.policy, desk.clock())
        made = splitting.split(session, going.old, going.messages, going.urgencies, by)
        return _result(desk, session, made, going, f"{agent_id} made it a conversation of its own")


def move(desk: Desk, code: str, into: str, *, with_answers: bool) -> Row:
    """Put a message into another conversation, with all that answers it where that is said."""
    from threads.regroup import splitting

    with desk.reading() as session:
        target = lookup.one(session, into).id
        named = _not_held(lookup.message(session, code))
        old = session.get_one(ConversationRow, named.conversation_id)
        if old.id == target:
            raise WrongUse(f"the message {named.code} is in {old.handle} already")
        going = _going(desk, session, old, [named], with_answers=with_answers)
    with desk.placing() as (session, agent_id):
        by = splitting.By(agent_id, desk.policy, desk.clock())
        row = splitting.move(session, going.old, going.messages, target, going.urgencies, by)
        return _result(desk, session, row, going, f"{agent_id} moved it here")


def merge(desk: Desk, name: str, into: str) -> Row:
    """Make one conversation of two; where they were of two customers, with who gets the next answer."""
    from threads.regroup import merging

    with desk.placing() as (session, agent_id):
        source, target = lookup.one(session, name), lookup.one(session, into)
        other = source.customer_address if source.customer_id != target.customer_id else ""
        because = f"{agent_id} merged {source.handle} into it"
        merging.merge(session, source.id, target.id, actor=agent_id, because=because, now=desk.clock())
        row = locked(session, target.id)
        answered = _answered(session, row) if other and row.customer_address else []
        result = desk.result(session, row, because)
        return {**result, "merged": source.handle, "other_customer": other, "answer_goes_to": answered}


def _answered(session: Session, row: ConversationRow) -> list[str]:
    """To whom the next answer goes."""
    last = answering.mail_to_answer(session, row.id)
    writer = answering.last_writer(session, row, last)
    return [answering.recipient(session, row, last).address, *([writer.address] if writer else [])]


def _result(desk: Desk, session: Session, row: ConversationRow, going: Going, did: str) -> Row:
    in_order = select(MessageRow).order_by(MessageRow.received_at, MessageRow.id)
    moved = session.scalars(in_order.where(MessageRow.id.in_(going.messages))).all()
    stays = session.scalars(in_order.where(MessageRow.id.in_(going.answers), MessageRow.kind != TAKEN_BACK))
    return {
        **desk.result(session, row, did),
        "moved": [each.code for each in moved],
        "by_itself": [each.code for each in moved if each.kind in BY_ITSELF],
        "answers_left": [each.code for each in stays],
        "from": session.get_one(ConversationRow, going.old).handle,
    }


def _named(session: Session, code: str, old: ConversationRow) -> MessageRow:
    """A message of a conversation that may be named. Raises `NotThere` or `WrongUse`."""
    message = _not_held(lookup.message(session, code))
    if message.conversation_id != old.id:
        there = session.get_one(ConversationRow, message.conversation_id).handle
        raise NotThere(f"the message {message.code} is not in {old.handle}; it is in {there}")
    return message


def _not_held(message: MessageRow) -> MessageRow:
    if message.held:
        raise WrongUse(
            f"the message {message.code} is held; `brief accept {message.code}` lets it in, "
            f"with --new it becomes a conversation of its own"
        )
    if message.kind == TAKEN_BACK:
        raise WrongUse(f"the message {message.code} was taken back: it is in no conversation any more")
    return message


def _going(
    desk: Desk, session: Session, old: ConversationRow, named: Sequence[MessageRow], *, with_answers: bool
) -> Going:
    """Which messages go: those that are named, what went out by itself because of them, and what answers them."""
    wanted = select(MessageRow).where(MessageRow.conversation_id == old.id)
    messages = session.scalars(wanted.order_by(MessageRow.received_at, MessageRow.id)).all()
    known, said = by_id(session, messages), {each.id for each in named}
    by_itself = {each.id for each in messages if each.kind in BY_ITSELF}
    looked_at = (
        messages if with_answers else [*(each for each in messages if each.id in by_itself), *_next(messages, said)]
    )
    refers_to = {each.id: parents(each, names(session, each), known) for each in looked_at}
    every = frozenset(following(said, refers_to))
    along = following(said, {each: refers_to[each] for each in by_itself})
    found = every if with_answers else frozenset(along)
    if all(each.kind in BY_ITSELF for each in messages if each.id in found):
        raise WrongUse(
            f"the message {named[0].code} went out by itself because of a mail; name that mail: it goes along with it"
        )
    return Going(old.id, found, urgencies(desk, session, old.id, found), every - found)


def _next(messages: Sequence[MessageRow], said: Collection[UUID]) -> Sequence[MessageRow]:
    """The next after the first of those that are named: what answers it is mostly among them."""
    first = next(number for number, each in enumerate(messages) if each.id in said)
    return messages[first + 1 : first + 1 + _MOST_READ]


def by_id(session: Session, messages: Sequence[MessageRow]) -> dict[str, UUID]:
    """Some messages by every Message-ID that they go by."""
    found = {each.message_id: each.id for each in messages if each.message_id}
    keys = [each.id for each in messages]
    aliases = select(AliasRow.alias, AliasRow.message_id).where(AliasRow.message_id.in_(keys))
    return found | dict(session.execute(aliases).all())


def parents(message: MessageRow, named: Sequence[str], known: dict[str, UUID]) -> list[UUID]:
    """Which of some messages one refers to by the IDs that it names, the nearest first."""
    return [known[each] for each in named if each in known and known[each] != message.id]


def names(session: Session, message: MessageRow) -> tuple[str, ...]:
    """The IDs that a message refers to, the nearest first; its mail is read for that."""
    return opaque_ids(_refers_to(session, message))


def _refers_to(session: Session, message: MessageRow) -> list[str]:
    from mailgateway.mime.parse import parse

    if message.raw_id is not None:
        mail = parse(get_raw(session, message.raw_id))
        about = mail.status.original_message_id if mail.status else None
        return [*mail.in_reply_to, *reversed(mail.references), *([about] if about else [])]
    sent = session.scalar(select(OutboxRow.mail).where(OutboxRow.message_id == message.id))
    return [sent["in_reply_to"], *reversed(sent["references"])] if sent else []


def urgencies(desk: Desk, session: Session, old: UUID, going: Collection[UUID]) -> Urgencies:
    """How urgent messages are that leave a conversation, and those that stay where what goes had raised it."""
    from mailgateway import ranking

    return ranking.urgencies(session, old, going, desk.policy)
