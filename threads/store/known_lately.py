"""The newest conversations of the people of a mail: where it may belong though it names no mail that is known."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import bindparam, or_, select, true
from sqlalchemy.orm import Session

from storage.rows import column_of
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


def _lately_of(session: Session, who: Correspondents) -> list[UUID]:
    """The newest conversations of the people of a mail, those of its writer first; along an index, person by person."""
    theirs = [(each, _MOST_OF_WRITER) for each in who.writers] + [(each, _MOST_OF_OTHERS) for each in who.others]
    found = [
        key for person, most in theirs[:_MOST_PERSONS] for key in column_of(session, _NEWEST, person=person, most=most)
    ]
    found += column_of(session, _HELD_BESIDE, addresses=who.people) if who.people else []
    return list(dict.fromkeys(found))


_NEWEST = (
    select(ParticipantRow.conversation_id)
    .where(ParticipantRow.person_id == bindparam("person"))
    .order_by(ParticipantRow.conversation_id.desc())
    .limit(bindparam("most"))
)


_HELD_BESIDE = (
    select(MessageRow.conversation_id)
    .join(BesideRow, BesideRow.message_id == MessageRow.id)
    .where(BesideRow.address.in_(bindparam("addresses", expanding=True)), MessageRow.held == true())
    .limit(_MOST_OF_OTHERS)
)


def on_subject(session: Session, mail: InboundMail, who: Correspondents) -> tuple[list[UUID], frozenset[UUID]]:
    """Of the newest conversations of its people the latest that go under the subject of a reply, and which of them it does
    not answer: where it names a mail that nobody has seen, those in which nobody but its writer has said anything.
    """
    subject = canonical(mail.subject)
    keys = _lately_of(session, who) if subject and is_reply_subject(mail.subject) else []
    if not keys:
        return [], frozenset()
    also = column_of(session, _ALSO_CALLED, keys=keys, subject=subject)
    called = column_of(session, _CALLED, keys=keys, also=also, subject=subject)
    if called and any(map(is_telling, opaque_ids(mail.in_reply_to[:MOST_NEAR]))):
        return called, frozenset(called).difference(column_of(session, _BY_OTHERS, keys=called, writer=who.writer))
    return called, frozenset()


_ALSO_CALLED = select(SubjectRow.conversation_id).where(
    SubjectRow.conversation_id.in_(bindparam("keys", expanding=True)),
    SubjectRow.canonical_subject == bindparam("subject"),
)
_CALLED = (
    select(ConversationRow.id)
    .where(
        ConversationRow.id.in_(bindparam("keys", expanding=True)),
        or_(
            ConversationRow.canonical_subject == bindparam("subject"),
            ConversationRow.id.in_(bindparam("also", expanding=True)),
        ),
    )
    .order_by(ConversationRow.updated_at.desc())
    .limit(_MOST_SAME_SUBJECT)
)
_BY_OTHERS = (
    select(MessageRow.conversation_id)
    .where(
        MessageRow.conversation_id.in_(bindparam("keys", expanding=True)),
        MessageRow.from_address.not_in(bindparam("writer", expanding=True)),
    )
    .distinct()
)
