"""In which conversations one person takes part, for many of them at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from storage.claim import insert_ignoring
from storage.rows import table_of
from storage.tables import ConversationRow, ParticipantRow
from threads.people.addresses import part

Parts = Mapping[UUID, tuple[str, datetime]]
"""By conversation the role in which somebody takes part, and since when."""

_TABLE, _CONVERSATION = table_of(ParticipantRow), table_of(ConversationRow)
_THEIRS = _TABLE.c.conversation_id == bindparam("conversation"), _TABLE.c.person_id == bindparam("person")
_SET = update(_TABLE).where(*_THEIRS).values(role=bindparam("as_role"), since_at=bindparam("since"))
_END = delete(_TABLE).where(*_THEIRS)
_GIVE = (
    update(_CONVERSATION)
    .where(_CONVERSATION.c.id == bindparam("conversation"), _CONVERSATION.c.customer_id == bindparam("was"))
    .values(customer_id=bindparam("becomes"))
)


def parts_of(session: Session, person: UUID) -> dict[UUID, tuple[str, datetime]]:
    """Where somebody takes part."""
    columns = ParticipantRow.conversation_id, ParticipantRow.role, ParticipantRow.since_at
    rows = session.execute(select(*columns).where(ParticipantRow.person_id == person))
    return {conversation: (role, since) for conversation, role, since in rows}


def give_parts(session: Session, person: UUID, parts: Parts) -> None:
    """Let somebody take part so, also where they do in another way."""
    new = [part(each, person, since, role) for each, (role, since) in parts.items()]
    if insert_ignoring(session, ParticipantRow, new) == len(new):
        return
    set_to = [
        {"conversation": each, "person": person, "as_role": role, "since": since}
        for each, (role, since) in parts.items()
    ]
    session.execute(_SET, set_to)


def end_parts(session: Session, person: UUID, conversations: Collection[UUID]) -> None:
    """Let somebody take part in some conversations no more."""
    if conversations:
        session.execute(_END, [{"conversation": each, "person": person} for each in conversations])


def give_conversations(session: Session, conversations: Collection[UUID], was: UUID, becomes: UUID) -> None:
    """Make one person the customer of what is still another's."""
    if conversations:
        session.execute(_GIVE, [{"conversation": each, "was": was, "becomes": becomes} for each in conversations])
