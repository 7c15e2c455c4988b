"""Ladders and rosters of the settings as the sweep takes them; what cannot be used is left out and named."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.department_settings import departments_of
from service.escalation_settings import LadderSettings, OncallSettings, StepSettings
from service.setting_errors import nearest, place_of
from service.setting_types import zone_of
from service.settings import Settings
from storage.tables import AgentRow
from threads.departments import members_of
from threads.escalation.ladder import AGENT, ON_CALL, Ladder, Step, faults
from threads.escalation.plan import Plan
from threads.escalation.roster import LOOK_AHEAD, Roster, Shift, gaps
from threads.model import Priority
from threads.sla.terms import Aim


@dataclass(frozen=True, slots=True)
class Planned:
    """What holds, and what of the settings was left out or never comes to anything, a line each."""

    plan: Plan
    left_out: tuple[str, ...] = ()


def planned(settings: Settings) -> Planned:
    """The ladders and rosters that can be used."""
    return _Planning(settings).plan()


@dataclass
class _Planning:
    """They on their way out of the settings."""

    settings: Settings
    left_out: list[str] = field(default_factory=list)

    def plan(self) -> Planned:
        ladders = tuple(self._ladders())
        rosters = tuple(filter(None, map(self._roster, range(len(self.settings.oncall)))))
        departments = departments_of(self.settings.department)
        members = partial(members_of, departments)
        plan = Plan(ladders, rosters, members, tell_customer=self.settings.escalation.tell_customer)
        return Planned(plan, tuple(self.left_out))

    def _ladders(self) -> Iterator[Ladder]:
        above: list[Ladder] = []
        for number in range(len(self.settings.escalation.ladder)):
            ladder = self._ladder(number)
            if ladder is None:
                continue
            hiding = next((each for each in above if each.hides(ladder)), None)
            if hiding is not None:
                said = f'it is never climbed: "{hiding.name}" above it fits all that it is for. Put it above that one'
                self._say("ladder", number, ladder.name, said)
            above.append(ladder)
            yield ladder

    def _ladder(self, number: int) -> Ladder | None:
        wanted = self.settings.escalation.ladder[number]
        ladder = _ladder_of(wanted)
        wrong = [*self._unknown(number, wanted), *faults(ladder, self._within())]
        for said in wrong:
            self._say("ladder", number, wanted.name, f"{said}. It is left out")
        return None if wrong else self._with_sound_webhooks(number, ladder)

    def _within(self) -> dict[Priority, timedelta]:
        return {priority: getattr(self.settings.answer, priority.value) for priority in Priority}

    def _unknown(self, number: int, wanted: LadderSettings) -> Iterator[str]:
        """What it is for and is not there, or a name twice."""
        earlier = [each.name for each in self.settings.escalation.ladder[:number]]
        if wanted.name in earlier:
            yield "a ladder of that name stands above it, and steps are written down by that; name one anew"
        yield from _not_there("mailbox", wanted.mailbox, [each.address for each in self.settings.mailboxes])
        yield from _not_there("SLA policy", wanted.sla, [each.name for each in self.settings.sla])

    def _with_sound_webhooks(self, number: int, ladder: Ladder) -> Ladder:
        """The same; without its webhooks where nothing could sign them."""
        if self.settings.escalation.webhook_secret or not any(each.webhook for each in ladder.steps):
            return ladder
        said = "its webhooks are left out, and nothing else of it: set [escalation] webhook_secret, which signs them"
        self._say("ladder", number, ladder.name, said)
        return replace(ladder, steps=tuple(replace(each, webhook="") for each in ladder.steps))

    def _roster(self, number: int) -> Roster | None:
        wanted = self.settings.oncall[number]
        zone = zone_of(wanted.zone or self.settings.hours.zone)
        wrong = list(_faults_of(wanted, [each.name for each in self.settings.oncall[:number]]))
        for said in wrong:
            self._say("oncall", number, wanted.name, f"{said}. It is left out")
        if zone is None or wrong:
            return None
        shifts = tuple(Shift(each.agent.lower(), each.since, each.until) for each in wanted.shift)
        order = tuple(each.lower() for each in wanted.order)
        departments = frozenset(wanted.department)
        return Roster(wanted.name, zone, order, wanted.start, wanted.every, wanted.until, shifts, departments)

    def _say(self, section: str, number: int, name: str, said: str) -> None:
        where = ("escalation", "ladder", number, "name") if section == "ladder" else ("oncall", number, "name")
        shown = "escalation.ladder" if section == "ladder" else "oncall"
        self.left_out.append(f'{place_of(self.settings.file, *where)}: [[{shown}]] "{name}": {said}')


def _ladder_of(settings: LadderSettings) -> Ladder:
    return Ladder(
        settings.name,
        tuple(_step_of(each) for each in settings.step),
        aims=frozenset(map(Aim, settings.kind)),
        priorities=frozenset(map(Priority, settings.priority)),
        mailboxes=frozenset(settings.mailbox),
        departments=frozenset(settings.department),
        policies=frozenset(settings.sla),
    )


def _step_of(settings: StepSettings) -> Step:
    return Step(
        share=int(settings.at.removesuffix("%")) / 100 if settings.at else None,
        after=settings.after,
        tell=settings.tell,
        raise_to=Priority(settings.raises) if settings.raises else None,
        webhook=settings.webhook,
        command=settings.command,
    )


def _faults_of(wanted: OncallSettings, earlier: Collection[str]) -> Iterator[str]:
    """Why a roster cannot be used."""
    if wanted.name in earlier:
        yield "a roster of that name stands above it; name one anew"
    if wanted.zone and zone_of(wanted.zone) is None:
        yield f'there is no time zone "{wanted.zone}"; write it as in "Europe/Berlin"'
    if not wanted.order and not wanted.shift:
        yield 'nobody is on it; add order = ["anna", "ben"]'
    if wanted.order and wanted.start is None:
        yield 'it does not say when the first of its order begins; add start = "2026-11-23T09:00"'
    if wanted.start and wanted.until and wanted.until <= wanted.start:
        yield "it ends before it starts"
    for each in wanted.shift:
        if each.until <= each.since:
            yield f"a shift of {each.agent or 'nobody'} ends before it begins, on {each.since:%d.%m.%Y %H:%M}"


def _not_there(what: str, wanted: Sequence[str], there: Collection[str]) -> Iterator[str]:
    for each in wanted:
        if each not in there:
            yield f"no {what} of this desk is called {each!r}{nearest(each, there) if there else ''}"


def concerns(session: Session, settings: Settings, now: datetime) -> list[str]:
    """What of ladders and rosters will reach nobody, a line each: agents who are not there, times for which nobody is on call."""
    agents = {row.id: row for row in session.scalars(select(AgentRow))}
    plan = planned(settings).plan
    return [*_strangers(settings, agents), *_gaps(settings, plan, now), *_without_people(plan)]


def _strangers(settings: Settings, agents: Mapping[str, AgentRow]) -> Iterator[str]:
    """Agents who are named and cannot be told."""
    for section, number, agent in _named(settings):
        said = _absent(agent, agents)
        if said:
            then = "Nobody is on call in their turns" if section == ("oncall",) else "The others are told"
            where, shown = place_of(settings.file, *section, number, "name"), ".".join(section)
            yield f"{where}: [[{shown}]] {said}. {then}"


def _absent(agent: str, agents: Mapping[str, AgentRow]) -> str:
    """Why an agent cannot be told; "" where they can."""
    there = [each for each, row in agents.items() if row.disabled_at is None]
    if agent not in agents:
        return f"no agent is called {agent!r}{nearest(agent, there) if there else ''}"
    if agent not in there:
        return f"{agent} answers no more; `brief agent add {agent}` lets them in again"
    return "" if agents[agent].email else f"{agent} has no mail address: `brief agent change {agent} --email ADDRESS`"


def _named(settings: Settings) -> Iterator[tuple[tuple[str, ...], int, str]]:
    """Every agent who is named, once in each section, with where."""
    for number, ladder in enumerate(settings.escalation.ladder):
        told = (word.removeprefix(AGENT) for step in ladder.step for word in step.tell if word.startswith(AGENT))
        yield from ((("escalation", "ladder"), number, each) for each in dict.fromkeys(told))
    for number, roster in enumerate(settings.oncall):
        people = dict.fromkeys(
            each.lower() for each in (*roster.order, *(shift.agent for shift in roster.shift)) if each
        )
        yield from ((("oncall",), number, each) for each in people)


def _gaps(settings: Settings, plan: Plan, now: datetime) -> Iterator[str]:
    """Rosters that have nobody for a time."""
    numbers = {each.name: number for number, each in enumerate(settings.oncall)}
    for roster in plan.rosters:
        found = gaps(roster, now)
        if found:
            where = place_of(settings.file, "oncall", numbers[roster.name], "name")
            first, more = found[0], _and_more(len(found) - 1)
            until = "on" if first.until >= now + LOOK_AHEAD else f"to {first.until:%d.%m.%Y %H:%M}"
            times = f"from {first.since:%d.%m.%Y %H:%M} {until}{more}"
            yield f'{where}: [[oncall]] "{roster.name}": nobody is on call {times}, in the next {LOOK_AHEAD.days} days'


def _and_more(times: int) -> str:
    return {0: "", 1: ", and once more"}.get(times, f", and {times} times more")


def _without_people(plan: Plan) -> Iterator[str]:
    wanted = any(ON_CALL in step.tell for ladder in plan.ladders for step in ladder.steps)
    if wanted and not plan.rosters:
        yield "a ladder tells who is on call, and no [[oncall]] says who that is: all agents are told where nobody else is"
