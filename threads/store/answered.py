"""What agents answered, each with the customer's mail that it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from storage.tables import ConversationRow, MessageRow
from threads.model import Direction, Kind

MOST = 3_000
"""Answers that are looked at together."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An agent's answer and the mail that it answers."""

    handle: str
    at: datetime
    text: str
    """What the agent wrote, without signature and quotation."""
    asked: str
    """What the customer wrote, without quotations and signature."""
    subject: str
    names: tuple[str, ...]
    """The names and the address of the customer, as they stand in that mail."""
    address: str
    language: str


def times_of(session: Session, after: datetime, until: datetime, limit: int) -> list[datetime]:
    """When agents answered in a time, the first ones in order: bounds for `answers`."""
    chosen = select(MessageRow.received_at).where(*_written(("reply",), after, until))
    return list(session.scalars(chosen.order_by(MessageRow.received_at).limit(limit)))


def answers(session: Session, after: datetime, until: datetime, *, imported: bool = False) -> list[Answered]:
    """What agents wrote to customers in a time, the oldest first, the latest `MOST` of it; `imported`: that of archives, too."""
    kinds = ("reply", Kind.PERSON.value) if imported else ("reply",)
    chosen = select(MessageRow).where(*_written(kinds, after, until))
    latest = chosen.order_by(MessageRow.received_at.desc(), MessageRow.id.desc()).limit(MOST)
    found = list(session.scalars(latest))[::-1]
    return _with_mails(session, found, MessageRow.conversation_id.in_({each.conversation_id for each in found}))


def _written(kinds: tuple[str, ...], after: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        MessageRow.kind.in_(kinds),
        MessageRow.received_at > after,
        MessageRow.received_at <= until,
        MessageRow.direction == Direction.OUT.value,
    )


def answer_of(session: Session, conversation_id: UUID) -> Answered | None:
    """The first answer of a conversation that an agent wrote."""
    chosen = select(MessageRow).where(
        MessageRow.conversation_id == conversation_id,
        MessageRow.kind.in_(("reply", Kind.PERSON.value)),
        MessageRow.direction == Direction.OUT.value,
    )
    found = list(session.scalars(chosen.order_by(MessageRow.received_at, MessageRow.id)))
    return next(iter(_with_mails(session, found, MessageRow.conversation_id == conversation_id)), None)


def _with_mails(session: Session, found: Sequence[MessageRow], of: ColumnElement[bool]) -> list[Answered]:
    """Each answer with the customer's mail before it; one in a side conversation, or before any mail, is none."""
    ids = {each.conversation_id for each in found}
    main = select(ConversationRow.id, ConversationRow.handle).where(
        ConversationRow.id.in_(ids), ConversationRow.side_of_id.is_(None)
    )
    handles = {row.id: row.handle for row in session.execute(main)}
    mails = session.scalars(
        select(MessageRow)
        .where(
            of,
            MessageRow.direction == Direction.IN.value,
            MessageRow.kind == Kind.PERSON.value,
            MessageRow.held.is_(False),
            MessageRow.suspected == "",
        )
        .order_by(MessageRow.received_at, MessageRow.id)
    ).all()
    came: dict[UUID, list[MessageRow]] = {}
    for mail in mails:
        came.setdefault(mail.conversation_id, []).append(mail)
    pairs = (
        (each, _before(each, came.get(each.conversation_id, []))) for each in found if each.conversation_id in handles
    )
    return [_answered(handles[each.conversation_id], each, mail) for each, mail in pairs if mail is not None]


def _before(answer: MessageRow, mails: Sequence[MessageRow]) -> MessageRow | None:
    """The last mail of the conversation that was there when it was answered."""
    return next((each for each in reversed(mails) if each.received_at <= answer.received_at), None)


def _answered(handle: str, answer: MessageRow, mail: MessageRow) -> Answered:
    return Answered(
        handle=handle,
        at=answer.received_at,
        text=answer.reply or answer.text,
        asked=mail.reply or mail.text,
        subject=mail.subject,
        names=(mail.from_name, mail.from_address),
        address=mail.from_address,
        language=answer.language or mail.language,
    )
