"""What stands in its conversation by a subject or by a quotation alone, and what goes with that by IDs."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from storage.rows import rows_of
from storage.tables import MessageRow
from threads.model import Direction
from threads.store.known_messages import Ghost, Named


def loose_parts(session: Session, named: Iterable[Named | Ghost]) -> dict[UUID, frozenset[str]]:
    """Of what a mail is tied to the parts that stand loosely where they are, with the addresses of who wrote them.

    What an agent answered from where it stands is loose no more: whoever read both took them for one, and the answer, which
    leads all that follows to that conversation, could not go along.
    """
    parts = {each.loose_with: each.conversation_id for each in named if each.loose_with is not None and not each.held}
    if not parts:
        return {}
    found = rows_of(session, _PARTS, parts=set(parts), conversations=set(parts.values()))
    answered = {each.conversation_id: each.id for each in found if each.loose_with is None}
    writers: dict[UUID, set[str]] = {key: set() for key in parts if key > answered.get(parts[key], _NEVER)}
    for each in found:
        if each.loose_with in writers and each.direction == Direction.IN:
            writers[each.loose_with].add(each.from_address)
    return {key: frozenset(addresses) for key, addresses in writers.items()}


_NEVER = UUID(int=0)
_ANSWER = "written"
"""The signal of what agents write at this desk."""
_PARTS = (
    select(
        MessageRow.id, MessageRow.conversation_id, MessageRow.loose_with, MessageRow.direction, MessageRow.from_address
    )
    .where(
        MessageRow.conversation_id.in_(bindparam("conversations", expanding=True)),
        or_(
            MessageRow.loose_with.in_(bindparam("parts", expanding=True)),
            (MessageRow.signal == _ANSWER) & (MessageRow.kind == "reply"),
        ),
    )
    .order_by(MessageRow.id)
)
