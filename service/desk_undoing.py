"""What `Desk` does to take something back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.desk_answers import urgency
from service.desk_placing import by_id, parents
from storage.errors import Lost
from storage.portions import portions
from storage.tables import EventRow, MessageRow
from threads import lookup
from threads.model import Direction
from threads.regroup.splitting import By
from threads.undo.conversations import last_event
from threads.undo.merges import CameMeanwhile, Since, came_since
from threads.undo.people import undo_last

if TYPE_CHECKING:
    from service.desk import Desk
    from threads.arrival import Found

_ATTEMPTS = 5
"""So often it is read anew where a mail comes between the reading and the writing."""


def undo(desk: Desk, name: str) -> dict[str, Any]:
    """Take back what an agent did last, or did last to one conversation."""
    for _ in range(_ATTEMPTS - 1):
        with suppress(CameMeanwhile):
            return _undone(desk, name)
    return _undone(desk, name)


def _undone(desk: Desk, name: str) -> dict[str, Any]:
    by = By(desk.me(), desk.policy, desk.clock())
    with desk.reading() as session:  # mails are read for it, and nobody is to wait for that
        where = lookup.itself(session, name).id if name else None
        event = last_event(session, by.actor, by.now, where)
        since = _since(desk, session, event) if event is not None and event.kind == "merged" else Since()
    with desk.writing() as (session, _):
        return undo_last(session, by, where, desk.zone, since)


def _since(desk: Desk, session: Session, event: EventRow) -> Since:
    """What came since a merge: what it refers to, how urgent it is, and as intake found it where it refers to nothing there."""
    came = came_since(session, event)
    here = select(MessageRow).where(MessageRow.conversation_id == event.conversation_id)
    known = by_id(session, session.scalars(here).all()) if came else {}
    refers_to = {each.id: parents(session, each, known) for each in came}
    theirs = [each for each in came if each.direction == Direction.IN]
    return Since(
        merge=event.id,
        parents=refers_to,
        urgency={each.id: urgency(desk, session, each) for each in theirs if not each.held},
        lone=dict(_as_found(desk, session, [each.id for each in theirs if not refers_to[each.id]])),
    )


def _as_found(desk: Desk, session: Session, keys: Sequence[UUID]) -> Iterator[tuple[UUID, Found]]:
    """Some mails as intake found them; without those that are lost."""
    from mailgateway.stored import bytes_of, found_of, stored

    for few in portions(keys):
        for each in stored(session, few):
            with suppress(Lost):
                yield each.row.id, found_of(each, bytes_of(session, each), desk.policy)
