"""How urgent a mail is: an ordered list of rules, the first that fits wins and says why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from threads.model import Classification, InboundMail, Kind, Mailbox, Priority, Urgency
from threads.urgency.emergencies import OF_THE_BUSINESS, SERVER, SERVICE, WEBSITE, Emergency
from threads.urgency.meant import is_meant
from threads.words import Sentence, first_held, joined, phrase, sentence, sentences

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
    together: tuple[tuple[str, ...], ...] = ()
    """Of each of these groups one phrase stands in one and the same sentence."""
    unless: tuple[str, ...] = ()
    """These take `together` back where they stand in that sentence: "Serverraum"."""
    alarm: bool = False
    """`together` does not count where it is only asked about, past or planned, nor where the writer says that it is over."""
    priority: Priority | None = None
    opens: bool = False
    """Even a machine's mail opens a conversation."""
    department: str = ""
    because: str = ""
    """What the rule means, in a few words."""


def _emergency(each: Emergency, scope: tuple[str, ...] = ()) -> Rule:
    return Rule(
        name=each.name,
        kinds=(Kind.PERSON,),
        together=(each.things, each.failing),
        any_words=scope,
        unless=each.unless,
        alarm=True,
        priority=Priority.CRITICAL,
        because=each.because,
    )


BUILT_IN: tuple[Rule, ...] = (
    _emergency(SERVER),
    _emergency(WEBSITE),
    _emergency(SERVICE, scope=OF_THE_BUSINESS),
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
    def passages(self) -> tuple[tuple[tuple[Sentence, ...], tuple[Sentence, ...]], ...]:
        """What is looked at as one sentence, with all that says whether it is so: the subject, and what comes after.

        Those are each sentence of the subject, the subject with the first sentence of the text, and each of the text.
        """
        subject, text = sentences(self._subject), sentences(self._text)
        return (
            *(((each,), (*subject, *text)) for each in subject),
            *(((*subject, each), (*subject, *text)) for each in text[:1]),
            *(((each,), (*subject, *text[number:])) for number, each in enumerate(text)),
        )


def _met(rule: Rule, mail: InboundMail, classification: Classification, mailbox: Mailbox, said: _Said) -> str | None:
    """What met the rule, as a few words; None where a condition does not hold."""
    if not _about(rule, mail, classification, mailbox):
        return None
    found = [each for each in rule.all_words if said.everything.holds(phrase(each))]
    if len(found) < len(rule.all_words) or said.holds_one(rule.no_words):
        return None
    if rule.any_words:
        found.append(said.holds_one(rule.any_words))
    if rule.together:
        found.append(_met_together(rule, said))
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


def _met_together(rule: Rule, said: _Said) -> str:
    """The phrases that stand together in a sentence that nothing takes back, "" where there is none."""
    groups: list[list[str]] = []
    for group in rule.together:
        groups.append(said.everything.likely(group))
        if not groups[-1]:
            return ""
    unless = said.everything.likely(rule.unless)
    for parts, others in said.passages:
        each = joined(*parts) if len(parts) > 1 else parts[0]
        found = [first_held(group, each) for group in groups]
        if not all(found) or first_held(unless, each):
            continue
        if not rule.alarm or is_meant(parts, groups, others):
            return " + ".join(found)
    return ""
