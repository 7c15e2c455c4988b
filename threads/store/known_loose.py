"""What stands in its conversation by a subject or by a quotation alone, and what goes with that by IDs."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from storage.rows import rows_of
from storage.tables import ConversationRow, MessageRow
from threads.model import BY_AGENT, TAKEN_BACK, Direction
from threads.store.known_messages import Ghost, Named


def loose_parts(session: Session, named: Iterable[Named | Ghost]) -> dict[UUID, frozenset[str]]:
    """Of what a mail is tied to the parts that stand loosely where they are, with the addresses of who wrote them.

    What an agent answered from where it stands is loose no more: whoever read both took them for one, and the answer, which
    leads all that follows to that conversation, could not go along. So is what a third party was asked about from there.
    """
    parts = {each.loose_with: each.conversation_id for each in named if each.loose_with is not None and not each.held}
    writers: dict[UUID, set[str]] = {key: set() for key in parts if key not in answered(session, parts.items())}
    if not writers:
        return {}
    for each in rows_of(session, _PARTS, parts=set(writers), conversations=set(parts.values())):
        writers[each.loose_with].add(each.from_address)
    return {key: frozenset(addresses) for key, addresses in writers.items()}


def answered(session: Session, parts: Collection[tuple[UUID, UUID]]) -> set[UUID]:
    """Those of some parts, each with its conversation, after which an agent wrote something from there."""
    if not parts:
        return set()
    last: dict[UUID, UUID] = {}
    for each in rows_of(session, _WRITTEN, conversations={conversation for _, conversation in parts}):
        main = each.side_of_id or each.conversation_id
        last[main] = max(each.id, last.get(main, each.id))
    return {part for part, conversation in parts if conversation in last and part < last[conversation]}


_BY_AGENTS = ("written", *BY_AGENT)
"""The signals of what agents write at this desk: where it was written, or where an agent put it since."""
_PARTS = select(MessageRow.loose_with, MessageRow.from_address).where(
    MessageRow.conversation_id.in_(bindparam("conversations", expanding=True)),
    MessageRow.loose_with.in_(bindparam("parts", expanding=True)),
    MessageRow.direction == Direction.IN,
)
_WRITTEN = (
    select(MessageRow.id, MessageRow.conversation_id, ConversationRow.side_of_id)
    .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
    .where(
        or_(
            ConversationRow.id.in_(bindparam("conversations", expanding=True)),
            ConversationRow.side_of_id.in_(bindparam("conversations", expanding=True)),
        ),
        MessageRow.direction == Direction.OUT,
        MessageRow.signal.in_(_BY_AGENTS),
        MessageRow.kind != TAKEN_BACK,
    )
)
