"""Whether a failure shows that mail will never reach an address: a pure decision, by an ordered table.

Only what says that there is no such mailbox stops an address. What is said of the mail, of us, of a full mailbox or of a
server that is away says nothing about tomorrow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from threads.model import Classification, Kind, RecipientStatus, Source, Verdict

LASTING = {
    "5.1.1": "there is no such mailbox",
    "5.1.2": "there is no such mail server",
    "5.1.3": "it is no address that mail can be sent to",
    "5.1.6": "the mailbox has moved, and nobody says where to",
    "5.1.10": "the domain takes no mail at all",
    "5.2.1": "the mailbox is switched off",
    "5.4.4": "no way leads to its mail server",
}
"""Status codes (RFC 3463, RFC 7505) of an address that does not come back."""

ABOUT_US = (
    "spam", "block", "blacklist", "blocklist", "policy", "reputation", "spf", "dkim", "dmarc", "denied", "abuse",
    "rate limit", "too many", "greylist", "not allowed", "relay",
)  # fmt: skip
"""Words by which a server refuses the sender, whatever code it gives."""

UNKNOWN = (
    "user unknown", "unknown user", "no such user", "no such recipient", "no such mailbox", "does not exist",
    "doesn't exist", "unknown recipient", "invalid recipient", "recipient unknown", "no mailbox here",
    "mailbox not found", "user not found", "recipient not found", "unknown mailbox", "account has been disabled",
    "account is disabled", "unbekannt", "existiert nicht", "nicht vorhanden", "no longer exists",
)  # fmt: skip
"""Words by which a server without such a code says that nobody is there."""

_REFUSED = re.compile(r"(?<![.\d])55[0134](?![.\d])")


@dataclass(frozen=True, slots=True)
class Stop:
    """Nothing goes there by itself any more."""

    because: str


@dataclass(frozen=True, slots=True)
class GoesOn:
    """The next mail may well arrive."""

    because: str


def lifts(source: Source, classification: Classification, verdict: Verdict) -> bool:
    """Whether a mail shows that its author's address is there: a person wrote it, and it did not come by our form."""
    return source is not Source.FORM and classification.kind is Kind.PERSON and verdict.acts


def judge(failure: RecipientStatus) -> Stop | GoesOn:
    """What a failed delivery says about the address it went to."""
    said = failure.said.lower()
    code = failure.code
    if code.startswith(("2.", "4.")):
        return GoesOn("it may arrive later")
    if any(word in said for word in ABOUT_US):
        return GoesOn("it was refused for what it is or where it came from")
    if code in LASTING:
        return Stop(_with_words(LASTING[code], failure))
    if code and not code.endswith(".0.0"):
        return GoesOn(f"{code} says nothing about the next mail")
    if any(word in said for word in UNKNOWN) and (code or _REFUSED.search(said)):
        return Stop(_with_words("there is no such mailbox", failure))
    return GoesOn("nothing says that the address is not there")


def _with_words(reason: str, failure: RecipientStatus) -> str:
    """The reason, and what the server said."""
    return f"{reason}: {failure.said or failure.code}"
