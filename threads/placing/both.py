"""Whose conversation a mail belongs to that answers what the customers of two got, when these were one by mistake."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from threads.model import BY_AGENT, HELD, Placement
from threads.placing.known import Known

_LED_BY_OURS = frozenset({"token", "own id", "in-reply-to", "references", "quotation"}) | BY_AGENT


@dataclass(frozen=True, slots=True)
class Other:
    """The other conversation whose people got the same answer; the writer takes part in it."""

    id: UUID
    handle: str


def takes_no_part(placement: Placement, known: Known) -> bool:
    """Whether a mail leads, perhaps by an answer of ours, to a conversation in which its writer does not take part."""
    here = known.conversations.get(placement.conversation) if placement.conversation is not None else None
    return here is not None and placement.signal in _LED_BY_OURS and not known.writer & here.people


def of_other(placement: Placement, known: Known, other: Other) -> Placement:
    """A mail in the conversation in which its writer takes part, held there by nobody."""
    assert placement.conversation is not None  # noqa: S101 - the caller asked
    here = known.conversations[placement.conversation].handle
    led = placement.because.partition(HELD)[0]
    because = f"{led}; of the two whose people got that answer its writer takes part in {other.handle}, not in {here}"
    return replace(placement, conversation=other.id, because=because, held=False, merges=(), ties=(), loose_with=None)
