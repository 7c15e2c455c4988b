"""What is owed, and in what time: SLA policies, and what one of them says about a conversation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from threads.model import Priority

ROUND_THE_CLOCK = "24/7"
"""The name of the hours that never end."""


class Aim(StrEnum):
    """What is owed."""

    FIRST = "first"
    """The first answer by a person."""
    NEXT = "next"
    """An answer to what the customer wrote since the last one."""
    SOLUTION = "solution"
    """That the matter is settled: the conversation is closed."""


@dataclass(frozen=True, slots=True)
class SlaPolicy:
    """What is promised to customers with a contract class, by priority."""

    name: str
    contract: str = ""
    """The contract class that it is for; "" is for everybody."""
    first: Mapping[Priority, timedelta] = field(default_factory=dict)
    """In working time; a priority that is not named has the time of [answer]."""
    next: Mapping[Priority, timedelta] = field(default_factory=dict)
    """A priority that is not named has the time of its first answer."""
    solution: Mapping[Priority, timedelta] = field(default_factory=dict)
    """A priority that is not named has no such target."""
    calendar: str = ""
    """Whose hours count: the address of a mailbox, or "24/7"; "" is the conversation's own mailbox."""
    round_the_clock: frozenset[Priority] | None = None
    """Priorities whose clock runs day and night; None is those of [answer]."""


@dataclass(frozen=True, slots=True)
class Promised:
    """What an organisation has been promised."""

    contract: str = ""
    """Its contract class; "" is none."""
    calendar: str = ""
    """The calendar by whose hours its clocks run, or "24/7"; "" is the mailbox's."""


NOTHING_MORE = Promised()
"""What holds for everybody."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a conversation itself says about what is owed in it."""

    department: str = ""
    """The name of its department, by whose hours its clocks run where it has its own; "" is none."""
    sla: str = ""
    """The name of the SLA policy that a rule gave it; "" is none."""


NOTHING_GIVEN = Given()
"""Of a conversation of no department, to which no rule gave a policy."""


_OF_DEPARTMENT = "department:"


def hours_of_department(name: str) -> str:
    """The name under which terms know the hours of a department."""
    return f"{_OF_DEPARTMENT}{name}"


def is_of_department(hours: str) -> bool:
    """Whether hours are those of a department, which nobody else is given by name."""
    return hours.startswith(_OF_DEPARTMENT)


def hours_in_words(name: str) -> str:
    """Whose hours they are, as a person calls them: "the department Technik", or the name of the calendar or mailbox."""
    return f"the department {name.removeprefix(_OF_DEPARTMENT)}" if is_of_department(name) else name


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for a clock from a moment on."""

    within: timedelta
    """In working time."""
    calendar: str
    """The name of the hours that count, as `Policy.hours` knows them."""
    priority: Priority
    policy: str = ""
    """The name of the SLA policy; "" is [answer]."""


@dataclass(frozen=True, slots=True)
class Answering:
    """[answer]: what holds where no SLA policy says otherwise."""

    within: Mapping[Priority, timedelta]
    round_the_clock: frozenset[Priority]


def policy_for(policies: Sequence[SlaPolicy], contract: str, given: str = "") -> SlaPolicy | None:
    """The SLA policy that a rule gave, else that of a contract class: the first that names it, else the first for
    everybody, else None. A `given` name that the settings do not know (any longer) gives nothing.
    """
    by_rule = (each for each in policies if given and each.name == given)
    named = (each for each in policies if contract and each.contract == contract)
    anybody = (each for each in policies if not each.contract)
    return next(by_rule, None) or next(named, None) or next(anybody, None)


def terms_of(
    aim: Aim, priority: Priority, policy: SlaPolicy | None, answering: Answering, mailbox: str
) -> Terms | None:
    """What is owed at a priority to who wrote to a mailbox (its address); None where nothing is."""
    within = _within(aim, priority, policy, answering)
    if within is None:
        return None
    always = answering.round_the_clock
    if policy is not None and policy.round_the_clock is not None:
        always = policy.round_the_clock
    calendar = (policy.calendar if policy else "") or mailbox
    return Terms(within, ROUND_THE_CLOCK if priority in always else calendar, priority, policy.name if policy else "")


def _within(aim: Aim, priority: Priority, policy: SlaPolicy | None, answering: Answering) -> timedelta | None:
    if aim is Aim.SOLUTION:
        return policy.solution.get(priority) if policy else None
    first = policy.first.get(priority) if policy else None
    if aim is Aim.NEXT and policy and priority in policy.next:
        return policy.next[priority]
    return first if first is not None else answering.within[priority]
