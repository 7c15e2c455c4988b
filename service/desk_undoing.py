"""What `Desk` does to take something back."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.desk_placing import by_id, names, parents
from storage.errors import Lost
from storage.portions import portions
from storage.tables import EventRow, MessageRow
from threads import lookup
from threads.model import Direction, Urgency
from threads.regroup.splitting import By
from threads.undo.conversations import last_event
from threads.undo.merges import Since, came_since
from threads.undo.people import undo_last

if TYPE_CHECKING:
    from service.desk import Desk
    from threads.arrival import Found


def undo(desk: Desk, name: str) -> dict[str, Any]:
    """Take back what an agent did last, or did last to one conversation."""
    by, mails = By(desk.me(), desk.policy, desk.clock()), _Mails(desk)
    with desk.reading() as session:  # mails are read for it, and nobody is to wait for more than what comes meanwhile
        where = lookup.itself(session, name).id if name else None
        event = last_event(session, by.actor, by.now, where)
        if event is not None and event.kind == "merged":
            mails.since(session, event, came_since(session, event))
    with desk.placing() as (session, _):
        return undo_last(session, by, mails.since, where, desk.zone)


@dataclass(frozen=True, slots=True)
class _Mails:
    """The mails that came since a merge, each read once, however often it is asked what came."""

    desk: Desk
    _names: dict[UUID, tuple[str, ...]] = field(default_factory=dict)
    _urgency: dict[UUID, Urgency] = field(default_factory=dict)
    _found: dict[UUID, Found] = field(default_factory=dict)

    def since(self, session: Session, event: EventRow, came: Sequence[MessageRow]) -> Since:
        """What these refer to, how urgent they are, and as intake found them where they refer to nothing there."""
        here = select(MessageRow).where(MessageRow.conversation_id == event.conversation_id)
        known = by_id(session, session.scalars(here).all()) if came else {}
        for each in came:
            if each.id not in self._names:
                self._names[each.id] = names(session, each)
        refers_to = {each.id: parents(each, self._names[each.id], known) for each in came}
        theirs = [each for each in came if each.direction == Direction.IN]
        self._rank(session, [each for each in theirs if not each.held])
        alone = [each.id for each in theirs if not refers_to[each.id]]
        self._find(session, alone)
        return Since(
            parents=refers_to,
            urgency=dict(self._urgency),
            lone={key: self._found[key] for key in alone if key in self._found},
        )

    def _rank(self, session: Session, mails: Sequence[MessageRow]) -> None:
        from mailgateway.ranking import urgency

        for each in mails:
            if each.id not in self._urgency:
                self._urgency[each.id] = urgency(session, each, self.desk.policy)

    def _find(self, session: Session, keys: Sequence[UUID]) -> None:
        """Some mails as intake found them; without those that are lost."""
        from mailgateway.stored import bytes_of, found_of, stored

        for few in portions(key for key in keys if key not in self._found):
            for each in stored(session, few):
                with suppress(Lost):
                    self._found[each.row.id] = found_of(each, bytes_of(session, each), self.desk.policy)
