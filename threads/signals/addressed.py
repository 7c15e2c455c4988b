"""Our own reply addresses, and what a delivery report says of a mail of ours."""

from __future__ import annotations

from uuid import UUID

from threads.model import SentMail
from threads.placing.mail import REPORTS, Found, Mail
from threads.tokens import opaque_id


def by_token(placed: Mail) -> Found:
    """Our reply address stands among the recipients."""
    tokens = list(placed.known.tokens.items())
    if not tokens:
        return Found()
    others = {key for _, key in tokens[1:]} - {tokens[0][1]}
    rejected = tuple(f"{placed.name(key)}: its reply address stands there too, but after another" for key in others)
    about = placed.known.returned.get(tokens[0][0])
    if about is not None:
        because = f"it came back to the envelope sender of our mail to {', '.join(about.recipients)}"
        return Found(tokens[0][1], because, rejected, about)
    because = "it was sent to the reply address of this conversation"
    return Found(tokens[0][1], because, rejected, _reported_here(placed, tokens[0][1]))


def _reported_here(placed: Mail, conversation: UUID) -> SentMail | None:
    """Of a delivery report that came to a reply address: the mail that it names or, where it names none, the last."""
    original = opaque_id(placed.mail.status.original_message_id) if placed.mail.status else None
    if placed.kind not in REPORTS or placed.mail.status is None:
        return None
    if original is not None:
        return placed.known.sent.get(original)
    return next((each for each in placed.known.sent_lately if each.conversation == conversation), None)


def by_report(placed: Mail) -> Found:
    """A delivery report names the mail of ours that it is about."""
    about = placed.mail.status.original_message_id if placed.mail.status else None
    original = opaque_id(about)
    if placed.kind not in REPORTS or original is None:
        return Found()
    ours = [message for message in placed.known.with_id(original) if message.out]
    keys = {message.conversation for message in ours}
    if len(keys) != 1:
        return Found()
    return Found(keys.pop(), f"it reports on our mail {original}", about=placed.known.sent.get(original))


def by_recipient(placed: Mail) -> Found:
    """A delivery report that names no mail names somebody to whom a mail of ours went of late: the last of them."""
    lately = placed.known.sent_lately
    if placed.kind not in REPORTS or not lately or placed.imported:
        return Found()
    about = lately[0]
    because = f"it names {', '.join(about.recipients)}, to whom a mail of ours went of late"
    return Found(about.conversation, because, about=about)


def is_backscatter(placed: Mail) -> bool:
    """Whether a delivery report is about a mail in our name that did not go out from here.

    It names a Message-ID that is not ours, or came to an address of the form of ours that we never made.
    """
    if placed.kind not in REPORTS or placed.imported:
        return False
    named = opaque_id(placed.mail.status.original_message_id) if placed.mail.status else None
    foreign = named is not None and not any(each.out for each in placed.known.with_id(named))
    return foreign or placed.known.stray_token
