"""What stands elsewhere once an archive is threaded anew: a pure comparison of two ways to part the same messages.

Each conversation of the new way is taken for that one of today with which it has most messages in common, the largest share
first. What is left over belongs elsewhere: in a conversation that is there, in one of its own, or all of it in another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

Message = TypeVar("Message", bound=Hashable)
Place = TypeVar("Place", bound=Hashable)
Anew = TypeVar("Anew", bound=Hashable)


class Becomes(StrEnum):
    """What would become of the messages."""

    MOVED = "moved"
    """They go to a conversation that is there."""
    OWN = "a conversation of its own"
    MERGED = "merged"
    """All of their conversation goes to another: the two are one."""


@dataclass(frozen=True, slots=True)
class Regrouping(Generic[Message, Place]):
    """Some messages of one conversation that belong elsewhere together."""

    becomes: Becomes
    source: Place
    target: Place | None
    """None where that is a new conversation."""
    messages: tuple[Message, ...]
    """In order."""
    new: int = 0
    """Which new conversation, from 1: messages out of several may make one together."""


def regroupings(
    now: Mapping[Message, Place], anew: Mapping[Message, Anew], fixed: Collection[Message] = ()
) -> tuple[Regrouping[Message, Place], ...]:
    """How to get from the conversations of `now` to those of `anew`; `now` names the messages in order.

    Messages that are `fixed` stay where they are, and what would make a conversation with them comes to them. So does a
    message that only one of the two knows.
    """
    shared = _shared(now, anew)
    kept = _kept(shared, fixed, {each: number for number, each in enumerate(now)})
    sizes = Counter(now.values())
    found: list[Regrouping[Message, Place]] = []
    made = 0
    for key, parts in shared.items():
        going = {place: _loose(messages, fixed) for place, messages in parts.items() if place != kept.get(key)}
        going = {place: messages for place, messages in going.items() if messages}
        target = kept.get(key)
        made += bool(going) and target is None
        found += _put(going, target, made, sizes)
    return tuple(found)


def _shared(now: Mapping[Message, Place], anew: Mapping[Message, Anew]) -> dict[Anew, dict[Place, list[Message]]]:
    """What each new conversation has in common with each of today."""
    shared: dict[Anew, dict[Place, list[Message]]] = {}
    for each, place in now.items():
        if each in anew:
            shared.setdefault(anew[each], {}).setdefault(place, []).append(each)
    return shared


def _kept(
    shared: Mapping[Anew, Mapping[Place, list[Message]]], fixed: Collection[Message], order: Mapping[Message, int]
) -> dict[Anew, Place]:
    """Which conversation of today each new one is: the largest share first, of equal ones that which holds what is fixed,
    then that with the oldest message."""
    pairs = [
        (-len(messages), -_held_fast(messages, fixed), order[messages[0]], key, place)
        for key, parts in shared.items()
        for place, messages in parts.items()
    ]
    kept: dict[Anew, Place] = {}
    taken: set[Place] = set()
    for *_, key, place in sorted(pairs, key=lambda pair: pair[:3]):
        if key not in kept and place not in taken:
            kept[key] = place
            taken.add(place)
    for key in shared.keys() - kept.keys():
        most = max(shared[key].items(), key=lambda part: (_held_fast(part[1], fixed), len(part[1]), -order[part[1][0]]))
        if _held_fast(most[1], fixed):
            kept[key] = most[0]
    return kept


def _held_fast(messages: list[Message], fixed: Collection[Message]) -> int:
    return sum(each in fixed for each in messages)


def _loose(messages: list[Message], fixed: Collection[Message]) -> tuple[Message, ...]:
    return tuple(each for each in messages if each not in fixed)


def _put(
    going: Mapping[Place, tuple[Message, ...]], target: Place | None, made: int, sizes: Mapping[Place, int]
) -> Iterator[Regrouping[Message, Place]]:
    """The messages that go to one conversation; the largest part makes it where it is not there yet."""
    if target is not None:
        for source, messages in going.items():
            becomes = Becomes.MERGED if len(messages) == sizes[source] else Becomes.MOVED
            yield Regrouping(becomes, source, target, messages)
        return
    for source, messages in sorted(going.items(), key=lambda part: -len(part[1])):
        yield Regrouping(Becomes.OWN, source, None, messages, made)
