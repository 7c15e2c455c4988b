"""Whether a mail goes on with a conversation that has been closed for long, or opens a new one that is linked to it.

Off until the settings say after how long. Never for an answer to our own address or Message-ID: whoever got our mail goes
on with that very conversation. A side conversation is not continued either: what follows would be no side conversation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from templates.amounts import lasting
from threads.model import BY_AGENT, Kind, Placement
from threads.placing.known import KnownConversation

NEVER = timedelta(0)
_DECIDED = frozenset({"token", "own id"}) | BY_AGENT


@dataclass(frozen=True, slots=True)
class Successor:
    """The conversation that went on with another and in which the writer takes part, the newest where there are several."""

    id: UUID
    handle: str
    closed_at: datetime | None


def continued(
    placement: Placement,
    old: KnownConversation,
    successor: Successor | None,
    *,
    now: datetime,
    after: timedelta,
) -> Placement:
    """Where a mail goes that leads to `old`, which is over: to what went on with it, or into a new conversation."""
    if successor is not None and not _closed_for_long(successor.closed_at, now, after):
        because = f"{placement.because}; that went on in {successor.handle}"
        return replace(placement, conversation=successor.id, merges=(), ties=(), loose_with=None, because=because)
    last = successor or old
    closed_at = last.closed_at or now
    because = (
        f"{placement.because}; {last.handle} has been closed for {lasting(now - closed_at)}, "
        "so this is a new one that goes on with it"
    )
    return replace(
        placement, conversation=None, merges=(), ties=(), loose_with=None, continues=last.id, because=because
    )


def is_over(placement: Placement, old: KnownConversation, *, kind: Kind, now: datetime, after: timedelta) -> bool:
    """Whether the conversation that a mail leads to has been closed for so long that it is not opened again."""
    if placement.held or placement.signal in _DECIDED or kind is not Kind.PERSON or old.side_of is not None:
        return False
    return _closed_for_long(old.closed_at, now, after)


def _closed_for_long(closed_at: datetime | None, now: datetime, after: timedelta) -> bool:
    return after > NEVER and closed_at is not None and now - closed_at > after
