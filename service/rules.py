"""The rules as a desk has them: those of the settings that are sound, then the built-in ones, and what was left out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog

from service.rule_settings import RuleSettings
from service.setting_errors import nearest, place_of
from storage.errors import WrongUse
from threads.hours import Calendar
from threads.model import Kind, Priority
from threads.priority import BUILT_IN
from threads.rule import Rule
from threads.words import first_held, sentence

if TYPE_CHECKING:
    from service.settings import Settings

log = structlog.get_logger(__name__)
_SEVERAL = ("mailbox", "sender", "organisation", "contract", "kind", "emergency")
"""Conditions that hold where one of several values does; the more values, the more mails fit."""
_MOST_NAMED = 10
_LOOKED_AT = timedelta(days=366)
"""In which a time that comes always is never over."""


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


def unknown_organisations(settings: Settings, there: Collection[str]) -> Iterator[str]:
    """Rules for the customers of organisations that are none of these, a line each."""
    known = {each.casefold() for each in there}
    for number, each in enumerate(settings.rule):
        for name in each.organisation:
            if name.casefold() not in known:
                where = place_of(settings.file, "rule", number, "organisation")
                near = nearest(name, there) if there else ""
                near = "" if near.startswith("; there are") and len(there) > _MOST_NAMED else near
                yield f"{where}: the rule {each.name!r}: no organisation is called {name!r}{near}. `brief organisation add` makes one"


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
    """Rules that contradict each other or themselves, fit every mail, are never reached, or name what is not there."""
    first = settings.rules.match == "first"
    asked = [_asked(rule, settings) for rule in settings.rule]
    for number, rule in enumerate(settings.rule):
        where = place_of(settings.file, "rule", number)
        yield from _not_there(rule, number, settings)
        if not rule.effects:
            yield f"{where}: the rule {rule.name!r} asks for nothing; it only keeps later ones from being tried"
        if barred := _barred(rule):
            yield f"{where}: the rule {rule.name!r} hardly ever fits: {barred}"
        if not asked[number]:
            yield f"{where}: the rule {rule.name!r} fits every mail{_KEPT_OFF * first}; give it a condition that some do not meet"
        for earlier, before in zip(settings.rule[:number], asked[:number], strict=True):
            if said := _beside(earlier, before, rule, asked[number], first=first):
                yield f"{where}: {said}"
                break


_KEPT_OFF = ", so none behind it is ever tried, and no emergency found"


def _not_there(rule: RuleSettings, number: int, settings: Settings) -> Iterator[str]:
    """SLA policies and contract classes that the settings do not have."""
    policies = [each.name for each in settings.sla]
    if rule.sla and rule.sla not in policies:
        where = place_of(settings.file, "rule", number, "sla")
        near = nearest(rule.sla, policies) if policies else ""
        yield f"{where}: the rule {rule.name!r}: no [[sla]] is called {rule.sla!r}{near}. What it fits has the policy of its contract"
    classes = list(dict.fromkeys(each.contract for each in settings.sla if each.contract))
    known = {each.casefold() for each in classes}
    for each in rule.contract:
        if each.casefold() not in known:
            where = place_of(settings.file, "rule", number, "contract")
            near = nearest(each, classes) if classes else ""
            yield f"{where}: the rule {rule.name!r}: no [[sla]] is for the contract class {each!r}{near}. Nobody can have it"


def _asked(rule: RuleSettings, settings: Settings) -> dict[str, Any]:
    """The conditions of a rule that some mail does not meet."""
    asked = rule.conditions
    if {each.address.lower() for each in settings.mailbox} <= {each.lower() for each in rule.mailbox}:
        asked.pop("mailbox", None)
    if set(Kind) <= set(rule.kind):
        asked.pop("kind", None)
    if rule.time and _is_always(rule.time, settings):
        del asked["time"]
    return asked


def _is_always(time: str, settings: Settings) -> bool:
    try:
        hours = _within(time, settings)
    except WrongUse:
        return False  # it is named already
    now = datetime.now(UTC)  # only to check the settings
    return hours.between(now, now + _LOOKED_AT) == _LOOKED_AT


def _barred(rule: RuleSettings) -> str:
    """Why what a rule asks for keeps it from fitting, where `no_words` has it in another form."""
    asked = rule.all_words or rule.any_words
    barred = [(each, first_held(rule.no_words, sentence(each))) for each in asked]
    met = [(each, by) for each, by in barred if by]
    if not met or (not rule.all_words and len(met) < len(asked)):
        return ""
    each, by = met[0]
    return f"{each!r} is asked for, and no_words has {by!r}, which stands there with it"


def _beside(
    earlier: RuleSettings, before: Mapping[str, Any], rule: RuleSettings, later: Mapping[str, Any], *, first: bool
) -> str:
    if _covers(before, later) and _covers(later, before) and earlier.effects != rule.effects:
        return f"the rules {earlier.name!r} and {rule.name!r} have the same conditions and ask for different things; keep one"
    if first and _covers(before, later):
        return f"the rule {rule.name!r} is never reached: {earlier.name!r} fits whenever it does; put it before that"
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
