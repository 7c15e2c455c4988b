"""What of a mail is its writer's own matter: lines of another's that are passed on count where the writer makes them so."""

from __future__ import annotations

from threads.urgency.clauses import clauses_of

_URGES = frozenset(
    ["bitte", "please", "sofort", "dringend", "asap", "urgent", "immediately", "hilfe", "help", "stimmt", "bestaetigen", "bestaetigt", "confirm",
     "confirmed", "auch", "same", "selbst", "ourselves", "schnell", "quick", "quickly"]
)  # fmt: skip
"""What makes another's mail, passed on, the writer's own matter."""


def own_matter(subject: str, text: str) -> str:
    """The text without the lines that begin with ">", unless the writer says that they hold, or asks for help with them."""
    lines = text.split("\n")
    own = [line for line in lines if not line.lstrip().startswith(">")]
    if len(own) == len(lines) or not any(own):
        return text
    said = "\n".join(own)
    return text if any(_URGES.intersection(clause.words) for clause in clauses_of(subject, said)) else said
