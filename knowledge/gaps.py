"""What people wanted to know and no article said: what is alike stands together, and what was wanted most comes first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import log, sqrt

ALIKE = 0.35
"""How alike the words of two wishes are that stand together: by the rarity of those that both have, 0 to 1."""
MOST_BEGUN = 20
"""Groups that are looked at for a word: what half of all people say tells nobody apart, and costs no more than this."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody searched for in vain, or wrote and was answered without an article."""

    words: tuple[str, ...]
    """As they stand in it."""
    terms: frozenset[str]
    """What they are compared by."""
    language: str
    at: datetime
    searches: int = 0
    mails: int = 0
    handle: str = ""
    """The conversation, where it was a mail."""

    @property
    def times(self) -> int:
        """How often it was wanted."""
        return self.searches + self.mails


@dataclass(frozen=True, slots=True)
class Gap:
    """Wishes for the same, as far as their words tell."""

    wishes: tuple[Wish, ...]
    words: tuple[str, ...]
    """Those that stand in most of them."""

    @property
    def searches(self) -> int:
        """How often it was searched for."""
        return sum(each.searches for each in self.wishes)

    @property
    def mails(self) -> int:
        """How many mails asked for it."""
        return sum(each.mails for each in self.wishes)

    @property
    def handles(self) -> tuple[str, ...]:
        """The conversations in which it was answered, the latest first."""
        by_time = sorted((each for each in self.wishes if each.handle), key=lambda each: each.at, reverse=True)
        return tuple(dict.fromkeys(each.handle for each in by_time))

    @property
    def last_at(self) -> datetime:
        """When it was wanted last."""
        return max(each.at for each in self.wishes)

    @property
    def because(self) -> str:
        """What tells that no article says it."""
        said = []
        if self.searches:
            said.append(f"{_times(self.searches)} searched for, and nobody went on to an article")
        if self.mails:
            said.append(f"{_times(self.mails)} answered by an agent without an article")
        return "; ".join(said)


def gaps(wishes: Iterable[Wish], most_words: int = 6) -> list[Gap]:
    """Wishes in groups of what is alike, those that were wanted most first. Work grows with the number of wishes alone."""
    given = sorted(wishes, key=lambda each: (-each.times, each.at, each.words))
    rare = _rarities(given)
    groups: list[list[Wish]] = []
    begun: dict[tuple[str, str], list[int]] = {}
    for wish in given:
        number = _nearest(wish, groups, begun, rare)
        if number is None:
            groups.append([wish])
            for term in wish.terms:
                of_term = begun.setdefault((wish.language, term), [])
                if len(of_term) < MOST_BEGUN:
                    of_term.append(len(groups) - 1)
        else:
            groups[number].append(wish)
    found = [Gap(tuple(group), _words_of(group, most_words)) for group in groups]
    return sorted(found, key=lambda gap: (-gap.searches - gap.mails, -gap.last_at.timestamp(), gap.words))


def _nearest(
    wish: Wish, groups: Sequence[Sequence[Wish]], begun: dict[tuple[str, str], list[int]], rare: dict[str, float]
) -> int | None:
    """The group whose first wish is most like this one; None where none is like it."""
    shared: dict[int, float] = defaultdict(float)
    for term in wish.terms:
        for number in begun.get((wish.language, term), ()):
            shared[number] += rare[term]
    own = sum(rare[term] for term in wish.terms)
    like = {
        number: both / sqrt(own * sum(rare[term] for term in groups[number][0].terms))
        for number, both in shared.items()
    }
    best = max(like, key=lambda number: (like[number], -number), default=None)
    return best if best is not None and like[best] >= ALIKE else None


def _rarities(wishes: Sequence[Wish]) -> dict[str, float]:
    often = Counter(term for wish in wishes for term in wish.terms)
    return {term: log(1 + (max(len(wishes), 10) + 0.5) / (number + 0.5)) for term, number in often.items()}


def _words_of(group: Sequence[Wish], most: int) -> tuple[str, ...]:
    often = Counter[str]()
    for wish in group:
        for word in dict.fromkeys(wish.words):
            often[word] += wish.times
    first = {word: place for place, word in enumerate(dict.fromkeys(word for wish in group for word in wish.words))}
    return tuple(sorted(often, key=lambda word: (-often[word], first[word]))[:most])


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")
