"""What an act did to the rows of some conversations, row by row, so that exactly that can be taken back.

The rows are read before and after; what differs stands in the act's event. Taking back leaves alone what is another by now.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table, delete, or_, select, tuple_, update
from sqlalchemy.orm import Session

from storage.claim import insert_ignoring
from storage.portions import portions
from storage.rows import table_of
from storage.tables import (
    ApartRow,
    Base,
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
from threads.conversation import plain

Key = tuple[Any, ...]
Kept = dict[str, Any]
"""Columns in plain values."""
Taken = dict[Key, tuple[Any, ...]]
Snapshot = dict[str, Taken]
"""By table what is noted of its rows, by their keys."""
Rows = dict[str, list[dict[str, Any]]]
"""By table: [{"keys": [...], "before": {...}, "after": {...}}]; None before is a row that was made, after one that went."""
PLACING = ("let in", "merged", "split", "moved")
"""The acts by which messages and people got where they are."""


@dataclass(frozen=True, slots=True)
class Noted:
    """A table whose rows an act may change, with what is noted of each row."""

    mapped: type[Base]
    key: tuple[str, ...]
    kept: tuple[str, ...]
    by: tuple[str, ...] = ("conversation_id",)
    """The columns by which a row hangs on a conversation."""

    @property
    def table(self) -> Table:
        """The table itself."""
        return table_of(self.mapped)

    def columns(self, names: Iterable[str]) -> list[Column[Any]]:
        """Some of its columns."""
        return [self.table.c[name] for name in names]


_HANGS_ON = ("conversation_id",)
_OF_CALLBACK = ("message_id", "state", "number", "said", "from_at", "until_at", "because", "created_at", "tell_at", "ended_at",
                "ended_by", "ended_because")  # fmt: skip
_BESIDE = ("side_of_id", "continues_id")
NOTED: Mapping[str, Noted] = {
    each.mapped.__tablename__: each
    for each in (
        Noted(MessageRow, ("id",), (*_HANGS_ON, "held", "signal", "because", "rejected", "loose_with")),
        Noted(EventRow, ("id",), _HANGS_ON),
        Noted(OutboxRow, ("id",), _HANGS_ON),
        Noted(TokenRow, ("token",), _HANGS_ON),
        Noted(SuggestionRow, ("message_id", "rank"), _HANGS_ON),
        Noted(CallbackRow, ("id",), (*_HANGS_ON, *_OF_CALLBACK)),
        Noted(ParticipantRow, ("conversation_id", "person_id"), ("role", "since_at")),
        Noted(WordRow, ("conversation_id", "word"), ()),
        Noted(SubjectRow, ("conversation_id", "canonical_subject"), ()),
        Noted(TagRow, ("conversation_id", "tag"), ()),
        Noted(ApartRow, ("conversation_id", "other_id"), (), ("conversation_id", "other_id")),
        Noted(ConversationRow, ("id",), _BESIDE, _BESIDE),
    )
}
"""What else changes in the conversations themselves is not here: each act on one has an event with its fields."""


def snapshot(session: Session, conversations: Collection[UUID], only: Collection[type[Base]] = ()) -> Snapshot:
    """What hangs on some conversations now; of `only` some tables where an act changes nothing else."""
    session.flush()
    taken: Snapshot = {}
    for name, noted in NOTED.items():
        if only and noted.mapped not in only:
            continue
        hanging = or_(*(column.in_(conversations) for column in noted.columns(noted.by)))
        found = session.execute(select(*noted.columns((*noted.key, *noted.kept))).where(hanging))
        width = len(noted.key)
        taken[name] = {row[:width]: row[width:] for row in map(tuple, found)}
    return taken


def difference(before: Snapshot, after: Snapshot) -> Rows:
    """What an act did, by the rows before and after it: rows to which the same happened stand together."""
    return {name: list(_grouped(_changes(NOTED[name].kept, before.get(name, {}), after[name]))) for name in after}


def _changes(columns: tuple[str, ...], before: Taken, after: Taken) -> Iterator[tuple[Key, Kept | None, Kept | None]]:
    for key in dict.fromkeys((*before, *after)):
        was, became = before.get(key), after.get(key)
        if was == became:
            continue
        named = [
            number for number in range(len(columns)) if was is None or became is None or was[number] != became[number]
        ]
        yield key, _plain(columns, was, named), _plain(columns, became, named)


def _plain(columns: tuple[str, ...], row: tuple[Any, ...] | None, named: Iterable[int]) -> Kept | None:
    return None if row is None else plain({columns[number]: row[number] for number in named})


def _grouped(changes: Iterable[tuple[Key, Kept | None, Kept | None]]) -> Iterable[dict[str, Any]]:
    groups: dict[str, dict[str, Any]] = {}
    for key, before, after in changes:
        alike = json.dumps((before, after), sort_keys=True)
        groups.setdefault(alike, {"keys": [], "before": before, "after": after})["keys"].append(_plain_key(key))
    return groups.values()


def _plain_key(key: Key) -> list[Any]:
    return [str(each) if isinstance(each, UUID) else each for each in key]


def went(rows: Rows) -> set[UUID]:
    """The messages that an act put from one conversation into another."""
    groups = rows.get(MessageRow.__tablename__, ())
    return {UUID(key) for group in groups if "conversation_id" in (group["after"] or {}) for [key] in group["keys"]}


def made(mapped: type[Base], keys: Iterable[Key]) -> Rows:
    """What an act did that made rows of one table, of which nothing but the key is noted."""
    return {mapped.__tablename__: [{"keys": [_plain_key(key) for key in keys], "before": None, "after": {}}]}


def put_back(session: Session, rows: Rows) -> None:
    """Take back what `difference` found, where each row is still as the act left it."""
    session.flush()
    for name, groups in rows.items():
        noted = NOTED[name]
        for group in groups:
            for keys in portions(_values(noted.columns(noted.key), key) for key in group["keys"]):
                _put_back(session, noted, keys, group["before"], group["after"])
    session.expire_all()  # what was read before is another now


def _put_back(session: Session, noted: Noted, keys: list[Key], before: Kept | None, after: Kept | None) -> None:
    key_columns = noted.columns(noted.key)
    if before is None:
        session.execute(delete(noted.table).where(tuple_(*key_columns).in_(keys)))
        return
    was = _named(noted, before)
    if after is None:
        gone = [dict(zip(noted.key, key, strict=True)) | was for key in keys]
        insert_ignoring(session, noted.mapped, gone)
        return
    unchanged = [key for key, now in _now(session, noted, keys, after) if now == after]
    if unchanged:
        session.execute(update(noted.table).where(tuple_(*key_columns).in_(unchanged)).values(was))


def _now(session: Session, noted: Noted, keys: list[Key], after: Kept) -> Iterator[tuple[Key, Kept]]:
    """Some rows as they are now, by the columns that the act changed."""
    key_columns = noted.columns(noted.key)
    for row in session.execute(select(*key_columns, *noted.columns(after)).where(tuple_(*key_columns).in_(keys))):
        yield tuple(row[: len(noted.key)]), plain(dict(zip(after, row[len(noted.key) :], strict=True)))


def _named(noted: Noted, values: Kept) -> Kept:
    return dict(zip(values, _values(noted.columns(values), values.values()), strict=True))


def _values(columns: Iterable[Column[Any]], values: Iterable[Any]) -> Key:
    """Plain values as the columns take them."""
    return tuple(_value(column, value) for column, value in zip(columns, values, strict=True))


def _value(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if column.name.endswith("_at"):
        return datetime.fromisoformat(value)
    return UUID(value) if column.name == "id" or column.name.endswith(("_id", "_with")) else value
