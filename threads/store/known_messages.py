"""The stored messages that a mail names, and those that name what it names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, func, select, union_all
from sqlalchemy.orm import Session

from storage.rows import column_of, rows_of
from storage.tables import AliasRow, GhostRow, MessageRow, OutboxRow, PassageRow
from threads.model import BY_AGENT, Direction, InboundMail
from threads.placing.known import KnownGhost, KnownMessage
from threads.placing.loose import WEAK
from threads.placing.passages import COMMONPLACE, FEWEST, MOST_QUOTED, quoted_in
from threads.placing.references import COMMON, MOST_NEAR, own_id, referred_to, traces
from threads.subjects import canonical
from threads.tokens import opaque_id

_MOST_MESSAGES = 200
_MOST_GHOSTS = 2 * COMMON * (MOST_NEAR + 3)
"""No more are written of one; twice as many, for processes that write at once."""
_MOST_SHARING = 2 * MOST_QUOTED * COMMONPLACE
_MOST_QUOTED = 30


@dataclass(frozen=True, slots=True)
class Named:
    """A stored message whose ID a mail names."""

    id: UUID
    message_id: str
    """As it was named: one of ours may go by another ID than the one we gave it."""
    conversation_id: UUID
    direction: str
    subject: str
    signal: str
    held: bool
    loose_with: UUID | None


@dataclass(frozen=True, slots=True)
class Ghost:
    """A stored message that refers to what a mail names, or is."""

    ghost: str
    message: UUID
    conversation_id: UUID
    held: bool
    loose_with: UUID | None


def named_by(session: Session, mail: InboundMail) -> list[Named]:
    """The stored messages whose IDs a mail names."""
    about = opaque_id(mail.status.original_message_id) if mail.status else None
    ids = {*referred_to(mail), *([about] if about else [])}
    if not ids:
        return []
    return [Named(row[0], row[1] or "", *row[2:]) for row in rows_of(session, _NAMED, ids=ids)]


_OF_MESSAGE = (
    MessageRow.conversation_id,
    MessageRow.direction,
    MessageRow.subject,
    MessageRow.signal,
    MessageRow.held,
    MessageRow.loose_with,
)
_BY_ID = (
    select(MessageRow.id, MessageRow.message_id, *_OF_MESSAGE)
    .where(MessageRow.message_id.in_(bindparam("ids", expanding=True)))
    .limit(_MOST_MESSAGES)
    .subquery()
)
_BY_ALIAS = (
    select(MessageRow.id, AliasRow.alias, *_OF_MESSAGE)
    .join(AliasRow, AliasRow.message_id == MessageRow.id)
    .where(AliasRow.alias.in_(bindparam("ids", expanding=True)))
    .limit(_MOST_MESSAGES)
    .subquery()
)
_NAMED = select(union_all(select(_BY_ID), select(_BY_ALIAS)).subquery())
"""In one statement: for a mail's few rows the way to the database and back takes longer than to find them."""


def ghosts_of(session: Session, mail: InboundMail) -> list[Ghost]:
    """The stored messages that refer to what a mail names without anybody having seen it, or to the mail itself."""
    itself = own_id(mail)
    asked = {*traces(mail), *([itself] if itself else [])}
    if not asked:
        return []
    found = [Ghost(*row) for row in rows_of(session, _GHOSTS, ghosts=asked)]
    naming = Counter(each.ghost for each in found)
    return [each for each in found if naming[each.ghost] < COMMON]


_GHOSTS = (
    select(GhostRow.ghost, MessageRow.id, MessageRow.conversation_id, MessageRow.held, MessageRow.loose_with)
    .join(MessageRow, MessageRow.id == GhostRow.message_id)
    .where(GhostRow.ghost.in_(bindparam("ghosts", expanding=True)))
    .limit(_MOST_GHOSTS)
)


@dataclass(frozen=True, slots=True)
class Quoted:
    """A stored message that a mail quotes."""

    conversation_id: UUID
    code: str
    shared: int
    """How many passages the quotation and the message have in common."""
    of: int
    """How many passages of the message are kept."""


def quoted_by(session: Session, mail: InboundMail) -> list[Quoted]:
    """The messages of which a mail quotes the most."""
    passages = quoted_in(mail.text, mail.reply)
    if len(passages) < FEWEST:
        return []
    found = rows_of(session, _SHARING, passages=passages)
    saying = Counter(row.hash for row in found)
    shared = Counter(row.message_id for row in found if saying[row.hash] < COMMONPLACE)
    most = [each for each, count in shared.most_common(_MOST_QUOTED) if count >= FEWEST]
    if not most:
        return []
    return [
        Quoted(row.conversation_id, row.code, shared[row.id], row.of)
        for row in rows_of(session, _QUOTED, messages=most)
    ]


_SHARING = (
    select(PassageRow.hash, PassageRow.message_id)
    .where(PassageRow.hash.in_(bindparam("passages", expanding=True)))
    .limit(_MOST_SHARING)
)
_PASSAGES = select(func.count()).where(PassageRow.message_id == MessageRow.id).scalar_subquery()
_QUOTED = select(MessageRow.id, MessageRow.conversation_id, MessageRow.code, _PASSAGES.label("of")).where(
    MessageRow.id.in_(bindparam("messages", expanding=True))
)


def ours_among(session: Session, messages: Iterable[Named]) -> set[UUID]:
    """Of some messages those that we sent under an ID of our own making: they went through the outbox."""
    out = [each.id for each in messages if each.direction == Direction.OUT]
    if not out:
        return set()
    return {key for key in column_of(session, _SENT, messages=out) if key is not None}


_SENT = select(OutboxRow.message_id).where(OutboxRow.message_id.in_(bindparam("messages", expanding=True)))


def known_message(each: Named, now_in: dict[UUID, UUID], ours: set[UUID], loose: Container[UUID]) -> KnownMessage:
    """What `match` wants to know of a message."""
    return KnownMessage(
        message_id=each.message_id,
        conversation=now_in[each.conversation_id],
        canonical_subject=canonical(each.subject),
        ours=each.id in ours,
        out=each.direction == Direction.OUT,
        by_agent=each.signal in BY_AGENT,
        held=each.held,
        weak=each.signal in WEAK,
        loose=_among(loose, each.loose_with),
    )


def known_ghosts(ghosts: Sequence[Ghost], now_in: dict[UUID, UUID], loose: Container[UUID]) -> tuple[KnownGhost, ...]:
    """The ghosts with the conversations that refer to them now."""
    return tuple(
        KnownGhost(each.ghost, now_in[each.conversation_id], each.held, _among(loose, each.loose_with))
        for each in ghosts
    )


def _among(loose: Container[UUID], part: UUID | None) -> UUID | None:
    return part if part in loose else None
