"""What of a mail its writer says now: lines of another's that are passed on, and a reply's subject, count where the writer makes them so."""

from __future__ import annotations

import re

from threads.subjects import is_reply_subject
from threads.urgency.clauses import clauses_of

_URGES = frozenset(
    ["bitte", "please", "sofort", "dringend", "asap", "urgent", "immediately", "hilfe", "help", "stimmt", "bestaetigen", "bestaetigt", "confirm",
     "confirmed", "auch", "same", "selbst", "ourselves", "schnell", "quick", "quickly"]
)  # fmt: skip
"""What makes another's mail, passed on, the writer's own matter."""
_STILL = (
    "immer noch", "noch immer", "schon wieder", "nach wie vor", "weiterhin nicht", "erneut", "still", "yet again",
    "dringend", "sofort", "hilfe", "urgent", "asap", "immediately", "help",
)  # fmt: skip
"""What makes an earlier subject true now."""


_EARLIER = re.compile(
    r"^[ \t]{0,9}[-_=]{3,40}[^\n]{0,60}\b(?:message|nachricht|mail|answer|antwort|original|schrieb|wrote)\b[^\n]{0,60}[-_=]{3,40}[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
"""What stands above an earlier mail of the same people, in whichever words: what follows was said then."""


def said_now(subject: str, text: str) -> tuple[str, str]:
    """The subject and the text as far as they are the writer's own.

    The subject of a reply is an earlier mail's, and empty here, unless the text says that it holds still: who sends the file
    that was asked for under "AW: Server ausgefallen" declares no emergency by it. Lines that begin with ">" are another's,
    unless the writer says that they hold, or asks for help with them. Below "--- earlier message ---" nothing is said now.
    """
    earlier = _EARLIER.search(text)
    if earlier and text[: earlier.start()].strip() and not _holds_still(text[: earlier.start()]):
        text = text[: earlier.start()]
    own = _own_lines(subject, text)
    if is_reply_subject(subject) and not _holds_still(own):
        return "", own
    return subject, own


def _holds_still(own: str) -> bool:
    return any(clause.holds(*_STILL) for clause in clauses_of("", own))


def _own_lines(subject: str, text: str) -> str:
    lines = text.split("\n")
    own = [line for line in lines if not line.lstrip().startswith(">")]
    if len(own) == len(lines) or not any(own):
        return text
    said = "\n".join(own)
    return text if any(_URGES.intersection(clause.words) for clause in clauses_of(subject, said)) else said
