"""The people who answer, and which of them acts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.errors import WrongUse
from storage.outgoing import Mailable
from storage.tables import AgentRow, ConversationRow
from threads.model import Status

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}\Z")
_ADDRESS = re.compile(r"[^\s@<>\"(),:;\\]{1,64}@[a-z0-9.-]{1,255}\Z")
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Login:
    """A user of the operating system: the login, and the person's name where it is known."""

    login: str
    name: str = ""


def who_acts(session: Session, wanted: str | None, user: Login, now: datetime) -> str:
    """The agent who acts: the named one, else the one with this login, else the only one, else a first one made of it.

    Raises `WrongUse` where that leaves it open.
    """
    if wanted:
        return agent(session, wanted).id
    own = session.scalar(select(AgentRow).where(AgentRow.login == user.login))
    if own is not None:
        return agent(session, own.id).id  # a disabled agent is refused, and never taken for the only other one
    active = session.scalars(select(AgentRow).where(AgentRow.disabled_at.is_(None)).order_by(AgentRow.id)).all()
    if len(active) == 1:
        return active[0].id
    if not active:
        agent_id = id_from(user.login)
        add(session, agent_id, name=user.name or user.login, login=user.login, now=now)
        return agent_id
    known = ", ".join(each.id for each in active[:20]) or "nobody"
    raise WrongUse(
        f"who are you? {user.login!r} belongs to no agent; say --as AGENT or set BRIEF_AGENT (there is: {known})"
    )


def agent(session: Session, agent_id: str) -> AgentRow:
    """An agent who may act. Raises `WrongUse`."""
    row = session.get(AgentRow, agent_id.strip().lower())
    if row is None:
        known = session.scalars(select(AgentRow.id).where(AgentRow.disabled_at.is_(None)).order_by(AgentRow.id)).all()
        there = f"there is: {', '.join(known[:20])}" if known else "there is none yet"
        raise WrongUse(f"no agent is called {agent_id[:80]!r} ({there}); `brief agent add ID` makes one")
    if row.disabled_at is not None:
        raise WrongUse(f"the agent {row.id} is disabled; `brief agent add {row.id}` lets them in again")
    return row


def add(
    session: Session, agent_id: str, *, name: str = "", email: str = "", login: str = "", now: datetime
) -> dict[str, Any]:
    """Make an agent, or let a disabled one in again. Raises `WrongUse` for what is taken or cannot be."""
    agent_id, email, name = _valid_id(agent_id), valid_email(email), _valid_name(name)
    row = session.get(AgentRow, agent_id)
    if row is not None and row.disabled_at is None:
        raise WrongUse(f"there is an agent {agent_id} already; `brief agent change {agent_id}` gives another address")
    _refuse_taken(session, login, agent_id)
    row = row or AgentRow(id=agent_id, created_at=now)
    row.disabled_at = None
    row.name, row.email, row.login = name or row.name or agent_id, email or row.email or "", login or row.login or None
    session.add(row)
    session.flush()
    return _plain(row)


def change(
    session: Session, agent_id: str, *, name: str | None = None, email: str | None = None, login: str | None = None
) -> dict[str, Any]:
    """Another name, mail address or login for an agent; None leaves it, "" takes an address or a login away.

    Raises `WrongUse` for one who is not there, for what is taken or cannot be, and where nothing is to change.
    """
    if name is None and email is None and login is None:
        raise WrongUse("what is to change? Give --name, --email or --login")
    row = agent(session, agent_id)
    if name is not None:
        row.name = _valid_name(name) or row.id
    if email is not None:
        row.email = valid_email(email)
    if login is not None:
        _refuse_taken(session, login, row.id)
        row.login = login or None
    session.flush()
    return _plain(row)


def disable(session: Session, agent_id: str, now: datetime) -> dict[str, Any]:
    """Let an agent act no more; what they did stays. Says how many conversations that are not closed they still have.

    Raises `WrongUse` for one who is not there, as wherever an agent is named.
    """
    row = session.get(AgentRow, agent_id.strip().lower())
    if row is None:
        raise WrongUse(f"no agent is called {agent_id[:80]!r}; `brief agent list` shows all")
    row.disabled_at = row.disabled_at or now
    session.flush()
    theirs = select(func.count()).where(
        ConversationRow.assignee_id == row.id,
        ConversationRow.status.in_((Status.OPEN, Status.WAITING, Status.SNOOZED)),
        ConversationRow.merged_into_id.is_(None),
    )
    return {**_plain(row), "conversations": session.scalar(theirs) or 0}


def listing(session: Session) -> list[dict[str, Any]]:
    """Every agent in plain values, by ID."""
    return [_plain(row) for row in session.scalars(select(AgentRow).order_by(AgentRow.id))]


def names(session: Session) -> dict[str, str]:
    """The name of each agent."""
    return {row.id: row.name or row.id for row in session.scalars(select(AgentRow))}


def agents_of(session: Session) -> dict[str, Mailable]:
    """Every agent who answers and has a mail address, by ID."""
    wanted = select(AgentRow.id, AgentRow.email, AgentRow.name)
    rows = session.execute(wanted.where(AgentRow.disabled_at.is_(None), AgentRow.email != "").order_by(AgentRow.id))
    return {agent_id: Mailable(email.lower(), name) for agent_id, email, name in rows}


def id_from(login: str) -> str:
    """An agent's ID made of a login: lower case, without what an ID cannot hold."""
    kept = re.sub(r"[^a-z0-9._-]", "", login.lower()).lstrip("._-")[:32]
    return kept or "agent"


def _valid_id(agent_id: str) -> str:
    agent_id = agent_id.strip().lower()
    if not _ID.match(agent_id):
        raise WrongUse(
            f"{agent_id[:80]!r} cannot be an agent's ID; it has up to 32 of a-z, 0-9, dot, _ and -, as in anna"
        )
    return agent_id


def _valid_name(name: str) -> str:
    name = " ".join(name.split())
    if len(name) > _LONGEST_NAME or not name.isprintable():
        raise WrongUse(f"an agent's name has at most {_LONGEST_NAME} printable characters")
    return name


def valid_email(email: str) -> str:
    """A mail address in lower case, or "". Raises `WrongUse`."""
    email = email.strip().lower()
    if email and not _ADDRESS.match(email):
        raise WrongUse(f"{email[:80]!r} is no mail address; write it as in anna@example.org")
    return email


def _refuse_taken(session: Session, login: str, agent_id: str) -> None:
    other = session.scalar(select(AgentRow).where(AgentRow.login == login)) if login else None
    if other is not None and other.id != agent_id:
        raise WrongUse(f"the login {login!r} belongs to the agent {other.id} already")


def _plain(row: AgentRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "email": row.email,
        "login": row.login,
        "disabled_at": row.disabled_at.isoformat() if row.disabled_at else None,
    }
