"""Taking back what an agent did last, also where that was about people: two persons again of one, an organisation as it was."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.tables import ActRow, EventRow
from threads import acts
from threads.linking import LINKED
from threads.organisations import restore
from threads.undo import LONGEST_AGO, UNDOABLE, undo
from threads.unlinking import unlink


def undo_last(
    session: Session, agent_id: str, now: datetime, conversation_id: UUID | None = None, zone: tzinfo = UTC
) -> dict[str, Any]:
    """Take back this agent's last act, on people or on a conversation; of a conversation that is named, theirs on it."""
    act = acts.last(session, agent_id, now - LONGEST_AGO) if conversation_id is None else None
    if act is not None and _is_latest(session, act):
        return _undo_act(session, act, now)
    return undo(session, agent_id, now, conversation_id, zone)


def _is_latest(session: Session, act: ActRow) -> bool:
    """Whether the agent did nothing on a conversation since."""
    theirs = select(EventRow.at, EventRow.id).where(
        EventRow.actor == act.actor, EventRow.at >= act.at, EventRow.undone_at.is_(None), EventRow.kind.in_(UNDOABLE)
    )
    return all((at, key) < (act.at, act.id) for at, key in session.execute(theirs))


def _undo_act(session: Session, act: ActRow, now: datetime) -> dict[str, Any]:
    """Take it back, in the form that `undo` has. Raises `WrongUse` where that cannot be done any more."""
    if act.kind == LINKED:
        unlink(session, act, now)
    else:
        restore(session, act)
    act.undone_at = now
    session.flush()
    return {
        "handle": "",
        "conversation": None,
        "about": act.about,
        "undone": act.kind,
        "because": act.because,
        "at": act.at.isoformat(),
        "status": None,
        "text": "",
        "kept": [],
    }
