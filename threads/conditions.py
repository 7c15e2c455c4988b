"""Whether the conditions of a rule hold for a mail: each one by itself, so that it can be told which was missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from threads.model import Classification, InboundMail, Mailbox
from threads.rule import Circumstances, Rule
from threads.urgency.alarm import Alarm, alarm_in
from threads.urgency.near_miss import NearMiss, near_miss_in
from threads.words import Sentence, phrase, sentence

_READ = 6000
"""Characters of the new text in which words are looked for: what is urgent is said at the beginning."""
_FIELDS = 100
"""Lines of a form's mail that may be fields of it."""
_DENYING = frozenset(
    ["nicht", "kein", "keine", "keinen", "keinem", "keiner", "keines", "ohne", "nie", "not", "no", "never", "without", "none"]
)  # fmt: skip
_BEFORE = 2
"""Words before a phrase in which a word may deny it."""
_WRITERS = frozenset({"ich", "wir"})
_OBJECTS = frozenset(
    ["den", "das", "die", "der", "dem", "diesen", "dieses", "diese", "meinen", "mein", "meine", "unseren", "unser", "unsere"]
)  # fmt: skip
_FILLERS = frozenset({"also", "doch", "noch", "jetzt", "hiermit", "ihn", "es", "sie"})
_VERB_ENDS = ("e", "n")
"""How a verb ends of what I do, or we."""
_BEHIND = frozenset({"nicht", "nie", "niemals"})
_WANTED = frozenset(
    ["geplant", "gewuenscht", "gewollt", "beabsichtigt", "vorgesehen", "noetig", "notwendig", "erforderlich"]
)
"""What something is that people speak of and do not want: "Eine Kündigung ist nicht geplant"."""


@dataclass(frozen=True, slots=True)
class Held:
    """What became of one condition."""

    condition: str
    """As the settings call it."""
    held: bool
    words: str = ""
    """What met it, or what would have."""
    is_near: bool = False
    """It does not hold, and `words` stand in the mail, with why they do not count."""


class Case:
    """A mail with all that rules may ask of it; what costs time is found out at most once."""

    def __init__(
        self, mail: InboundMail, classification: Classification, mailbox: Mailbox, around: Circumstances
    ) -> None:
        self.mail, self.classification, self.mailbox, self.around = mail, classification, mailbox, around
        self._text = (mail.reply or (mail.forwarded.reply if mail.forwarded else ""))[:_READ]
        self._subject = mail.subject[:_READ]

    @cached_property
    def everything(self) -> Sentence:
        """The words of the subject and the new text."""
        return sentence(self._subject, self._text)

    @cached_property
    def alarm(self) -> Alarm | None:
        """The emergency that the writer declares."""
        return alarm_in(self._subject, self._text)

    @cached_property
    def near_miss(self) -> NearMiss | None:
        """The emergency that the writer nearly declares: only who tries the rules asks."""
        return near_miss_in(self._subject, self._text)

    @cached_property
    def fields(self) -> dict[str, str]:
        """What was typed into a form, by field; of another's form, each line "field: value"."""
        if not self.around.typed:
            return {}
        lines = (line.partition(":") for line in self.mail.text.splitlines()[:_FIELDS])
        found = {key.strip().lower(): value.strip() for key, colon, value in lines if colon and value.strip()}
        author = self.mail.author
        own = {"subject": self.mail.subject, "message": self._text}
        return found | own | ({"name": author.name, "address": author.address} if author else {})

    def says(self, wanted: str) -> bool:
        """Whether a phrase stands in it, and nothing denies it there."""
        words = phrase(wanted)
        if not self.everything.may_hold(words):
            return False
        denies = not _DENYING.intersection(words)
        spans = self.everything.spans_of(words)
        return any(not (denies and self._is_denied(start, end)) for start, end in spans)

    def holds(self, wanted: str) -> bool:
        """Whether a phrase stands in it at all."""
        return self.everything.holds(phrase(wanted))

    def _is_denied(self, start: int, end: int) -> bool:
        words = self.everything.words
        if _DENYING.intersection(words[max(0, start - _BEFORE) : start]):
            return True
        if _is_unwanted(words[end : end + 3]):
            return True
        done = words[end - 1].endswith(_VERB_ENDS)
        return done and _is_not_done(words[max(0, start - 1) : start], words[end : end + 5])


