"""Who belongs to a conversation: an ID or an address of ours proves the conversation, never the person."""

from __future__ import annotations

from threads.freemail import is_freemail
from threads.known import KnownConversation
from threads.placing import REPORTS, Mail

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
    return None if _belongs(placed, author.domain, conversation) else f"{author.address} takes no part in it"


def _belongs(placed: Mail, domain: str, conversation: KnownConversation) -> bool:
    """Whether the writer takes part, works here, or is of the customer's own domain."""
    known = placed.known
    if known.writer & (conversation.people | known.agents):
        return True
    return not is_freemail(domain) and domain in conversation.customer_domains | known.own_domains
