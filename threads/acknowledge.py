"""Whether one acknowledgement goes out by itself: an ordered list of rules that silence it, each says why.

It goes to nobody who did not write (RFC 3834, RFC 5230): only to the From address, only where the envelope sender
is that address or of its domain, once a conversation, and within budgets that end a dialogue of two machines.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from knowledge.article import Suggestion
from templates import languages
from threads.deflection import drawn
from threads.model import (
    Acknowledge,
    Classification,
    Envelope,
    InboundMail,
    Kind,
    Mailbox,
    Placement,
    Silent,
    Source,
    Verdict,
)
from threads.outgoing.breaker import OPEN
from threads.outgoing.stops import lifts
from threads.people.freemail import is_freemail
from threads.policy import AcknowledgeLimits, Policy

MOST_ANSWERS = 3


@dataclass(frozen=True, slots=True)
class History:
    """What went out by itself of late."""

    last_to_address_at: datetime | None = None
    to_address_in_a_day: int = 0
    to_domain_in_an_hour: int = 0
    in_an_hour: int = 0
    of_visitor_in_an_hour: int = 0
    """Forms that this visitor sent, with the one in question."""
    stopped: bool = False
    """Mail to this address failed for good."""
    breaker: bool = False
    """Too much went out by itself, so nothing does for a while."""


@dataclass(frozen=True, slots=True)
class Question:
    """All that decides about one acknowledgement."""

    mail: InboundMail
    envelope: Envelope
    classification: Classification
    verdict: Verdict
    placement: Placement
    mailbox: Mailbox
    policy: Policy
    now: datetime
    history: History = field(default_factory=History)
    forwarded_by_colleague: bool = False
    """An agent, or somebody of our own domain, passed on what a customer wrote."""
    by_form: bool = False
    """A form that the settings name wrote it for its author."""
    suspected: bool = False
    """It may be spam, or carry a virus."""

    @property
    def limits(self) -> AcknowledgeLimits:
        """How often something may go out."""
        return self.policy.acknowledge

    @property
    def to_stranger(self) -> bool:
        """Whether it would go to somebody whose mail is held, where the settings want that."""
        return self.placement.held and self.limits.strangers

    @property
    def address(self) -> str:
        """Whom it would go to."""
        return self.mail.author.address if self.mail.author else ""


Silencer = Callable[[Question], bool]


def acknowledge(
    question: Question, suggestions: Sequence[Suggestion] = (), answer_by: datetime | None = None
) -> Acknowledge | Silent:
    """Whether an acknowledgement goes out, to whom, in which language and with which answers; or why not."""
    silenced = silence(question)
    if silenced is not None:
        return silenced
    mail, mailbox = question.mail, question.mailbox
    assert mail.author is not None  # noqa: S101 - a rule above asked
    language = mail.language if mail.language in languages() else "en"
    if question.to_stranger:
        because = f"it is held, and {question.address} is told nothing but that it has arrived"
        return Acknowledge(mail.author, mailbox, language, (), None, because, to_stranger=True)
    answers = tuple(each for each in suggestions if each.sure and each.found.article.automatic)[:MOST_ANSWERS]
    because = f"a person opened a conversation, and {question.address} can be believed to be the sender"
    decided = Acknowledge(mail.author, mailbox, language, answers, answer_by, because)
    lot = drawn(mail.dedupe_key, question.limits.without_suggestion)
    if answers and lot.without:
        return replace(decided, answers=(), withheld=answers, because=f"{because}; {lot.because}")
    return decided


def silence(question: Question, but: Collection[Silencer] = ()) -> Silent | None:
    """The first rule that keeps a mail in that would go out by itself; `but` leaves some out. None where nothing does."""
    return next((Silent(because) for rule, because in SILENCERS if rule not in but and rule(question)), None)


def _sender_unknown(question: Question) -> bool:
    return question.envelope.mail_from is None


def _sender_is_another(question: Question) -> bool:
    """RFC 3834, section 4: an answer goes only to who is named on the envelope too, or for whom a known form wrote."""
    if question.by_form:
        return False
    sender = (question.envelope.mail_from or "").lower()
    author = question.mail.author
    return not author or (sender != author.address and sender.rpartition("@")[2] != author.domain)


def _no_author(question: Question) -> bool:
    return "@" not in question.address


def _stopped(question: Question) -> bool:
    """Nothing goes where mail does not arrive, unless this mail shows that somebody is there again; a held one shows nothing."""
    shown = lifts(question.envelope.source, question.classification, question.verdict)
    return question.history.stopped and (question.to_stranger or not shown)


def _goes_on(question: Question) -> bool:
    return question.placement.conversation is not None and not question.placement.held


def _told_today(question: Question) -> bool:
    return question.to_stranger and question.history.to_address_in_a_day > 0


def _too_soon(question: Question) -> bool:
    last = question.history.last_to_address_at
    return last is not None and question.now - last < question.limits.once_in


def _enough_for_address(question: Question) -> bool:
    return question.history.to_address_in_a_day >= question.limits.address_a_day


def _enough_for_domain(question: Question) -> bool:
    """A loop may come from many addresses of one domain; the customers of a mail provider are no such partner."""
    if is_freemail(question.address.rpartition("@")[2]):
        return False
    return question.history.to_domain_in_an_hour >= question.limits.domain_an_hour


def _enough_in_all(question: Question) -> bool:
    return question.history.in_an_hour >= question.limits.an_hour


def _enough_for_visitor(question: Question) -> bool:
    by_form = question.envelope.source is Source.FORM
    return by_form and question.history.of_visitor_in_an_hour > question.limits.visitor_an_hour


def _several_authors(question: Question) -> bool:
    return len(question.mail.all_headers("from")) > 1


SILENCERS: tuple[tuple[Silencer, str], ...] = (
    (lambda each: not each.limits.enabled, "acknowledgements are switched off"),
    (lambda each: not each.mailbox.acknowledge, "this mailbox does not acknowledge"),
    (_goes_on, "it belongs to a conversation that is there already"),
    (lambda each: each.placement.held and not each.to_stranger, "it is held until an agent has looked at it"),
    (lambda each: each.classification.kind is not Kind.PERSON, "no person wrote it"),
    (lambda each: not each.classification.acknowledge, "it asks for no automatic answer, or is not to get one"),
    (_no_author, "it does not say who wrote it"),
    (_several_authors, "it names more than one author"),
    (lambda each: each.address in each.policy.addresses, "it claims to be from one of our own mailboxes"),
    (lambda each: each.forwarded_by_colleague, "a colleague forwarded it"),
    (_sender_unknown, "the envelope sender is not known"),
    (lambda each: each.envelope.mail_from == "", "the envelope sender is empty, as that of a machine"),
    (_sender_is_another, "the envelope sender is neither the author nor of the author's domain"),
    (lambda each: not each.verdict.acts, "it fails authentication"),
    (lambda each: each.suspected, "it is suspected, and kept apart"),
    (_stopped, "mail to this address failed for good"),
    (lambda each: each.history.breaker, f"too much went out by itself of late, so nothing does: {OPEN}"),
    (_told_today, "this address has heard from us within a day, and a stranger does so only once"),
    (_too_soon, "this address was sent an acknowledgement a short time ago"),
    (_enough_for_address, "this address has had enough of them for a day"),
    (_enough_for_domain, "this domain has had enough of them for an hour"),
    (_enough_in_all, "enough of them went out in this hour"),
    (_enough_for_visitor, "this visitor has sent the form often enough for an hour"),
)
"""Every rule that keeps an acknowledgement in, in order, each with its sentence."""
NOT_FOR_A_QUESTION = frozenset({_goes_on, _too_soon})
"""Those that only a second acknowledgement would be too much for: whoever is to be asked something has to hear of it."""
