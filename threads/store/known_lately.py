"""The newest conversations of the people of a mail: where it may belong though it names no mail that is known."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, select, true
from sqlalchemy.orm import Session

from storage.rows import column_of
from storage.tables import BesideRow, ConversationRow, MessageRow, ParticipantRow, SubjectRow
from threads.model import InboundMail
from threads.store.known_people import Correspondents
from threads.subjects import canonical, is_reply_subject

_MOST_OF_WRITER = 200
_MOST_OF_OTHERS = 40
_MOST_PERSONS = 5


def lately_of(session: Session, who: Correspondents) -> list[UUID]:
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


def on_subject(session: Session, mail: InboundMail, keys: Sequence[UUID]) -> list[UUID]:
    """Of some conversations those that go under the subject of a reply, in the order given."""
    subject = canonical(mail.subject)
    if not subject or not keys or not is_reply_subject(mail.subject):
        return []
    found = {*column_of(session, _CALLED, keys=keys, subject=subject)}
    found |= {*column_of(session, _ALSO_CALLED, keys=keys, subject=subject)}
    return [key for key in keys if key in found]


_CALLED = select(ConversationRow.id).where(
    ConversationRow.id.in_(bindparam("keys", expanding=True)),
    ConversationRow.canonical_subject == bindparam("subject"),
)
_ALSO_CALLED = select(SubjectRow.conversation_id).where(
    SubjectRow.conversation_id.in_(bindparam("keys", expanding=True)),
    SubjectRow.canonical_subject == bindparam("subject"),
)
