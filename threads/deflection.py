"""Whether the answers that acknowledgements quote keep customers from writing again: a share of conversations goes without.

Only by comparing them with others, chosen by nothing that is in the mail, is that known: whoever is quoted an answer wrote
something simple, and would have come back less often anyway.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b

WITHIN = timedelta(days=7)
"""A customer came back where they wrote again so long after the acknowledgement at most."""
SETTING = "[faq] without_suggestion"
_OF_ALL = 1 << 64


@dataclass(frozen=True, slots=True)
class Drawn:
    """Whether a conversation goes without a suggestion, to be compared with those that get one."""

    without: bool
    because: str


def drawn(key: str, share: float) -> Drawn:
    """How the lot of a conversation falls, by the key of its first mail: always the same way.

    What goes without at one share does so at each greater one, so a changed setting moves as few as it can.
    """
    lot = int.from_bytes(blake2b(key.encode(), digest_size=8, person=b"deflection").digest()) / _OF_ALL
    if lot < share:
        return Drawn(True, f"no answer is quoted: {share:.0%} of conversations go without, to compare ({SETTING})")
    return Drawn(False, "")


@dataclass(frozen=True, slots=True)
class Group:
    """Conversations for which an answer was right to quote, and of how many the customer came back."""

    conversations: int = 0
    came_back: int = 0


@dataclass(frozen=True, slots=True)
class Deflection:
    """Those that were quoted the answer, and those that went without."""

    quoted: Group
    without: Group
    too_young: int
    """Conversations whose customer may still come back in time: they are in neither group."""