def _is_unwanted(behind: tuple[str, ...]) -> bool:
    """Whether "ist nicht geplant" follows."""
    return len(behind) == 3 and behind[0] in ("ist", "war") and behind[1] in _BEHIND and behind[2] in _WANTED


def _is_not_done(before: tuple[str, ...], behind: tuple[str, ...]) -> bool:
    """Whether a verb of the writer's is denied behind it, as German does: "Ich kündige nicht", "Wir kündigen den Vertrag nicht"."""
    if not _WRITERS.intersection((*before, *behind[:1])):
        return False
    rest = [word for word in behind if word not in _WRITERS and word not in _FILLERS]
    if rest and rest[0] in _OBJECTS:
        rest = rest[2:]
    return bool(rest) and rest[0] in _BEHIND


def conditions_of(rule: Rule, case: Case) -> Iterator[Held]:
    """Each condition that a rule has, with whether it holds; cheap ones first."""
    for check in _CHECKS:
        yield from check(rule, case)


def _addressed(rule: Rule, case: Case) -> Iterator[Held]:
    if rule.mailboxes:
        ours = case.mailbox.address.lower()
        yield Held("mailbox", ours in {each.lower() for each in rule.mailboxes})
    if rule.kinds:
        yield Held("kind", case.classification.kind in rule.kinds)
    if rule.senders:
        author = case.mail.author
        theirs = {author.address, f"@{author.domain}"} if author else set()
        yield Held("sender", bool(theirs & {each.lower() for each in rule.senders}))


def _of_customer(rule: Rule, case: Case) -> Iterator[Held]:
    for condition, wanted, known in (
        ("organisation", rule.organisations, case.around.organisation),
        ("contract", rule.contracts, case.around.contract),
    ):
        if wanted:
            yield Held(condition, known.casefold() in {each.casefold() for each in wanted}, known)


def _in_header(rule: Rule, case: Case) -> Iterator[Held]:
    for name, text in rule.headers.items():
        held = any(text.lower() in value.lower() for value in case.mail.all_headers(name.lower()))
        yield Held("headers", held, name)


def _in_form(rule: Rule, case: Case) -> Iterator[Held]:
    for name, text in rule.form.items():
        typed = case.fields.get(name.lower())
        yield Held("form", typed is not None and text.lower() in typed.lower(), name)


def _in_time(rule: Rule, case: Case) -> Iterator[Held]:
    at, hours = case.around.at, case.around.hours
    if rule.within is not None:
        yield Held("time", at is not None and rule.within.is_open(at))
    if rule.opening is not None:
        yield Held("hours", at is not None and hours is not None and hours.is_open(at) is rule.opening)


def _in_words(rule: Rule, case: Case) -> Iterator[Held]:
    if rule.any_words:
        likely = case.everything.likely(rule.any_words)
        found = next((each for each in likely if case.says(each)), "")
        yield Held("any_words", bool(found), found)
    for each in rule.all_words:
        yield Held("all_words", case.says(each), each)
    if rule.no_words:
        found = next((each for each in case.everything.likely(rule.no_words) if case.holds(each)), "")
        yield Held("no_words", not found, found)
    if rule.emergencies:
        alarm = case.alarm if case.alarm and case.alarm.emergency in rule.emergencies else None
        yield Held("emergency", alarm is not None, alarm.words if alarm else "")


_CHECKS: tuple[Callable[[Rule, Case], Iterator[Held]], ...] = (
    _addressed,
    _of_customer,
    _in_time,
    _in_header,
    _in_form,
    _in_words,
)
_SHOWN = frozenset({"any_words", "all_words", "emergency", "organisation", "contract", "headers", "form"})
"""Conditions of which `because` shows what met them."""


def met(rule: Rule, case: Case) -> str | None:
    """What met a rule, as a few words; None where a condition does not hold."""
    found: list[str] = []
    for each in conditions_of(rule, case):
        if not each.held:
            return None
        if each.words and each.condition in _SHOWN:
            found.append(each.words)
    return ", ".join(found)
