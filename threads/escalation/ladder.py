"""Ladders: at which moments of a clock who is told, and what else is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from threads.escalation.words import time_in
from threads.model import Priority
from threads.sla.terms import Aim

ASSIGNEE, DEPARTMENT, ON_CALL, AGENTS = "assignee", "department", "oncall", "agents"
AGENT, MAIL = "agent:", "mail:"
"""How somebody is named who is told whatever the conversation is: an agent's ID, or a mail address, follows."""
ANSWERS = frozenset({Aim.FIRST, Aim.NEXT})


@dataclass(frozen=True, slots=True)
class Step:
    """What is done at one moment of a clock: either a share of its time, or so much working time after its beginning."""

    share: float | None = None
    """Of the time that is allowed; above 1 it is over by then."""
    after: timedelta | None = None
    tell: tuple[str, ...] = ()
    """"assignee", "department", "oncall", "agents" (all of them), "agent:ID" or "mail:ADDRESS"."""
    raise_to: Priority | None = None
    webhook: str = ""
    command: tuple[str, ...] = ()

    @property
    def moment(self) -> str:
        """When it is due, as people write it: "75%", "30min"."""
        if self.after is not None:
            seconds = int(self.after.total_seconds())
            return f"{seconds // 60}min" if seconds % 60 == 0 else f"{seconds}s"
        return f"{round((self.share or 0.0) * 100, 1):g}%"

    def working(self, allowed: timedelta) -> timedelta:
        """After how much working time of a clock it is due."""
        return self.after if self.after is not None else allowed * (self.share or 0.0)

    @property
    def does_something(self) -> bool:
        """Whether anything happens at it."""
        return bool(self.tell or self.raise_to or self.webhook or self.command)


@dataclass(frozen=True, slots=True)
class Matter:
    """What a ladder is chosen by."""

    aim: Aim
    priority: Priority
    mailbox: str = ""
    department: str = ""
    policy: str = ""
    """The name of the SLA policy."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """Steps in order, and what they are for; what is empty is for all."""

    name: str
    steps: tuple[Step, ...]
    aims: frozenset[Aim] = ANSWERS
    priorities: frozenset[Priority] = frozenset()
    mailboxes: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()
    policies: frozenset[str] = frozenset()

    def fits(self, matter: Matter) -> bool:
        """Whether it is for that."""
        return (
            matter.aim in self.aims
            and (not self.priorities or matter.priority in self.priorities)
            and (not self.mailboxes or matter.mailbox in self.mailboxes)
            and (not self.departments or matter.department in self.departments)
            and (not self.policies or matter.policy in self.policies)
        )

    def hides(self, other: Ladder) -> bool:
        """Whether it fits all that another is for, so that of the two the one below is never climbed."""
        pairs = (
            (self.priorities, other.priorities),
            (self.mailboxes, other.mailboxes),
            (self.departments, other.departments),
            (self.policies, other.policies),
        )
        return other.aims <= self.aims and all(not ours or (theirs and theirs <= ours) for ours, theirs in pairs)

    def key(self, step: Step) -> str:
        """The name under which a step of it is written down, once for each target."""
        return f"{self.name} {step.moment}"


_NEAR = (ASSIGNEE, DEPARTMENT)
BUILT_IN = (
    Ladder(
        "built-in for emergencies",
        (
            Step(share=0.25, tell=(ASSIGNEE, ON_CALL)),
            Step(share=0.5, tell=(*_NEAR, ON_CALL)),
            Step(share=1.0, tell=(*_NEAR, ON_CALL, AGENTS)),
        ),
        priorities=frozenset({Priority.CRITICAL}),
    ),
    Ladder("built-in", (Step(share=0.75, tell=_NEAR), Step(share=1.0, tell=(*_NEAR, ON_CALL)))),
)
"""What holds where no ladder of the settings fits: by mail alone."""


def ladder_for(ladders: Sequence[Ladder], matter: Matter) -> Ladder | None:
    """The first that fits, of the settings and then of those built in; None where nothing is escalated."""
    return next((each for each in (*ladders, *BUILT_IN) if each.fits(matter)), None)


def step_called(ladders: Sequence[Ladder], key: str) -> Step | None:
    """The step that is written down under a name; None where no ladder has it any more."""
    steps = ((ladder.key(step), step) for ladder in (*ladders, *BUILT_IN) for step in ladder.steps)
    return next((step for name, step in steps if name == key), None)


def faults(ladder: Ladder, within: Mapping[Priority, timedelta]) -> Iterator[str]:
    """Why a ladder cannot be climbed, a sentence each; `within` is what is allowed at each priority."""
    if not ladder.steps:
        yield 'it has no steps; add one, as { at = "75%", tell = ["assignee"] }'
    for step in ladder.steps:
        if not step.does_something:
            yield f'at {step.moment} it tells nobody and does nothing; say whom to tell, as tell = ["oncall"]'
    if ladder.steps and not any(step.tell for step in ladder.steps):
        yield 'it tells nobody at any step: a webhook alone may fail unseen; add tell = ["oncall"] to its last step'
    yield from _out_of_order(ladder, within)
    yield from _raising_nothing(ladder)


def _out_of_order(ladder: Ladder, within: Mapping[Priority, timedelta]) -> Iterator[str]:
    for earlier, later in pairwise(ladder.steps):
        for priority in sorted(ladder.priorities or within, key=lambda each: each.rank):
            first, second = (each.working(within[priority]) for each in (earlier, later))
            if second <= first:
                said = "is no later than" if second == first else "comes before"
                hours = time_in("en", within[priority])
                yield f"its step at {later.moment} {said} the one at {earlier.moment} above it ({priority} has {hours})"
                break


def _raising_nothing(ladder: Ladder) -> Iterator[str]:
    for step in ladder.steps:
        lowest = max(ladder.priorities, key=lambda each: each.rank, default=Priority.LOW)
        if step.raise_to is not None and step.raise_to.rank >= lowest.rank:
            yield f"at {step.moment} it raises to {step.raise_to}, and is for what is {lowest} at least"
