"""The breaker in the database, where every process sees it, and what it counts."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.orm import Session

from storage.facts import get_fact, set_fact
from storage.rows import directly
from storage.tables import OutboxRow
from storage.tables.types import UtcTime
from threads.breaker import WITHIN, Breaker

_FACT = "breaker"
_COUNTED = (
    select(func.count(), func.sum(case((OutboxRow.content == bindparam("content"), 1), else_=0)))
    .where(OutboxRow.created_at > bindparam("since", type_=UtcTime()))
    .where(OutboxRow.content != "", OutboxRow.state != "cancelled")
)


def open_breaker(session: Session, now: datetime) -> Breaker | None:
    """The breaker where it is open, else None."""
    kept = get_fact(session, _FACT)
    if kept is None:
        return None
    values = json.loads(kept)
    since, until = (datetime.fromisoformat(values[name]) for name in ("since", "until"))
    return Breaker(since, until, str(values["because"])) if now < until else None


def keep_open(session: Session, breaker: Breaker) -> None:
    """Write down that it is open."""
    values = {"since": breaker.since.isoformat(), "until": breaker.until.isoformat(), "because": breaker.because}
    set_fact(session, _FACT, json.dumps(values))


def counted(session: Session, content: str, now: datetime) -> tuple[int, int]:
    """The automatic mails of the last hour: those that say the same as one, and all of them."""
    asked = {"content": content, "since": now - WITHIN}
    in_all, same = directly(session).execute(_COUNTED, asked).one()
    return int(same or 0), int(in_all or 0)
