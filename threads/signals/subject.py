"""The subject, the weakest of the signals: only of late, only with the same people, only where it is plain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from threads.placing.mail import Found, Mail
from threads.placing.references import is_telling, referred_to
from threads.placing.strangers import stranger_because
from threads.subjects import is_forwarded_subject, is_reply_subject
from threads.tokens import opaque_ids


def by_subject(placed: Mail) -> Found:
    """An answer with the same subject, by or to somebody who takes part, of late, and there is only one such conversation."""
    if placed.outgoing and any(map(is_telling, opaque_ids(placed.mail.in_reply_to))):
        return Found()  # our own program names the very mail that it answers, which may still come
    said = placed.mail.subject
    if not placed.subject or placed.forged or not is_reply_subject(said) or is_forwarded_subject(said):
        return Found()  # the answer to a forwarded mail may be anybody's
    refused = {key: why for key in placed.known.same_subject if (why := _why_not(placed, key))}
    rejected = tuple(f"{placed.name(key)}: it has this subject, but {why}" for key, why in refused.items())
    keys = [key for key in placed.known.same_subject if key not in refused]
    mine = [key for key in keys if placed.writer_takes_part(key)]
    theirs = [key for key in keys if _to_its_customer(placed, key)]
    near = [key for key in keys if _near(placed, key)]
    for chosen, who in (
        (mine, "its writer takes part in that conversation"),
        (theirs, "it went to its customer too"),
        (near, "it is by or to somebody of that conversation"),
    ):
        if len(chosen) == 1 and _is_waited_for(placed, chosen[0]):
            return Found(rejected=(f"{placed.name(chosen[0])}: {_WAITED_FOR}", *rejected))
        if len(chosen) == 1:
            others = [key for key in keys if key != chosen[0]]
            return Found(chosen[0], f'it answers "{placed.subject}", and {who}', (*_several(placed, others), *rejected))
        if chosen:
            return Found(rejected=(*_several(placed, chosen), *rejected))
    return Found(rejected=rejected)


def _why_not(placed: Mail, key: UUID) -> str:
    """Why a conversation with this subject is not asked about, as a clause; "" where it is."""
    if not placed.in_this_mailbox(key):
        return "it goes over another mailbox"
    if not placed.is_recent(key):
        return f"nothing was said there within {placed.recent_for.days} days"
    if key in placed.known.unanswered:
        return "nobody but its writer has said anything there, and this answers a mail that has not come"
    return ""


def _several(placed: Mail, keys: Iterable[UUID]) -> Iterator[str]:
    return (f"{placed.name(key)}: one of several with this subject" for key in keys)


def _is_waited_for(placed: Mail, key: UUID) -> bool:
    """Whether a stranger names a mail that may still come: it says where they belong, and their subject alone would hold them."""
    named = any(map(is_telling, referred_to(placed.mail)))
    return named and stranger_because(placed, "subject", placed.conversation(key)) is not None


_WAITED_FOR = "it has this subject, but its writer takes no part, and it names a mail that may still come"


def _near(placed: Mail, key: UUID) -> bool:
    """Whether the writer has a mail that is held there, or the mail is addressed to somebody of the conversation."""
    conversation = placed.conversation(key)
    addressed = {each.address for each in placed.mail.to} & placed.known.people
    return bool(placed.known.writer & conversation.beside or addressed & (conversation.people | conversation.beside))


def _to_its_customer(placed: Mail, key: UUID) -> bool:
    conversation = placed.conversation(key)
    return bool((placed.known.people - placed.known.writer) & conversation.customers)
