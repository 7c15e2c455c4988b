"""What must follow of a month: minutes are counted one by one, and nothing is asked of the code that is tested but its settings."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from tests.escalating.month import AGENTS, BEGIN, EVERY, LASTS, Act, What, is_up

MINUTE = timedelta(minutes=1)
BERLIN = ZoneInfo("Europe/Berlin")
HOLIDAYS = {date(2026, 4, 3), date(2026, 4, 6)}
AFTER_THE_MONTH = 20 * 24 * 60
ALLOWED = {"critical": 60, "high": 240, "normal": 480}
STEPS = {
    "critical": [("emergency 25%", 15, "assignee"), ("emergency 40min", 40, "anna"), ("emergency 100%", 60, "agents")],
    "high": [("usual 75%", 180, "assignee"), ("usual 100%", 240, "agents"), ("usual 150%", 360, "anna")],
    "normal": [("usual 75%", 360, "assignee"), ("usual 100%", 480, "agents"), ("usual 150%", 720, "anna")],
}
"""The name of each step, the working minutes until it, and whom it tells."""


@cache
def counted() -> list[int]:
    """How many working minutes have passed at each minute of the month."""
    passed, found = 0, []
    for minute in range(int(LASTS / MINUTE) + AFTER_THE_MONTH):
        found.append(passed)
        local = (BEGIN + minute * MINUTE).astimezone(BERLIN)
        passed += local.weekday() < 5 and 8 <= local.hour < 17 and local.date() not in HOLIDAYS
    return found


def moment(start: datetime, working: int, *, always: bool) -> datetime:
    """When so many working minutes have passed."""
    if always:
        return start + working * MINUTE
    table = counted()
    wanted = table[int((start - BEGIN) / MINUTE)] + working
    return BEGIN + bisect_left(table, wanted) * MINUTE


@dataclass
class _Matter:
    """How one stands."""

    priority: str
    waits_since: datetime | None = None
    assignee: str = ""
    taken: bool = False
    """By whom it is given, since it waits."""
    open_steps: list[tuple[datetime, str, str]] = field(default_factory=list)


Happened = tuple[int, datetime, str, str, datetime, datetime]
"""The matter, since when it waits, the step, its state, when it was due and when it was carried out."""
Mailed = tuple[str, frozenset[int], datetime]
"""Who gets a mail, of which matters, and when."""


@dataclass
class Expected:
    """What must have happened."""

    steps: set[Happened] = field(default_factory=set)
    mails: list[Mailed] = field(default_factory=list)


def expected(acts: Sequence[Act], priorities: Sequence[str], until: datetime) -> Expected:
    """All steps that are due in a month, with who is mailed."""
    matters = [_Matter(each) for each in priorities]
    found = Expected()
    waiting = iter(acts)
    act = next(waiting, None)
    now = BEGIN
    while now <= until:
        while act is not None and act.at <= now:
            _apply(matters[act.matter], act)
            act = next(waiting, None)
        if is_up(now):
            _sweep(matters, now, found)
        now += EVERY
    return found


def _apply(matter: _Matter, act: Act) -> None:
    if act.what is What.WRITES:
        matter.waits_since, matter.taken = act.at, False
        always = matter.priority == "critical"
        matter.open_steps = [
            (moment(act.at, minutes, always=always), name, whom) for name, minutes, whom in STEPS[matter.priority]
        ]
    elif act.what in (What.ANSWERS, What.CLOSES):
        matter.waits_since, matter.open_steps = None, []
        if act.what is What.ANSWERS and not matter.assignee:
            matter.assignee = act.agent  # who answers has it from then on
    elif act.what is What.TAKES:
        matter.assignee, matter.taken = act.agent, True
    elif act.what is What.GIVEN:
        matter.assignee, matter.taken = act.agent, False
    else:
        matter.assignee, matter.taken = "", False


def _sweep(matters: Iterable[_Matter], now: datetime, found: Expected) -> None:
    told: dict[str, set[int]] = defaultdict(set)
    for number, matter in enumerate(matters):
        due = [each for each in matter.open_steps if each[0] <= now]
        if not due or matter.waits_since is None:
            continue
        matter.open_steps = matter.open_steps[len(due) :]
        *missed, (at, name, whom) = due
        if matter.taken:
            found.steps |= {(number, matter.waits_since, step, "passed", when, now) for when, step, _ in due}
            continue
        found.steps |= {(number, matter.waits_since, step, "missed", when, now) for when, step, _ in missed}
        found.steps.add((number, matter.waits_since, name, "done", at, now))
        people = [matter.assignee] if whom == "assignee" and matter.assignee else [whom] if whom in AGENTS else AGENTS
        for each in people:
            told[each].add(number)
    found.mails += [(who, frozenset(matters), now) for who, matters in told.items()]


def utc(at: datetime) -> datetime:
    """A time of the database."""
    return at.astimezone(UTC)
