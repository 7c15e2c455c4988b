"""The newest conversations of the people of a mail: where it may belong though it names no mail that is known."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BindParameter, bindparam, exists, func, literal, or_, select, true, union_all
from sqlalchemy.orm import Session

from storage.rows import column_of, rows_of
from storage.tables import BesideRow, ConversationRow, MessageRow, ParticipantRow, SubjectRow
from threads.model import InboundMail
from threads.placing.references import MOST_NEAR, is_telling
from threads.store.known_people import Correspondents
from threads.subjects import canonical, is_reply_subject
from threads.tokens import opaque_ids

_MOST_OF_WRITER = 200
_MOST_OF_OTHERS = 40
_MOST_PERSONS = 5
_MOST_SAME_SUBJECT = 20


def on_subject(session: Session, mail: InboundMail, who: Correspondents) -> tuple[list[UUID], frozenset[UUID]]:
    """Of the newest conversations of its people the latest that go under the subject of a reply, and which of them it does
    not answer: where it names a mail that nobody has seen, those in which nobody but its writer has said anything.
    """
    subject = canonical(mail.subject)
    if not subject or not is_reply_subject(mail.subject):
        return [], frozenset()
    at = {**_of_people(session, subject, who), **_of_held(session, subject, who)}
    called = sorted(sorted(at), key=at.__getitem__, reverse=True)[:_MOST_SAME_SUBJECT]
    if called and any(map(is_telling, opaque_ids(mail.in_reply_to[:MOST_NEAR]))):
        return called, frozenset(called).difference(column_of(session, _BY_OTHERS, keys=called, writer=who.writer))
    return called, frozenset()


def _of_people(session: Session, subject: str, who: Correspondents) -> dict[UUID, datetime]:
    """Of the newest conversations of the people of a mail those under a subject, and when the last mail of each was."""
    theirs = [(each, _MOST_OF_WRITER) for each in who.writers] + [(each, _MOST_OF_OTHERS) for each in who.others]
    return {
        row.id: row.updated_at
        for person, most in theirs[:_MOST_PERSONS]
        for row in rows_of(session, _CALLED, person=person, subject=subject, newer=most - 1)
    }


def _of_held(session: Session, subject: str, who: Correspondents) -> dict[UUID, datetime]:
    """The same of those beside which mail of these people is held."""
    keys = column_of(session, _HELD_BESIDE, addresses=who.people) if who.people else []
    return {row.id: row.updated_at for row in rows_of(session, _BESIDE, keys=keys, subject=subject)} if keys else {}


_SUBJECT: BindParameter[str] = bindparam("subject")
_FOUND = select(ConversationRow.id, ConversationRow.updated_at)
_TAKES_PART = ParticipantRow.person_id == bindparam("person")
_NEWEST = select(
    func.coalesce(
        select(ParticipantRow.conversation_id)
        .where(_TAKES_PART)
        .order_by(ParticipantRow.conversation_id.desc())
        .offset(bindparam("newer"))
        .limit(1)
        .scalar_subquery(),
        literal(UUID(int=0)),
    ).label("oldest")
).cte("newest")
_OLDEST = select(_NEWEST.c.oldest).scalar_subquery()
"""The first of the newest conversations of somebody: keys are in the order of their making. It is found once, and asked for thrice."""
_OWN = (
    _FOUND.where(
        ConversationRow.customer_id == bindparam("person"),
        ConversationRow.canonical_subject == _SUBJECT,
        ConversationRow.id >= _OLDEST,
    )
    .order_by(ConversationRow.updated_at.desc(), ConversationRow.id)
    .limit(_MOST_SAME_SUBJECT)
    .subquery()
)
_PART = select(ParticipantRow.role).where(ParticipantRow.conversation_id == _OWN.c.id, _TAKES_PART).scalar_subquery()
_AS_CUSTOMER = select(_OWN).where(_PART.is_not(None))
"""Along an index that reads no other conversation of theirs. Nobody takes part in what a split made that was taken back.

Where it says `exists` instead, PostgreSQL joins, and reads all in which they take part for each that is found.
"""
_LATELY = _TAKES_PART & (ParticipantRow.conversation_id >= _OLDEST)
_AS_ANOTHER = _FOUND.join(ParticipantRow, ParticipantRow.conversation_id == ConversationRow.id).where(
    _LATELY, ParticipantRow.role != "customer", ConversationRow.canonical_subject == _SUBJECT
)
_BY_ANOTHER_SUBJECT = (
    select(
        ParticipantRow.conversation_id,
        # not joined: SQLite would read every conversation of theirs first, and only then ask for its subjects
        select(ConversationRow.updated_at)
        .where(ConversationRow.id == ParticipantRow.conversation_id)
        .scalar_subquery(),
    )
    .join(SubjectRow, SubjectRow.conversation_id == ParticipantRow.conversation_id)
    .where(_LATELY, SubjectRow.canonical_subject == _SUBJECT)
)
_THEIRS = union_all(_AS_CUSTOMER, _AS_ANOTHER, _BY_ANOTHER_SUBJECT).subquery()
_CALLED = select(_THEIRS.c.id, _THEIRS.c.updated_at)
_HELD_BESIDE = (
    select(MessageRow.conversation_id)
    .join(BesideRow, BesideRow.message_id == MessageRow.id)
    .where(BesideRow.address.in_(bindparam("addresses", expanding=True)), MessageRow.held == true())
    .limit(_MOST_OF_OTHERS)
)
_BESIDE = _FOUND.where(
    ConversationRow.id.in_(bindparam("keys", expanding=True)),
    or_(
        ConversationRow.canonical_subject == _SUBJECT,
        exists().where(SubjectRow.conversation_id == ConversationRow.id, SubjectRow.canonical_subject == _SUBJECT),
    ),
)
_BY_OTHERS = select(ConversationRow.id).where(
    ConversationRow.id.in_(bindparam("keys", expanding=True)),
    exists().where(
        MessageRow.conversation_id == ConversationRow.id,
        MessageRow.from_address.not_in(bindparam("writer", expanding=True)),
    ),
)
