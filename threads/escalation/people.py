"""Who is told at a step: mail addresses of agents, and why it is they."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from storage.outgoing import Mailable
from threads.escalation.ladder import AGENT, AGENTS, ASSIGNEE, DEPARTMENT, MAIL, ON_CALL
from threads.escalation.plan import Plan
from threads.escalation.roster import on_call

NOBODY_NEARER = "nobody nearer can be told"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is told."""

    mailable: Mailable
    agent_id: str | None
    because: str


@dataclass(frozen=True, slots=True)
class Present:
    """Those who can be told of a conversation now, by agents' IDs."""

    agents: Mapping[str, Mailable]
    """Everybody who answers and has a mail address."""
    assignee: str
    """"" where it is nobody's."""
    members: tuple[str, ...]
    on_call: tuple[str, ...]


def present(plan: Plan, agents: Mapping[str, Mailable], assignee: str, department: str, now: datetime) -> Present:
    """Who can be told of a conversation of a department ("" is none) that is given to an agent."""
    members = tuple(plan.members(department)) if department else ()
    return Present(agents, assignee, members, on_call(plan.rosters, department, now))


def told(tell: Iterable[str], who: Present) -> tuple[Person, ...]:
    """Whom a step tells, each address once; all agents where it would be nobody."""
    found: dict[str, Person] = {}
    for each in tell:
        for person in _named(each, who):
            found.setdefault(person.mailable.address, person)
    if not found and tell:
        found = {each.mailable.address: each for each in _everybody(who, NOBODY_NEARER)}
    return tuple(found.values())


def _named(word: str, who: Present) -> Iterator[Person]:
    if word.startswith(MAIL):
        yield Person(Mailable(word.removeprefix(MAIL)), None, "named in the ladder")
        return
    if word == AGENTS:
        yield from _everybody(who, "all agents are told")
        return
    agents, because = {
        ASSIGNEE: ((who.assignee,), "assignee"),
        DEPARTMENT: (who.members, "of the department"),
        ON_CALL: (who.on_call, "on call"),
    }.get(word, ((word.removeprefix(AGENT),), "named in the ladder"))
    yield from (Person(who.agents[each], each, because) for each in agents if each in who.agents)


def _everybody(who: Present, because: str) -> Iterator[Person]:
    return (Person(mailable, agent_id, because) for agent_id, mailable in who.agents.items())
