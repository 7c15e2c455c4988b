"""Which words become words of an article because they led people there, what each counts, and for how long.

A decision on one word at a time, and without a look at a database: `knowledge.lessons` keeps what comes of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from math import log2


class Source(StrEnum):
    """How a word led to an article."""

    SEARCH = "search"
    """A visitor searched with it, went to the article, and was helped."""
    ANSWER = "answer"
    """A customer wrote it, and an agent answered with the article."""


COUNTS = {Source.SEARCH: 1.0, Source.ANSWER: 0.5}
"""What each time counts."""
HALF_LIFE = timedelta(days=120)
"""The time in which a word counts half of what it did."""
PEOPLE = 2
"""So many must have used a word, lately, before it is kept."""
LATELY = timedelta(days=90)
"""For how long it is remembered that somebody used a word, by keyed hashes of both."""
ONCE_IN = timedelta(days=1)
"""The same person counts once for a word and an article in this time."""
MOST = 60
"""Words that an article keeps: the strongest."""
LEAST, LEVELS = 0.3, 5
"""A word stands in the index from this weight on, once more with each doubling, so many times at most."""


@dataclass(frozen=True, slots=True)
class LearntWord:
    """A word of an article that nobody wrote into it."""

    word: str
    weight: float
    """What it counted at `weighed_at`."""
    weighed_at: datetime
    last_at: datetime
    searches: int = 0
    answers: int = 0
    barred_by: str = ""
    """The agent who took it back for good; "" is nobody."""

    def counts(self, now: datetime) -> float:
        """What it counts now."""
        return 0.0 if self.barred_by else self.weight * 0.5 ** (max(now - self.weighed_at, timedelta()) / HALF_LIFE)

    def level(self, now: datetime) -> int:
        """How often it stands in the index: 0 is not at all."""
        counts = self.counts(now)
        return min(LEVELS, 1 + int(log2(counts / LEAST))) if counts >= LEAST else 0

    def fades_at(self, now: datetime) -> datetime:
        """When it falls to the next level; at level 0, when it is forgotten: half a level's fall later."""
        counts = self.counts(now)
        if not counts:
            return now + HALF_LIFE
        level = self.level(now)
        floor = LEAST * 2.0 ** (level - 1) if level else LEAST / 2
        return now + HALF_LIFE * max(0.0, log2(counts / floor)) + timedelta(seconds=1)

    def is_forgotten(self, now: datetime) -> bool:
        """Whether it counts next to nothing; a barred one is never forgotten."""
        return not self.barred_by and self.counts(now) <= LEAST / 2


@dataclass(frozen=True, slots=True)
class Heard:
    """A word that led somebody to an article, and what is known of it there."""

    word: str
    source: Source
    is_plain: bool
    """The dictionary or an article knows it: it is nobody's name or number."""
    again: bool = False
    """The same person used it for this article just before."""
    others: int = 0
    """Other people who did, lately."""
    known: LearntWord | None = None


@dataclass(frozen=True, slots=True)
class Lesson:
    """What comes of a word that was heard."""

    word: str
    learnt: LearntWord | None
    """The word as it is from now on; None leaves all as it was."""
    because: str


def learn(heard: Heard, now: datetime) -> Lesson:
    """Whether a word becomes one of an article, or counts more there."""
    known = heard.known
    if known is not None and known.barred_by:
        return Lesson(heard.word, None, f"{known.barred_by} took it back")
    if heard.again:
        return Lesson(heard.word, None, "the same person counts once a day")
    if known is not None:
        return Lesson(heard.word, _counted(known, heard.source, 1, now), "it led there once more")
    if heard.others + 1 >= PEOPLE:
        new = LearntWord(heard.word, 0.0, now, now)
        return Lesson(
            heard.word, _counted(new, heard.source, heard.others + 1, now), f"{heard.others + 1} people used it"
        )
    if heard.source is Source.ANSWER and heard.is_plain:
        new = LearntWord(heard.word, 0.0, now, now)
        return Lesson(heard.word, _counted(new, heard.source, 1, now), "an agent answered it, and it is no name")
    return Lesson(heard.word, None, "only one person used it so far")


def take_back(known: LearntWord, *, heard_at: datetime, others: int, now: datetime) -> Lesson:
    """What becomes of a word when somebody whom it led to an article says that this did not help them after all.

    It counts less by what they had added; one that too few others used is none of the article's, unless an answer gave it.
    """
    if known.barred_by:
        return Lesson(known.word, None, f"{known.barred_by} took it back")
    searches = max(0, known.searches - 1)
    if not known.answers and others < PEOPLE and searches < PEOPLE:
        return Lesson(known.word, replace(known, weight=0.0, searches=searches), "too few others used it")
    added = COUNTS[Source.SEARCH] * 0.5 ** (max(now - heard_at, timedelta()) / HALF_LIFE)
    weight = max(0.0, known.counts(now) - added)
    left = replace(known, weight=weight, weighed_at=max(now, known.weighed_at), searches=searches)
    return Lesson(known.word, left, "somebody whom it led there was not helped")


def _counted(word: LearntWord, source: Source, times: int, now: datetime) -> LearntWord:
    at = max(now, word.weighed_at)
    return replace(
        word,
        weight=word.counts(at) + COUNTS[source] * times,
        weighed_at=at,
        last_at=max(now, word.last_at),
        searches=word.searches + times * (source is Source.SEARCH),
        answers=word.answers + times * (source is Source.ANSWER),
    )


def too_many(words: Iterable[LearntWord], now: datetime) -> list[LearntWord]:
    """The weakest words of an article that has more than it keeps; those that are barred take no room."""
    standing = sorted((each for each in words if not each.barred_by), key=lambda each: (-each.counts(now), each.word))
    return standing[MOST:]
