"""Who belongs to a conversation: an ID or an address of ours proves the conversation, never the person."""

from __future__ import annotations

from threads.model import Address
from threads.people.rights import right_to_join
from threads.placing.known import KnownConversation
from threads.placing.mail import REPORTS, Mail

_LED_BY_OUR_MAIL = frozenset({"own id", "token", "recipient"})


def stranger_because(placed: Mail, signal: str, conversation: KnownConversation) -> str | None:
    """Why the writer does not belong to a conversation, as the end of a sentence; None where they do."""
    if placed.outgoing or (placed.kind in REPORTS and signal in _LED_BY_OUR_MAIL):
        return None
    author = placed.mail.author
    if author is None or not author.address:
        return "it does not say who wrote it"
    if placed.forged:
        return f"it fails authentication, so it does not pass for {author.address}"
    if author.address in placed.known.own_addresses:
        return f"it came from outside and claims to be from our own address {author.address}"
    return _not_of_them(placed, author, conversation)


def _not_of_them(placed: Mail, author: Address, conversation: KnownConversation) -> str | None:
    """Why somebody is none of a conversation's people: who takes part, works here, may see it, or is of the customer's domain."""
    known = placed.known
    if known.writer & (conversation.people | known.agents) or author.domain in known.own_domains:
        return None
    right = right_to_join(author.address, known.member, conversation.organisation)
    if right is not None:
        return None if right.belongs else right.because
    return None if placed.is_of_house(conversation) else f"{author.address} takes no part in it"
