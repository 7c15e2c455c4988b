"""A mail that leads to two conversations at once shows that they are one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from threads.model import Kind, Placement
from threads.placing.known import Known
from threads.placing.loose import led_to, named_for
from threads.placing.mail import Mail

_BY_IDS = frozenset({"token", "own id", "in-reply-to", "references", "ghost"})


@dataclass(frozen=True, slots=True)
class Bridge:
    """The mail because of which conversations became one, and where it would stand had they stayed apart."""

    code: str
    """By which agents name it."""
    because: str
    """Why it would stand in the first of these."""
    places: tuple[UUID, ...]
    """The conversations that it belongs to, its own first."""

    @property
    def home(self) -> UUID:
        """Where it would stand."""
        return self.places[0]

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {"code": self.code, "because": self.because, "places": list(map(str, self.places))}

    @staticmethod
    def from_json(said: dict[str, Any]) -> Bridge:
        """The value again."""
        return Bridge(said["code"], said["because"], tuple(map(UUID, said["places"])))


def bridged(placed: Mail, placement: Placement) -> Placement:
    """A placed mail with the other conversations that it belongs to as well: it names their mails, and all are one customer's."""
    here = placement.conversation
    by_person = placed.outgoing or placed.kind is Kind.PERSON
    if here is None or placement.held or placed.forged or not by_person or placement.signal not in _BY_IDS:
        return placement
    one = [here]
    for key in dict.fromkeys(led_to(placed.firmly())):
        if key not in one and all(_are_one(placed, each, key) for each in one):
            one.append(key)
    others = tuple(one[1:])
    return replace(placement, merges=others, shown=tuple(named_for(placed.firmly(), key) for key in others))


def united(placement: Placement, known: Known) -> Placement:
    """A mail that bridges conversations, in the oldest of them, which is the one that goes on."""
    if placement.conversation is None or not placement.merges:
        return placement
    first, *others = sorted((placement.conversation, *placement.merges))
    handles = [known.conversations[key].handle for key in (placement.conversation, *placement.merges)]
    because = as_one(placement.because, handles)
    return replace(placement, conversation=first, merges=tuple(others), because=because, alone=placement)


def as_one(because: str, handles: Sequence[str]) -> str:
    """Why a mail stands where it does that belongs to several conversations, its own first; of one alone `because` says it."""
    if len(handles) < 2:
        return because
    return f"{because}; it belongs to {', '.join(handles[:-1])} and {handles[-1]}, so they are one now"


def recycled(placed: Mail) -> tuple[UUID, ...]:
    """The conversations whose old mails somebody took to write about something new: the two must not become one later."""
    return tuple(key for key in dict.fromkeys(led_to(placed.firmly())) if placed.recycles(key))


def _are_one(placed: Mail, one: UUID, other: UUID) -> bool:
    """Whether two conversations may become one: of one customer, or of two who are in both; and nothing set them apart."""
    here, there = placed.conversation(one), placed.conversation(other)
    know_both = here.customers & there.people and there.customers & here.people
    return (
        placed.in_this_mailbox(other)
        and placed.writer_takes_part(one)
        and placed.writer_takes_part(other)
        and bool(here.customers & there.customers or know_both)
        and here.side_of is None
        and there.side_of is None
        and not placed.known.are_apart(one, other)
        and not placed.recycles(other)
    )
