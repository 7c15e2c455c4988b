"""What happens in a month: mails, answers, agents who take and are given conversations, and an outage of the desk."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from threads.escalation.ladder import Ladder, Step
from threads.escalation.plan import Plan
from threads.hours import Calendar
from threads.model import Mailbox, Priority
from threads.policy import AcknowledgeLimits, Policy
from threads.priority import Rule

MINUTE = timedelta(minutes=1)
BEGIN = datetime(2026, 3, 25, 0, 0, tzinfo=UTC)
"""Summer time begins on the 29th; Good Friday and Easter Monday are holidays."""
LASTS = timedelta(days=30)
LATEST = BEGIN + LASTS + timedelta(days=5)
"""What is answered later is not looked at any more."""
EVERY = timedelta(minutes=5)
"""How often the desk looks."""
DOWN = datetime(2026, 4, 14, 5, 30, tzinfo=UTC)
UP = datetime(2026, 4, 15, 7, 0, tzinfo=UTC)
"""The outage: over a whole working day and an hour of the next."""
AGENTS = ("anna", "ben", "cem")
US = "support@desk.example"
CRITICAL, HIGH = "@notfall.example", "@wichtig.example"

POLICY = Policy(
    mailboxes=(Mailbox(US, "Support"),),
    calendar=Calendar("Mo-Fr 08:00-17:00; PH off", "Europe/Berlin", "DE-NW"),
    rules=(
        Rule("emergency", senders=(CRITICAL,), priority=Priority.CRITICAL),
        Rule("important", senders=(HIGH,), priority=Priority.HIGH),
    ),
    acknowledge=AcknowledgeLimits(enabled=False),
    undo_for=timedelta(),
)
PLAN = Plan(
    (
        Ladder(
            "emergency",
            (Step(share=0.25, tell=("assignee",)), Step(after=timedelta(minutes=40), tell=("agent:anna",)), Step(share=1.0, tell=("agents",))),
            priorities=frozenset({Priority.CRITICAL}),
        ),
        Ladder("usual", (Step(share=0.75, tell=("assignee",)), Step(share=1.0, tell=("agents",)), Step(share=1.5, tell=("agent:anna",)))),
    )
)  # fmt: skip


class What(StrEnum):
    """What somebody does."""

    WRITES = "writes"
    """The customer, at first or once they were answered."""
    ANSWERS = "answers"
    TAKES = "takes"
    GIVEN = "given"
    """Another agent gives it to one."""
    GIVES_BACK = "gives back"
    CLOSES = "closes"


@dataclass(frozen=True, slots=True)
class Act:
    """Something that happens, to the minute."""

    at: datetime
    matter: int
    what: What
    agent: str = ""


def address_of(matter: int, criticals: int) -> str:
    """Who writes of a matter: it says how urgent it is."""
    domain = CRITICAL if matter < criticals else HIGH if matter % 9 == 0 else f"@kunde{matter}.example"
    return f"person{matter}{domain}"


def month(mails: int, criticals: int, seed: int = 6) -> list[Act]:
    """What happens, in order: so many mails, of which so many open something critical."""
    chance = random.Random(seed)
    acts: list[Act] = []
    written = matter = 0
    while written < mails:
        made = [each for each in _life(chance, matter, mails - written) if each.at < LATEST]
        written += sum(1 for each in made if each.what is What.WRITES)
        acts += made
        matter += 1
    return sorted(acts, key=lambda each: (each.at, each.matter))


def _life(chance: random.Random, matter: int, most: int) -> Iterator[Act]:
    """What happens to one matter; no two things in the same minute, as their order would be anybody's guess."""
    at = BEGIN + chance.randrange(int(LASTS / MINUTE)) * MINUTE
    for _ in range(min(most, chance.choice((1, 1, 1, 2, 2, 3)))):
        at = at if not DOWN <= at < UP else UP + (at - DOWN) / 60 // MINUTE * MINUTE  # it comes in once the desk is up
        yield Act(at, matter, What.WRITES)
        answered = at + _later(chance, 60 * 24 * chance.choice((0.05, 0.3, 1, 2)))
        now = at
        for what in chance.choice(
            ((), (), (What.GIVEN,), (What.TAKES,), (What.GIVEN, What.TAKES), (What.TAKES, What.GIVES_BACK))
        ):
            now += _later(chance, 240)
            if now < answered:
                yield Act(now, matter, what, chance.choice(AGENTS))
        if chance.random() < 0.1:  # nobody ever answers
            return
        if chance.random() < 0.1:
            yield Act(answered, matter, What.CLOSES, chance.choice(AGENTS))
            return
        yield Act(answered, matter, What.ANSWERS, chance.choice(AGENTS))
        at = answered + _later(chance, 60 * 24)


def _later(chance: random.Random, mean: float) -> timedelta:
    return (1 + int(chance.expovariate(1 / mean))) * MINUTE


def is_up(at: datetime) -> bool:
    """Whether the desk runs."""
    return not DOWN <= at < UP
