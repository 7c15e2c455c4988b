"""Whether a mail out of a Sent folder is one that went out from here, perhaps under an ID that the provider gave it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from threads.model import InboundMail
from threads.subjects import canonical
from threads.tokens import opaque_id

DATES_DIFFER = timedelta(minutes=1)
"""By how much the Date of a copy may differ: a provider may write its own."""
_BETWEEN_WORDS = re.compile(r"[\s>]+")
"""What a provider that wraps lines anew changes, in quotations too."""


@dataclass(frozen=True, slots=True)
class SentBefore:
    """What is known of a mail that went out from here."""

    message: UUID
    """The message itself; of a notice the one that it tells of."""
    message_id: str
    """Under which ID it went out."""
    sent_at: datetime
    recipients: frozenset[str]
    """Addresses in lower case."""
    subject: str
    text: str
    purpose: str = "reply"


@dataclass(frozen=True, slots=True)
class SentCopy:
    """That a mail is the copy of one that went out from here."""

    sent: SentBefore
    alias: str
    """Under which ID it goes, too; "" where that is the one it went out under."""
    because: str


def sent_copy(mail: InboundMail, sent: Iterable[SentBefore]) -> SentCopy | None:
    """Which of some mails of ours this is: to the same people, of the same time, on the same matter, with the same words.

    Of several, the one whose time is nearest.
    """
    alias, sent_at = opaque_id(mail.message_id), mail.sent_at
    if alias is None or sent_at is None:
        return None
    same = [each for each in sent if _is_same(mail, sent_at, each)]
    if not same:
        return None
    nearest = min(same, key=lambda each: abs(each.sent_at - sent_at))
    if nearest.message_id == alias:
        return SentCopy(nearest, "", f"it is our mail {alias}")
    because = f"it is our mail {nearest.message_id}, under the ID that a provider gave it: same people, time and words"
    return SentCopy(nearest, alias, because)


def _is_same(mail: InboundMail, sent_at: datetime, sent: SentBefore) -> bool:
    return (
        abs(sent.sent_at - sent_at) <= DATES_DIFFER
        and sent.recipients == {each.address.lower() for each in mail.recipients}
        and canonical(sent.subject) == canonical(mail.subject)
        and _words(sent.text) == _words(mail.text)
    )


def _words(text: str) -> str:
    return _BETWEEN_WORDS.sub(" ", text).strip()
