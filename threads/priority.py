"""How urgent a mail is, and what else its rules ask for: an ordered list of rules, each with the words that met it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from templates.emergencies import DEFINITIONS
from threads.conditions import Case, Held, conditions_of, met
from threads.model import Classification, InboundMail, Kind, Mailbox, Priority, Urgency
from threads.rule import UNKNOWN, Circumstances, Rule
from threads.urgency.alarm import Emergency

__all__ = ["BUILT_IN", "Circumstances", "Rule", "Tried", "prioritise", "tried"]


def _emergency(name: str, emergency: Emergency) -> Rule:
    because = DEFINITIONS["en"][emergency.value]
    return Rule(name, kinds=(Kind.PERSON,), emergencies=(emergency,), priority=Priority.CRITICAL, because=because)


BUILT_IN: tuple[Rule, ...] = (
    _emergency("server-down", Emergency.SERVER),
    _emergency("website-offline", Emergency.WEBSITE),
    _emergency("service-down", Emergency.SERVICE),
)
"""The three emergencies of a hosting company."""


def prioritise(
    mail: InboundMail,
    classification: Classification,
    mailbox: Mailbox,
    rules: Sequence[Rule] = BUILT_IN,
    around: Circumstances = UNKNOWN,
    *,
    match_all: bool = False,
) -> Urgency:
    """What the first fitting rule asks for or, where all of them count, what they ask for together."""
    case = Case(mail, classification, mailbox, around)
    fired: list[tuple[Rule, str]] = []
    for rule in rules:
        words = met(rule, case)
        if words is None:
            continue
        fired.append((rule, words))
        if not match_all:
            break
    return _together(fired)


def _together(fired: Sequence[tuple[Rule, str]]) -> Urgency:
    """The highest priority, all tags, and of every other effect the first."""
    if not fired:
        return Urgency(Priority.NORMAL, "", "no rule applies")
    rules = [rule for rule, _ in fired]
    ranked = [rule.priority for rule in rules if rule.priority]
    priority = min(ranked, key=lambda each: each.rank, default=Priority.NORMAL)
    gave = next((rule for rule in rules if rule.priority is priority), rules[0])
    return Urgency(
        priority,
        gave.name,
        "; ".join(_said(rule, words) for rule, words in fired),
        any(rule.opens for rule in rules),
        _first(rule.department for rule in rules),
        tags=tuple(dict.fromkeys(tag for rule in rules for tag in rule.tags)),
        assignee=_first(rule.assignee for rule in rules),
        answer=_first(rule.answer for rule in rules),
        sla=_first(rule.sla for rule in rules),
        hold=next((_said(rule, words) for rule, words in fired if rule.hold), ""),
    )


def _first(values: Iterable[str]) -> str:
    return next(filter(None, values), "")


def _said(rule: Rule, words: str) -> str:
    return f'rule "{rule.name}"{f": {rule.because}" if rule.because else ""}{f" ({words})" if words else ""}'


_ORDINARY = frozenset({"kind", "mailbox", "no_words"})


@dataclass(frozen=True, slots=True)
class Tried:
    """A rule that was tried on a mail."""

    rule: Rule
    conditions: tuple[Held, ...]

    @property
    def missing(self) -> tuple[Held, ...]:
        """The conditions that do not hold."""
        return tuple(each for each in self.conditions if not each.held)

    @property
    def fires(self) -> bool:
        """Whether all of them hold."""
        return not self.missing

    @property
    def nearly(self) -> bool:
        """Whether all but one hold, and one that says more than where it came and who wrote it; or that emergency is spoken of."""
        told = any(each.held and each.condition not in _ORDINARY for each in self.conditions)
        return len(self.missing) == 1 and (told or self.missing[0].is_near)


def tried(
    mail: InboundMail,
    classification: Classification,
    mailbox: Mailbox,
    rules: Sequence[Rule],
    around: Circumstances = UNKNOWN,
) -> list[Tried]:
    """Every rule with each of its conditions, whether or not an earlier one decided."""
    case = Case(mail, classification, mailbox, around)
    return [Tried(rule, tuple(_nearer(each, rule, case) for each in conditions_of(rule, case))) for rule in rules]


def _nearer(held: Held, rule: Rule, case: Case) -> Held:
    """A condition that asks for an emergency, with that one which the mail speaks of and does not declare, and why not."""
    if held.held or held.condition != "emergency" or case.near_miss is None:
        return held
    if case.near_miss.alarm.emergency not in rule.emergencies:
        return held
    return replace(held, words=case.near_miss.words, is_near=True)
