"""How urgent a mail is: an ordered list of rules, the first that fits wins and says why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from threads.model import Classification, InboundMail, Kind, Mailbox, Priority, Urgency
from threads.urgency.alarm import Alarm, Emergency, alarm_in
from threads.words import first_held, phrase, sentence

_READ = 6000
"""Characters of the new text in which words are looked for: what is urgent is said at the beginning."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Conditions, all of which must hold (an empty one always does), and what follows from them."""

    name: str
    mailboxes: tuple[str, ...] = ()
    """Addresses of ours."""
    senders: tuple[str, ...] = ()
    """Addresses, or domains with a leading @."""
    kinds: tuple[Kind, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    """By name: what the header's value contains, in any letter case; "" is any value."""
    any_words: tuple[str, ...] = ()
    """At least one of these words or phrases stands in the subject or the new text."""
    all_words: tuple[str, ...] = ()
    no_words: tuple[str, ...] = ()
    emergencies: tuple[Emergency, ...] = ()
    """One of these the writer declares, and means it: not where it is only asked about, past, planned or over."""
    priority: Priority | None = None
    opens: bool = False
    """Even a machine's mail opens a conversation."""
    department: str = ""
    because: str = ""
    """What the rule means, in a few words."""


def _emergency(name: str, emergency: Emergency, because: str) -> Rule:
    return Rule(name, kinds=(Kind.PERSON,), emergencies=(emergency,), priority=Priority.CRITICAL, because=because)


BUILT_IN: tuple[Rule, ...] = (
    _emergency("server-down", Emergency.SERVER, "a server is down"),
    _emergency("website-offline", Emergency.WEBSITE, "a website or shop is offline"),
    _emergency("service-down", Emergency.SERVICE, "a service that the business depends on does not work"),
)
"""The three emergencies of a hosting company."""


def prioritise(
    mail: InboundMail, classification: Classification, mailbox: Mailbox, rules: tuple[Rule, ...] = BUILT_IN
) -> Urgency:
    """The priority that the first fitting rule gives, with the words that met it."""
    said = _Said(mail)
    for rule in rules:
        met = _met(rule, mail, classification, mailbox, said)
        if met is not None:
            because = f'rule "{rule.name}"{f": {rule.because}" if rule.because else ""}{f" ({met})" if met else ""}'
            return Urgency(rule.priority or Priority.NORMAL, rule.name, because, rule.opens, rule.department)
    return Urgency(Priority.NORMAL, "", "no rule applies")


class _Said:
    """What the writer says: all of it, and sentence by sentence, which only few mails are ever asked for."""

    def __init__(self, mail: InboundMail) -> None:
        self._text = (mail.reply or (mail.forwarded.reply if mail.forwarded else ""))[:_READ]
        self._subject = mail.subject[:_READ]
        self.everything = sentence(self._subject, self._text)

    def holds_one(self, phrases: tuple[str, ...]) -> str:
        """The first of some phrases that stands anywhere, "" where none does."""
        return first_held(self.everything.likely(phrases), self.everything)

    @cached_property
    def alarm(self) -> Alarm | None:
        """The emergency that the writer declares."""
        return alarm_in(self._subject, self._text)


def _met(rule: Rule, mail: InboundMail, classification: Classification, mailbox: Mailbox, said: _Said) -> str | None:
    """What met the rule, as a few words; None where a condition does not hold."""
    if not _about(rule, mail, classification, mailbox):
        return None
    found = [each for each in rule.all_words if said.everything.holds(phrase(each))]
    if len(found) < len(rule.all_words) or said.holds_one(rule.no_words):
        return None
    if rule.any_words:
        found.append(said.holds_one(rule.any_words))
    if rule.emergencies:
        found.append(said.alarm.words if said.alarm and said.alarm.emergency in rule.emergencies else "")
    return ", ".join(found) if all(found) else None


def _about(rule: Rule, mail: InboundMail, classification: Classification, mailbox: Mailbox) -> bool:
    """Whether mailbox, sender, kind and headers are those that the rule asks for."""
    if rule.mailboxes and mailbox.address.lower() not in {each.lower() for each in rule.mailboxes}:
        return False
    if rule.kinds and classification.kind not in rule.kinds:
        return False
    if rule.senders and not _sent_by(rule.senders, mail):
        return False
    return all(_has_header(mail, name.lower(), text.lower()) for name, text in rule.headers.items())


def _sent_by(senders: Iterable[str], mail: InboundMail) -> bool:
    if mail.author is None:
        return False
    return bool({mail.author.address, f"@{mail.author.domain}"} & {sender.lower() for sender in senders})


def _has_header(mail: InboundMail, name: str, text: str) -> bool:
    return any(text in value.lower() for value in mail.all_headers(name))
