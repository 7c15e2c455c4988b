"""One conversation out of two: what moves, so that it can move back."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from storage.claim import insert_ignoring
from storage.errors import WrongUse
from storage.tables import (
    ConversationRow,
    DraftingRow,
    EventRow,
    MessageRow,
    OutboxRow,
    ParticipantRow,
    SuggestionRow,
    TokenRow,
    WordRow,
)
from threads.conversation import Change, apply, from_plain, locked_itself
from threads.model import Priority, Status

_RANK = {priority: rank for rank, priority in enumerate(Priority)}
_MOVED: dict[str, type[MessageRow] | type[EventRow] | type[OutboxRow]] = {
    "messages": MessageRow,
    "events": EventRow,
    "outbox": OutboxRow,
}


def merged(source: ConversationRow, target: ConversationRow, because: str) -> tuple[Change, Change]:
    """What becomes of both: the target takes over what is more urgent, the source is closed and points to it."""
    if source.id == target.id:
        raise WrongUse("that is one conversation already; name two")
    urgent = source if _RANK[Priority(source.priority)] < _RANK[Priority(target.priority)] else target
    into = {
        "messages": target.messages + source.messages,
        "priority": urgent.priority,
        "rule": urgent.rule,
        "priority_because": urgent.priority_because,
        "status": _livelier(source.status, target.status),
        "waiting_since": _earlier(source.waiting_since, target.waiting_since),
        "due_at": _earlier(source.due_at, target.due_at),
        "assignee_id": target.assignee_id or source.assignee_id,
        "acknowledged_at": _earlier(source.acknowledged_at, target.acknowledged_at),
    }
    away = {
        "status": Status.CLOSED,
        "merged_into_id": target.id,
        "messages": 0,
        "waiting_since": None,
        "due_at": None,
        "snoozed_until": None,
    }
    return Change("merged away", because, away), Change("merged", because, into)


def merge(session: Session, source_id: UUID, target_id: UUID, *, actor: str, because: str, now: datetime) -> EventRow:
    """Move everything of one conversation into another; later mails to either come there. Undone by `unmerge`."""
    source, target = (locked_itself(session, each) for each in sorted((source_id, target_id)))
    if source.id != source_id:
        source, target = target, source
    for each in (source, target):
        if each.merged_into_id is not None:
            raise WrongUse(f"{each.handle} has just been merged into another; look at it once more with `brief show`")
    away, into = merged(source, target, because)
    moved = _move(session, source.id, target.id)
    data = {"source": str(source.id), "handle": source.handle, "moved": moved}
    left = apply(session, source, away, actor="", now=now)
    return apply(
        session,
        target,
        Change(into.kind, into.because, into.fields, {**data, "left": str(left.id)}),
        actor=actor,
        now=now,
    )


def unmerge(session: Session, event: EventRow, now: datetime) -> None:
    """Move back what a merge moved; what came since stays where it came."""
    target_id, source_id = event.conversation_id, UUID(event.data["source"])
    locked_itself(session, min(source_id, target_id))
    source = locked_itself(session, source_id)
    _move_back(session, event.data["moved"], target_id, source_id)
    left = session.get(EventRow, UUID(event.data["left"]))
    if left is not None:
        _restore_source(source, left)
        left.undone_at = now


def _livelier(one: str, other: str) -> str:
    order = (Status.OPEN, Status.SNOOZED, Status.WAITING, Status.CLOSED, Status.SUSPECTED)
    return min(one, other, key=lambda each: order.index(Status(each)))


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    times = [each for each in (one, other) if each is not None]
    return min(times, default=None)


def _restore_source(source: ConversationRow, left: EventRow) -> None:
    for name, value in left.data["before"].items():
        setattr(source, name, from_plain(name, value))


def _move(session: Session, source: UUID, target: UUID) -> dict[str, Any]:
    """Hang everything of `source` on `target`, and say what it was."""
    moved: dict[str, Any] = {}
    for name, table in _MOVED.items():
        ids = session.scalars(select(table.id).where(table.conversation_id == source)).all()
        session.execute(update(table).where(table.conversation_id == source).values(conversation_id=target))
        moved[name] = [str(each) for each in ids]
    moved["tokens"] = list(session.scalars(select(TokenRow.token).where(TokenRow.conversation_id == source)))
    for other in (TokenRow, SuggestionRow):
        session.execute(update(other).where(other.conversation_id == source).values(conversation_id=target))
    session.execute(delete(DraftingRow).where(DraftingRow.conversation_id == source))
    moved["participants"] = _share_participants(session, source, target)
    moved["words"] = _share_words(session, source, target)
    return moved


def _share_participants(session: Session, source: UUID, target: UUID) -> list[str]:
    """Everybody of `source` takes part in `target` too. Who did not before."""
    there = set(session.scalars(select(ParticipantRow.person_id).where(ParticipantRow.conversation_id == target)))
    new = [
        {"conversation_id": target, "person_id": row.person_id, "role": "participant", "since_at": row.since_at}
        for row in session.scalars(select(ParticipantRow).where(ParticipantRow.conversation_id == source))
        if row.person_id not in there
    ]
    insert_ignoring(session, ParticipantRow, new)
    return [str(each["person_id"]) for each in new]


def _share_words(session: Session, source: UUID, target: UUID) -> list[str]:
    """The words of `source` are found in `target` too. Which were new there."""
    there = set(session.scalars(select(WordRow.word).where(WordRow.conversation_id == target)))
    theirs = session.scalars(select(WordRow.word).where(WordRow.conversation_id == source))
    new = [word for word in theirs if word not in there]
    insert_ignoring(session, WordRow, [{"conversation_id": target, "word": word} for word in new])
    return new


def _move_back(session: Session, moved: dict[str, Any], target: UUID, source: UUID) -> None:
    for name, table in _MOVED.items():
        ids = [UUID(each) for each in moved[name]]
        for few in _few(ids):
            session.execute(
                update(table).where(table.id.in_(few), table.conversation_id == target).values(conversation_id=source)
            )
    for few in _few([UUID(each) for each in moved["messages"]]):
        session.execute(update(SuggestionRow).where(SuggestionRow.message_id.in_(few)).values(conversation_id=source))
    for few in _few(moved["tokens"]):
        session.execute(update(TokenRow).where(TokenRow.token.in_(few)).values(conversation_id=source))
    for few in _few([UUID(each) for each in moved["participants"]]):
        session.execute(
            delete(ParticipantRow).where(ParticipantRow.conversation_id == target, ParticipantRow.person_id.in_(few))
        )
    for few in _few(moved["words"]):
        session.execute(delete(WordRow).where(WordRow.conversation_id == target, WordRow.word.in_(few)))


def _few(values: list[Any], at_once: int = 500) -> list[list[Any]]:
    return [values[start : start + at_once] for start in range(0, len(values), at_once)]
