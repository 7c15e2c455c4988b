"""The rules as a desk has them: those of the settings that are sound, then the built-in ones, and what was left out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog

from service.rule_settings import RuleSettings
from service.setting_errors import nearest, place_of
from storage.errors import WrongUse
from threads.hours import Calendar
from threads.model import Priority
from threads.priority import BUILT_IN
from threads.rule import Rule

if TYPE_CHECKING:
    from service.settings import Settings

log = structlog.get_logger(__name__)
_SEVERAL = ("mailbox", "sender", "organisation", "contract", "kind", "emergency")
"""Conditions that hold where one of several values does; the more values, the more mails fit."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules in order, and a line for each thing that is wrong with one, with what was left out for it."""

    rules: tuple[Rule, ...]
    wrong: tuple[str, ...]


def rules_of(settings: Settings) -> Rules:
    """The sound rules of the settings, then the built-in ones."""
    kept: list[Rule] = []
    wrong: list[str] = []
    for number, each in enumerate(settings.rule):
        try:
            kept.append(rule_of(each, settings))
        except WrongUse as error:
            where = place_of(settings.file, "rule", number, "time")
            wrong.append(f"{where}: the rule {each.name!r} is left out: {error}")
    return Rules((*kept, *BUILT_IN), (*wrong, *_doubtful(settings)))


def tell_wrong(settings: Settings) -> None:
    """Name in the log what is wrong with rules."""
    for said in rules_of(settings).wrong:
        log.warning("wrong in the rules", because=said)


def strangers(settings: Settings, there: Collection[str]) -> Iterator[str]:
    """Rules that give what comes to somebody who is none of these agents, a line each."""
    for number, each in enumerate(settings.rule):
        if each.assignee and each.assignee not in there:
            where = place_of(settings.file, "rule", number, "assignee")
            near = nearest(each.assignee, there) if there else ""
            yield f"{where}: the rule {each.name!r}: no agent is called {each.assignee!r}{near}. What it fits stays nobody's"


def rule_of(settings: RuleSettings, desk: Settings) -> Rule:
    """A rule from the settings, of the one type that the built-in ones have. Raises `WrongUse` for hours that never open."""
    return Rule(
        name=settings.name,
        priority=Priority(settings.priority) if settings.priority else None,
        mailboxes=settings.mailbox,
        senders=settings.sender,
        organisations=settings.organisation,
        contracts=settings.contract,
        any_words=settings.any_words,
        all_words=settings.all_words,
        no_words=settings.no_words,
        emergencies=settings.emergency,
        headers=settings.headers,
        form=settings.form,
        kinds=settings.kind,
        within=_within(settings.time, desk) if settings.time else None,
        opening={"inside": True, "outside": False}.get(settings.hours),
        opens=settings.opens,
        department=settings.department,
        tags=settings.tags,
        assignee=settings.assignee,
        sla=settings.sla,
        answer=settings.answer,
        hold=settings.hold,
    )


def _within(time: str, desk: Settings) -> Calendar:
    hours = desk.hours
    try:
        return Calendar(time, hours.zone, hours.holidays)
    except (ValueError, WrongUse) as error:
        raise WrongUse(f"its time {time!r} never comes, or cannot be read: {error}") from None


def _doubtful(settings: Settings) -> Iterator[str]:
    """Rules that contradict each other, that are never reached, or that name what is not there."""
    policies = [each.name for each in settings.sla]
    for number, rule in enumerate(settings.rule):
        if rule.sla and rule.sla not in policies:
            where, near = (
                place_of(settings.file, "rule", number, "sla"),
                nearest(rule.sla, policies) if policies else "",
            )
            yield f"{where}: the rule {rule.name!r}: no [[sla]] is called {rule.sla!r}{near}. What it fits has the policy of its contract"
        if not rule.effects:
            yield f"{place_of(settings.file, 'rule', number)}: the rule {rule.name!r} asks for nothing; it only keeps later ones from being tried"
        for before in settings.rule[:number]:
            said = _beside(before, rule, first=settings.rules.match == "first")
            if said:
                yield f"{place_of(settings.file, 'rule', number)}: {said}"
                break


def _beside(before: RuleSettings, rule: RuleSettings, *, first: bool) -> str:
    if before.conditions == rule.conditions and before.effects != rule.effects:
        return f"the rules {before.name!r} and {rule.name!r} have the same conditions and ask for different things; keep one"
    if first and _covers(before.conditions, rule.conditions):
        return f"the rule {rule.name!r} is never reached: {before.name!r} fits whenever it does; put it before that"
    return ""


def _covers(before: Mapping[str, Any], later: Mapping[str, Any]) -> bool:
    """Whether all that meets the later conditions certainly meets the earlier ones."""
    return all(name in later and _wider(name, value, later[name]) for name, value in before.items())


def _wider(name: str, before: Any, later: Any) -> bool:
    if name in _SEVERAL or name == "any_words":
        return set(later) <= set(before)
    if name == "all_words" or name == "no_words":
        return set(before) <= set(later)
    return bool(before == later)
