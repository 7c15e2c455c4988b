"""To which half of a merge that is taken back what came since belongs: a pure decision.

What a mail answers says it, unless that is an answer of ours which went to the people of both: then whose half its writer is of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

ANSWERS = "it answers what stands here"


@dataclass(frozen=True, slots=True)
class Half:
    """One of two conversations that were one, as it was before."""

    id: UUID
    people: frozenset[str]
    """The addresses of everybody who takes part."""
    domains: frozenset[str] = frozenset()
    """Those of its customer, freemail providers left out: nobody else of these is a stranger."""

    def has(self, people: Iterable[str]) -> bool:
        """Whether one of some people takes part."""
        return not self.people.isdisjoint(people)

    def may_have(self, people: Iterable[str]) -> bool:
        """Whether one of some people takes part, or is of the customer's house."""
        return any(each in self.people or each.rpartition("@")[2] in self.domains for each in people)


@dataclass(frozen=True, slots=True)
class Home:
    """Where something belongs, and why, as a clause."""

    half: UUID
    because: str


@dataclass(frozen=True, slots=True)
class Later:
    """What came since two became one."""

    id: UUID
    people: frozenset[str]
    """Who wrote it; of our own mail who got it."""
    ours: bool = False
    parents: Sequence[UUID] = ()
    """Which messages it refers to, the nearest first."""
    alone: Home | None = None
    """Where it would have come had the two never been one, where nothing that it refers to says so."""
    by_address: bool = False
    """That is said by a reply address of ours, which our mails of the time as one showed to the people of both."""


def homes_of(later: Sequence[Later], stands: Mapping[UUID, UUID], target: Half, source: Half) -> dict[UUID, Home]:
    """Where each of what came since belongs; `stands` is in which half everything else stands."""
    found: dict[UUID, Home] = {}
    answers: dict[UUID, list[Later]] = defaultdict(list)
    for each in later:
        if each.parents:
            answers[each.parents[0]].append(each)
        else:
            found[each.id] = _alone(each, target, source)
    ours = {each.id for each in later if each.ours}
    new = [*stands, *found]
    while new:
        parent = new.pop()
        half = found[parent].half if parent in found else stands[parent]
        for each in answers.pop(parent, ()):
            found[each.id] = _with_parent(each, half, target, source, shared=parent in ours)
            new.append(each.id)
    return {each.id: found.get(each.id) or _alone(each, target, source) for each in later}


def _alone(each: Later, target: Half, source: Half) -> Home:
    own, there = _only_of(each, target, source), each.alone
    if own is None or there is None:
        return own or there or Home(target.id, "it came here")
    return there if own.half == there.half or (not each.by_address and _may(each, there, target, source)) else own


def _with_parent(each: Later, half: UUID, target: Half, source: Half, *, shared: bool) -> Home:
    """Where something belongs that refers to what is in a half; `shared` where that is our own mail of the time as one."""
    own, there = _only_of(each, target, source), Home(half, ANSWERS)
    if own is None or own.half == half:
        return there
    return own if shared or each.ours or not _may(each, there, target, source) else there


def _may(each: Later, home: Home, target: Half, source: Half) -> bool:
    return (target if home.half == target.id else source).may_have(each.people)


def _only_of(each: Later, target: Half, source: Half) -> Home | None:
    """The half in which alone its people take part."""
    near = [half for half in (target, source) if half.has(each.people)]
    if len(near) != 1:
        return None
    who = "it went to nobody of the other" if each.ours else "its writer takes part here alone"
    return Home(near[0].id, who)


def both_got(each: Later, target: Half, source: Half) -> bool:
    """Whether people of each half who are not of the other got a mail of ours."""
    return each.ours and all(
        not (here.people - there.people).isdisjoint(each.people) for here, there in ((target, source), (source, target))
    )
