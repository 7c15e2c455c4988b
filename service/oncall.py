"""Who is on call, in plain values."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from service.escalation import planned
from service.settings import Settings
from threads import agents
from threads.escalation.roster import LOOK_AHEAD, Duty, duties

Row = dict[str, Any]


def on_call_at(session: Session, settings: Settings, at: datetime) -> list[Row]:
    """A row for each roster: who is on call at a time, since and until when, and who follows."""
    names = agents.names(session)
    rows = []
    for roster in planned(settings).plan.rosters:
        found = [each for each in duties(roster, at - LOOK_AHEAD, at + LOOK_AHEAD) if each.until > at]
        then = _duty(found[1], names) if len(found) > 1 else None
        last = found[0].until >= at + LOOK_AHEAD
        now = _duty(found[0], names) | ({"until": None} if last else {})
        rows.append({"roster": roster.name, "departments": sorted(roster.departments), **now, "next": then})
    return rows


def _duty(duty: Duty, names: dict[str, str]) -> Row:
    """`agent` is None where nobody is on call."""
    return {
        "agent": duty.agent or None,
        "name": names.get(duty.agent, ""),
        "since": duty.since.isoformat(),
        "until": duty.until.isoformat(),
    }
