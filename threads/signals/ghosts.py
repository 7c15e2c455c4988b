"""Mails that nobody here has seen, and that others refer to as well."""

from __future__ import annotations

from uuid import UUID

from threads.people.freemail import is_freemail
from threads.placing.mail import Found, Mail
from threads.placing.references import COMMON, in_words, is_telling, own_id, traces


def by_ghost(placed: Mail) -> Found:
    """It names a mail that another conversation refers to as well, and they have somebody in common."""
    rejected: list[str] = []
    answered = own_id(placed.mail)
    for ghost in (*traces(placed.mail), *((answered,) if answered else ())):
        found = _led(placed, ghost, answered=ghost == answered)
        rejected += found.rejected
        if found.conversation is not None:
            return Found(found.conversation, found.because, tuple(rejected))
    return Found(rejected=tuple(rejected))


def shared(placed: Mail, key: UUID, ghost: str) -> str:
    """Whom a mail and a conversation that refer to the same unseen mail have in common, as a clause; "" is nobody."""
    conversation, author = placed.conversation(key), placed.mail.author
    if not is_telling(ghost) and not placed.is_recent(key):
        return ""
    both = placed.known.people & conversation.people
    if both:
        return f"{_named_in(placed, both)} takes part in it"
    if both := placed.known.people & conversation.beside:
        return f"a mail by or to {_named_in(placed, both)} is held there"
    if author is None:
        return ""
    if placed.bears_name_in(conversation):
        return f"somebody called {author.name} takes part in it"
    domains = {address.rpartition("@")[2] for address in conversation.people} - placed.known.own_domains
    of_one_house = author.domain in domains and not is_freemail(author.domain)
    return f"somebody else of {author.domain} takes part in it" if of_one_house and is_telling(ghost) else ""


def _named_in(placed: Mail, addresses: frozenset[str]) -> str:
    """Of some addresses that which the mail itself names: whom it was linked to may never have written."""
    people = (*([placed.mail.author] if placed.mail.author else ()), *placed.mail.recipients)
    return next((each.address for each in people if each.address in addresses), min(addresses))


def _led(placed: Mail, ghost: str, *, answered: bool) -> Found:
    keys = placed.known.conversations_with(ghost)
    if not keys or len(keys) >= COMMON:
        return Found()
    near = {key: clause for key in keys if placed.in_this_mailbox(key) and (clause := shared(placed, key, ghost))}
    rejected = [
        f"{placed.name(key)}: it refers to {in_words(ghost)} too, but to nobody of this mail"
        for key in keys
        if key not in near
    ]
    nearest = _nearest(placed, near) if len(near) > 1 else near
    several = (key for key in near if nearest.keys() != {key})
    rejected += [f"{placed.name(key)}: one of several that refer to {in_words(ghost)}" for key in several]
    if len(nearest) != 1:
        return Found(rejected=tuple(rejected))
    key, clause = next(iter(nearest.items()))
    if placed.recycles(key):
        rejected.append(f"{placed.name(key)}: an old thread, reused with a new subject for a new matter")
        return Found(rejected=tuple(rejected))
    named = (
        f"it is {ghost}, which this conversation answers"
        if answered
        else f"it names {in_words(ghost)}, as this conversation does"
    )
    return Found(key, f"{named}, and {clause}", tuple(rejected))


def _nearest(placed: Mail, keys: dict[UUID, str]) -> dict[UUID, str]:
    """Of several conversations those that the writer takes part in; of these, where it helps, those with the subject."""
    mine = {key: clause for key, clause in keys.items() if placed.writer_takes_part(key)} or keys
    alike = {
        key: clause for key, clause in mine.items() if placed.conversation(key).canonical_subject == placed.subject
    }
    return alike or mine
