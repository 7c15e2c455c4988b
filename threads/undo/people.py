"""Taking back what an agent did last, also where that was about people: two persons again of one, an organisation as it was."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from storage.errors import WrongUse
from storage.tables import ActRow, EventRow
from threads.people import acts
from threads.people.linking import LINKED
from threads.people.organisations import restore
from threads.people.unlinking import unlink
from threads.regroup.splitting import By
from threads.undo.conversations import LONGEST_AGO, last_event, undo
from threads.undo.ledger import PLACING
from threads.undo.merges import Reads


def undo_last(
    session: Session, by: By, read: Reads, conversation_id: UUID | None = None, zone: tzinfo = UTC
) -> dict[str, Any]:
    """Take back this agent's last act, on people or on a conversation; of a conversation that is named, theirs on it."""
    act = _last_act(session, by.actor, by.now, conversation_id)
    event = last_event(session, by.actor, by.now, conversation_id)
    if act is not None and (event is None or (act.at, act.id) > (event.at, event.id)):
        return _undo_act(session, act, by.now)
    if event is not None and event.kind in PLACING:
        _refuse_linked_since(session, event)
    return undo(session, by, read, conversation_id, zone)


def _last_act(session: Session, agent_id: str, now: datetime, conversation_id: UUID | None) -> ActRow | None:
    """What the agent did last about people; of a conversation that is named, about its people."""
    if conversation_id is None:
        return acts.last(session, agent_id, now - LONGEST_AGO)
    theirs = _links(conversation_id).where(EventRow.actor == agent_id, EventRow.at >= now - LONGEST_AGO)
    event = session.scalar(theirs.order_by(EventRow.at.desc(), EventRow.id.desc()).limit(1))
    return session.get(ActRow, UUID(event.data["link"])) if event is not None else None


def _links(*conversations: UUID) -> Select[EventRow]:
    """The links that concern some conversations and were not taken back."""
    return select(EventRow).where(
        EventRow.conversation_id.in_(conversations), EventRow.kind == LINKED, EventRow.undone_at.is_(None)
    )


def _refuse_linked_since(session: Session, event: EventRow) -> None:
    """Who takes part is put back as it was: not past a link, by which somebody is somebody else."""
    trace = session.get(EventRow, UUID(event.data["trace"])) if "trace" in event.data else None
    both = {event.conversation_id, *([trace.conversation_id] if trace is not None else [])}
    since = session.scalar(_links(*both).where(EventRow.id > event.id).limit(1))
    if since is not None:
        raise WrongUse(f"since then {since.because}: that has to be taken back first")


def _undo_act(session: Session, act: ActRow, now: datetime) -> dict[str, Any]:
    """Take it back, in the form that `undo` has. Raises `WrongUse` where that cannot be done any more."""
    if act.kind == LINKED:
        unlink(session, act, now)
    else:
        restore(session, act, now)
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
        "told": [],
    }
