"""What hangs on a conversation, and goes with its messages: when all of one becomes part of another, or some of them go."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from storage.claim import insert_ignoring
from storage.portions import portions
from storage.tables import (
    ApartRow,
    CallbackRow,
    ConversationRow,
    EventRow,
    MessageRow,
    OutboxRow,
    ParticipantRow,
    SubjectRow,
    SuggestionRow,
    TagRow,
    TokenRow,
    WordRow,
)
from threads.aside.sides import may_join
from threads.model import Direction, Kind
from threads.people.addresses import part, person_with, take_part
from threads.store.both import WENT_TO_BOTH
from threads.store.words import add_words, words_in, words_said
from threads.subjects import canonical


def all_goes(session: Session, source: UUID, target: UUID) -> None:
    """Hang everything of `source` on `target`; who takes part in it takes part there, its words lead there, its tags find it."""
    for table in (MessageRow, EventRow, OutboxRow, TokenRow, SuggestionRow, CallbackRow):
        session.execute(update(table).where(table.conversation_id == source).values(conversation_id=target))
    people = select(ParticipantRow.person_id, ParticipantRow.since_at).where(ParticipantRow.conversation_id == source)
    joined = [part(target, person, since) for person, since in session.execute(people)]
    insert_ignoring(session, ParticipantRow, joined)
    for column in (ConversationRow.side_of_id, ConversationRow.continues_id):
        session.execute(
            update(ConversationRow).where(column == source, ConversationRow.id != target).values({column: target})
        )
    words = session.scalars(select(WordRow.word).where(WordRow.conversation_id == source))
    add_words(session, target, words)
    share_tags(session, source, target)
    stay_apart(session, source, target)


def these_go(session: Session, messages: Collection[UUID], source: UUID, target: UUID) -> None:
    """Hang some messages of `source` on `target`, with what happened, went out and was suggested because of them."""
    for few in portions(messages):
        session.execute(update(MessageRow).where(MessageRow.id.in_(few)).values(conversation_id=target))
        for table in (EventRow, OutboxRow, SuggestionRow, CallbackRow):
            theirs = update(table).where(table.message_id.in_(few), table.conversation_id == source)
            if table is EventRow:
                theirs = theirs.where(_is_not_said_in(target))
            session.execute(theirs.values(conversation_id=target))


def _is_not_said_in(target: UUID) -> ColumnElement[bool]:
    """All but that a message went to both where `target` says so already: the other of the two goes on saying it."""
    there = aliased(EventRow)
    said = exists().where(
        there.message_id == EventRow.message_id, there.conversation_id == target, there.kind == WENT_TO_BOTH
    )
    return or_(EventRow.kind != WENT_TO_BOTH, ~said)


def set_apart(session: Session, one: UUID, other: UUID) -> None:
    """Never to be merged by the desk itself: an agent made two of them, or one is no part of the other by its nature."""
    both = ((one, other), (other, one))
    insert_ignoring(session, ApartRow, [{"conversation_id": here, "other_id": there} for here, there in both])


def stay_apart(session: Session, source: UUID, target: UUID) -> None:
    """What an agent told from `source` is told from `target` too, now that something of it is there."""
    others = select(ApartRow.other_id).where(ApartRow.conversation_id == source, ApartRow.other_id != target)
    for other in session.scalars(others).all():
        set_apart(session, target, other)


def no_longer_apart(session: Session, one: UUID, other: UUID) -> None:
    """An agent made one of them again."""
    for here, there in ((one, other), (other, one)):
        session.execute(delete(ApartRow).where(ApartRow.conversation_id == here, ApartRow.other_id == there))


def share_words(
    session: Session, source: UUID, target: UUID, went: Sequence[MessageRow], stay: Sequence[MessageRow]
) -> None:
    """Some messages that went to `target` are found there by their words and subjects, and no longer in `source`."""
    words = words_in(went)
    add_words(session, target, words)
    notes = session.scalars(select(EventRow.data).where(EventRow.conversation_id == source, EventRow.kind == "note"))
    left = words_in(stay) | {word for note in notes for word in words_said(str(note.get("text", "")))}
    _forget(session, WordRow.word, source, words - left)
    subjects = {canonical(each.subject) for each in went if not each.held} - {""}
    own = session.scalar(select(ConversationRow.canonical_subject).where(ConversationRow.id == target))
    rows = [{"conversation_id": target, "canonical_subject": each} for each in sorted(subjects - {own})]
    insert_ignoring(session, SubjectRow, rows)
    share_tags(session, source, target)
    _forget(session, SubjectRow.canonical_subject, source, subjects - {canonical(each.subject) for each in stay})


def share_tags(session: Session, source: UUID, target: UUID) -> None:
    """One conversation has the tags of another beside its own: which of its mails they are for, nothing tells."""
    tags = session.scalars(select(TagRow.tag).where(TagRow.conversation_id == source))
    insert_ignoring(session, TagRow, [{"conversation_id": target, "tag": each} for each in tags])


def remember_since(session: Session, conversations: Collection[UUID], event: UUID) -> None:
    """What was written down since an event keeps its words, and who wrote it takes part, whatever else is taken back."""
    wanted = select(MessageRow).where(
        MessageRow.conversation_id.in_(conversations), MessageRow.id > event, MessageRow.kind == Kind.PERSON
    )
    for each in session.scalars(wanted.where(MessageRow.held.is_(False))).all():
        add_words(session, each.conversation_id, words_in([each]))
        writer = person_with(session, each.from_address) if each.direction == Direction.IN else None
        if writer is not None and may_join(session, session.get_one(ConversationRow, each.conversation_id), {writer}):
            take_part(session, each.conversation_id, writer, each.received_at)


def _forget(session: Session, column: Any, conversation: UUID, values: Collection[str]) -> None:
    table = column.class_
    for few in portions(sorted(values)):
        session.execute(delete(table).where(table.conversation_id == conversation, column.in_(few)))
