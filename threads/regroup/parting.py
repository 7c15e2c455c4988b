"""Who belongs to some messages, and which others go with them: pure decisions for who makes two conversations of one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from threads.model import Address, Direction, Kind
from threads.regroup.tally import Said


@dataclass(frozen=True, slots=True)
class Letter:
    """A message with the people it is from and to."""

    said: Said
    author: Address
    others: tuple[Address, ...] = ()
    """Who else got it, ourselves left out; nobody where it does not come from where it says."""

    @property
    def names(self) -> frozenset[str]:
        """Every address that stands in it."""
        return frozenset(each.address for each in (self.author, *self.others) if each.address)


def customer_among(letters: Sequence[Letter]) -> Address | None:
    """Whom some messages are with: the first person who wrote, else the first machine, else who got our first mail.

    None where nobody but people of ours wrote and got them.
    """
    came = [each for each in letters if each.said.direction is Direction.IN and not each.said.held]
    outsiders = [each for each in came if not each.said.by_colleague and each.author.address]
    people = [each for each in outsiders if each.said.kind == Kind.PERSON]
    for each in (people or outsiders)[:1]:
        return each.author
    got = [each.others[0] for each in letters if each.said.direction is Direction.OUT and each.others]
    return got[0] if got else None


def last_address(letters: Iterable[Letter], theirs: Collection[str]) -> str:
    """Which of somebody's addresses they wrote from last; "" where they wrote nothing of this."""
    wrote = [each for each in letters if each.said.is_question and each.author.address in theirs]
    return max(wrote, key=lambda each: each.said.at).author.address if wrote else ""


def taking_part(letters: Iterable[Letter]) -> dict[Address, datetime]:
    """Who takes part because of some messages, each since the first: writers, and those copied; a machine's bring in nobody."""
    since: dict[Address, datetime] = {}
    for each in sorted(letters, key=lambda each: each.said.at):
        for who in _brought_in(each):
            since.setdefault(Address(who.address, who.name), each.said.at)
    return since


def _brought_in(letter: Letter) -> Iterator[Address]:
    by_person = letter.said.direction is Direction.OUT or letter.said.kind == Kind.PERSON
    if letter.said.held or not by_person:
        return
    if letter.said.direction is Direction.IN and letter.author.address:
        yield letter.author
    yield from letter.others


def following(named: Iterable[UUID], parents: Mapping[UUID, Sequence[UUID]]) -> set[UUID]:
    """Some messages with all that answer them, and all that answer those; `parents` are what each refers to, the nearest first."""
    found = set(named)
    answers: dict[UUID, list[UUID]] = {}
    for child, of in parents.items():
        if of:
            answers.setdefault(of[0], []).append(child)
    new = list(found)
    while new:
        new = [child for parent in new for child in answers.get(parent, ()) if child not in found]
        found.update(new)
    return found
