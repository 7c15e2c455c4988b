"""The departments of a desk, in plain values, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.department_settings import departments_of
from service.setting_errors import nearest, place_of
from service.settings import Settings
from storage.tables import ConversationRow
from threads import agents
from threads.model import Status

Row = dict[str, Any]


def listing(session: Session, settings: Settings) -> list[Row]:
    """A row for each department: its members, its mailbox, and how many of its conversations wait for an answer."""
    there = _there(session)
    open_ = (
        select(ConversationRow.department, func.count())
        .where(ConversationRow.status == Status.OPEN, ConversationRow.merged_into_id.is_(None))
        .group_by(ConversationRow.department)
    )
    waiting = {name: many for name, many in session.execute(open_)}  # noqa: C416 - dict() of rows is no dict[str, int]
    return [
        {
            "name": each.name,
            "members": [{"agent": one, "name": there.get(one, ""), "there": one in there} for one in each.members],
            "mailbox": each.mailbox,
            "open": waiting.get(each.name, 0),
        }
        for each in departments_of(settings.department)
    ]


def concerns(session: Session, settings: Settings) -> Iterator[str]:
    """Departments of which somebody, or everybody, cannot be told, a line each."""
    there, told = _there(session), agents.agents_of(session)
    for number, each in enumerate(departments_of(settings.department)):
        where = place_of(settings.file, "department", number, "members" if each.members else "name")
        for one in each.members:
            if one not in there:
                yield f'{where}: [[department]] "{each.name}": no agent is called {one!r}{nearest(one, there) if there else ""}'
        if not any(one in told for one in each.members):
            whom = "no member of it has a mail address" if each.members else "it has no members"
            yield f'{where}: [[department]] "{each.name}": {whom}, so all agents are told of what is theirs'


def _there(session: Session) -> dict[str, str]:
    """The names of the agents who answer, by ID."""
    return {row["id"]: row["name"] for row in agents.listing(session) if not row["disabled_at"]}
