"""What stands in a conversation by its subject or by a quotation alone, and names a mail that is not there, stands there loosely.

A reply may come before the mail that it answers. Until that comes the subject is all there is, and it may mislead; so what goes
by it stays tied to the mails that it names or that name it, and goes with them to where a firm ID leads one of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from threads.model import Kind, Placement
from threads.people.freemail import is_freemail
from threads.placing.mail import Found, Mail, Signal
from threads.placing.references import COMMON, in_words, is_telling, own_id, referred_to, traces
from threads.placing.strangers import stranger_because
from threads.subjects import is_reply_subject

WEAK = frozenset({"subject", "quotation"})
"""Signals that may err: where they put a message it shows nothing of others."""


def on_firm(signal: Signal) -> Signal:
    """A signal that asks only what stands firmly in its conversation."""
    return lambda placed: signal(placed.firmly())


def on_loose(signal: Signal) -> Signal:
    """A signal that asks what stands loosely in its conversation, too; a mail that begins a matter calls that to itself."""

    def asked(placed: Mail) -> Found:
        if not placed.known.loose or (_begins(placed) and any(_tied(placed, None))):
            return Found()
        return signal(placed)

    return asked


def with_ties(placed: Mail, placement: Placement) -> Placement:
    """A placed mail with what stands loosely somewhere and goes with it by their IDs."""
    here = placement.conversation
    if not placed.known.loose or placement.held or placement.signal in WEAK:
        return placement
    ties = tuple(dict.fromkeys(_tied(placed, here)))
    loose = [part for part, key in ties if key == here]
    by_loose = placement.signal in {"in-reply-to", "references", "ghost"} and here not in set(led_to(placed.firmly()))
    return replace(placement, ties=ties, loose_with=loose[0] if loose and by_loose else None)


def led_to(placed: Mail) -> Iterator[UUID]:
    """Every conversation to which an ID leads that stands for one mail alone."""
    return (key for key, _, _ in _named(placed))


def named_for(placed: Mail, conversation: UUID) -> str:
    """How a mail names a conversation to which an ID of its leads, as a clause."""
    trace = next(trace for key, _, trace in _named(placed) if key == conversation)
    return f"it is {trace}, which that answers" if trace == own_id(placed.mail) else f"it names {in_words(trace)}"


def _named(placed: Mail) -> Iterator[tuple[UUID, UUID | None, str]]:
    """The same with the part of the conversation, where what is named stands loosely there, and what that is."""
    answered = own_id(placed.mail)
    for trace in (*traces(placed.mail), *((answered,) if answered else ())):
        stored = [each for each in placed.known.with_id(trace) if not each.held]
        if trace != answered and len({each.conversation for each in stored}) == 1:
            yield from ((each.conversation, each.loose, trace) for each in stored if each.loose or not each.weak)
        ghosts = [each for each in placed.known.ghosts if each.ghost == trace and not each.held]
        if len({each.conversation for each in ghosts}) < COMMON:
            found = ((each.conversation, each.loose) for each in ghosts)
            yield from ((key, part, trace) for key, part in found if is_telling(trace) or placed.is_recent(key))


def _begins(placed: Mail) -> bool:
    """Whether a mail answers nothing, neither by its headers nor by its subject; Outlook gives a Thread-Index to the first, too."""
    return not referred_to(placed.mail) and not is_reply_subject(placed.mail.subject)


def _tied(placed: Mail, here: UUID | None) -> Iterator[tuple[UUID, UUID]]:
    """The parts that a mail is tied to, with their conversations: those of its own, and those that may come there."""
    for key, part, _ in _named(placed):
        if part is not None and (key == here or _may_come(placed, part, key, here)):
            yield part, key


def _may_come(placed: Mail, part: UUID, there: UUID, here: UUID | None) -> bool:
    """Whether a part of a conversation may come to the mail: nobody is a stranger then, and nothing set the two apart."""
    by_person = placed.outgoing or placed.kind is Kind.PERSON
    sides = [placed.conversation(key).side_of for key in (there, here) if key is not None]
    return (
        by_person
        and not any(sides)
        and placed.in_this_mailbox(there)
        and not placed.recycles(there)
        and not (here is not None and placed.known.are_apart(here, there))
        and stranger_because(placed, "", placed.conversation(there)) is None
        and all(_belongs(placed, each, here) for each in placed.known.loose[part])
    )


def _belongs(placed: Mail, address: str, here: UUID | None) -> bool:
    """Whether who wrote what may come is one of those with the mail, of the customer's own domain, or one of us."""
    known, domain = placed.known, address.rpartition("@")[2]
    author = placed.mail.author
    people, house = known.people, frozenset({author.domain} if author else ())
    if here is not None:
        people, house = people | placed.conversation(here).people, placed.conversation(here).customer_domains
    return (
        address in people | known.agents or domain in known.own_domains or (domain in house and not is_freemail(domain))
    )
