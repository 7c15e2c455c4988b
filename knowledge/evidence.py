"""What speaks for an article as the answer to a mail: a few named figures, each between 0 and about 1.

None of them grows with the number of articles, so that a desk with three is judged as one with three thousand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from math import fsum, log, sqrt
from statistics import fmean

import numpy as np

from knowledge.article import Article
from knowledge.documents import grams, grams_of
from knowledge.impacts import Snapshot, held
from knowledge.languages.chains import chain as reader_of
from knowledge.meaning import Near
from knowledge.query import Idea, Query, met, rarity

COMMON = 0.25
"""What a word counts that stands in mails on any matter."""
FULL = 4.6
"""What the rarest word counts in an amount."""
ALONE = 0.5
"""How far an article is taken to be apart that is the only candidate."""
OWN = 0.5
"""What a term counts at least that a word itself has: more than those of its synonyms."""
FAR, CLOSE = 0.75, 0.95
"""The cosines of what has nothing in common in meaning, and of what is the same in other words."""
CLOSER = 0.08
"""How far above the cosine of the usual article only one is that surely is meant."""
AHEAD = 0.05
"""How far its cosine is ahead of that of the next one where an article surely is meant."""
MET = 0.4
"""How far a word must be met to be counted as said by both."""

NAMES = (
    "covered",
    "amount",
    "words_met",
    "title_said",
    "title_amount",
    "sentence",
    "sentence_share",
    "apart",
    "letters",
    "of_possible",
    "meaning",
    "meaning_apart",
    "meaning_ahead",
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for one article."""

    covered: float
    """Of what the mail says, by the weight of its words: the share that the article says too."""
    amount: float
    """How much is said by both, whatever its share."""
    words_met: float
    """How many words are said by both, without those of any mail."""
    title_said: float
    """Of the article's question: the share that the mail says."""
    title_amount: float
    """How much of the mail stands in the article's question."""
    sentence: float
    """How much is said by both in the one sentence of the mail that says most of it."""
    sentence_share: float
    """Of that sentence: the share that the article says too."""
    apart: float
    """How far its score is from those of the other candidates, by their spread."""
    letters: float
    """How alike the groups of letters are in the mail's words and the article's question."""
    of_possible: float
    """Its score, of the best that any articles have for each word."""
    meaning: float = 0.0
    """How near it is in meaning; 0 where that is not known."""
    meaning_apart: float = 0.0
    """How much nearer than the usual article."""
    meaning_ahead: float = 0.0
    """How much nearer than the nearest other; below 0 where another is nearer."""

    def values(self) -> tuple[float, ...]:
        """The figures in the order of `NAMES`."""
        return tuple(float(getattr(self, name)) for name in NAMES)


def evidence(
    query: Query, snapshot: Snapshot, ranked: Sequence[int], scores: Mapping[int, float], near: Mapping[int, Near]
) -> dict[int, Evidence]:
    """What speaks for the article at each place that has a score, beside those that were ranked; `near` where its meaning was compared."""
    words = [(idea, _rarity(idea, snapshot)) for idea in query.ideas]
    asked = max((idea.weight for idea in query.ideas), default=1.0)
    letters = frozenset(grams_of(idea.typed for idea in query.ideas if idea.weight >= asked))
    shared = _shared(query, snapshot, list(scores))
    nearest = sorted((each.cosine for each in near.values()), reverse=True)[:2]
    return {
        place: _of_one(
            snapshot.articles[place],
            [_Said(idea, rare, met(idea, each.everywhere), met(idea, each.title)) for idea, rare in words],
            _said(query, snapshot, snapshot.articles[place]),
            _apart(score, [scores[other] for other in ranked if other != place]),
            letters,
            each.of_possible,
            _meant(near.get(place), nearest),
        )
        for (place, score), each in zip(scores.items(), shared, strict=True)
    }


def _of_one(
    article: Article,
    said: Sequence[_Said],
    title_said: float,
    apart: float,
    letters: Set[str],
    of_possible: float,
    meant: tuple[float, float, float],
) -> Evidence:
    amount, share = _best_sentence(said)
    return Evidence(
        covered=_share(said),
        amount=min(1.0, log(1 + sum(each.worth * each.met for each in said)) / 5),
        words_met=min(1.0, sum(each.met >= MET and not each.idea.common for each in said) / 6),
        title_said=title_said,
        title_amount=min(1.0, sum(each.rarity * each.met_in_title for each in said) / 3),
        sentence=min(1.0, amount / 3),
        sentence_share=share,
        apart=apart,
        letters=_alike(letters, _title(article)[1]),
        of_possible=of_possible,
        meaning=meant[0],
        meaning_apart=meant[1],
        meaning_ahead=meant[2],
    )


def _meant(near: Near | None, nearest: Sequence[float]) -> tuple[float, float, float]:
    """How near an article is in meaning, and how far from the usual one and ahead of the nearest other."""
    if near is None:
        return 0.0, 0.0, 0.0
    other = nearest[near.cosine == nearest[0]] if len(nearest) > 1 else near.cosine - AHEAD * ALONE
    ahead = max(-1.0, min(1.0, (near.cosine - other) / AHEAD))
    return _within((near.cosine - FAR) / (CLOSE - FAR)), _within(near.apart / CLOSER), ahead


@dataclass(slots=True)
class _Shared:
    """The terms of the mail that one article holds, and its score of the best that any has for each."""

    title: set[str] = field(default_factory=set)
    everywhere: set[str] = field(default_factory=set)
    of_possible: float = 0.0


def _shared(query: Query, snapshot: Snapshot, places: Sequence[int]) -> list[_Shared]:
    """What each article shares with the mail: each term is looked up in all of them together."""
    shared, wanted, possible = [_Shared() for _ in places], np.array(places, np.int32), 0.0
    for term in dict.fromkeys(chain.from_iterable((query.terms, *(idea.terms for idea in query.ideas)))):
        weight = query.terms.get(term, 0.0)
        for name in ("question", "answer"):
            where, impacts = snapshot.impact(name, term)
            possible += weight * float(impacts.max(initial=0.0)) if weight else 0.0
            for number, at in held(where, wanted):
                shared[number].everywhere.add(term)
                shared[number].of_possible += weight * float(impacts[at])
                if name == "question":
                    shared[number].title.add(term)
    for each in shared:
        each.of_possible = each.of_possible / possible if possible else 0.0
    return shared


@dataclass(frozen=True, slots=True)
class _Said:
    """A word of the mail, how much it tells, and how far an article says it too."""

    idea: Idea
    rarity: float
    """From 0 to 1."""
    met: float
    met_in_title: float

    @property
    def worth(self) -> float:
        """How much it tells, by the sentence that it stands in."""
        return self.rarity * self.idea.weight * FULL


def _rarity(idea: Idea, snapshot: Snapshot) -> float:
    """How much a word tells, from 0 to 1."""
    own = [term for term, weight in idea.terms.items() if weight >= OWN]
    return rarity(own, snapshot) / rarity((), snapshot) * (COMMON if idea.common else 1.0)


def _best_sentence(said: Sequence[_Said]) -> tuple[float, float]:
    """How much of the sentence is said by both of which most is, and the share of it that this is."""
    shared: dict[int, float] = {}
    whole: dict[int, float] = {}
    for each in said:
        number = each.idea.sentence
        shared[number] = shared.get(number, 0.0) + each.rarity * each.met
        whole[number] = whole.get(number, 0.0) + each.rarity
    best = max(shared, key=lambda number: shared[number], default=None)
    return (shared[best], shared[best] / (whole[best] or 1.0)) if best is not None else (0.0, 0.0)


def _apart(score: float, others: Sequence[float]) -> float:
    if not others:
        return ALONE
    spread = sqrt(_variance([score, *others])) if len(others) > 1 else 1.0
    return min(1.0, (score - fmean(others)) / (spread or 1.0) / 4)


def _variance(values: Sequence[float]) -> float:
    mean = fmean(values)
    return fmean((each - mean) ** 2 for each in values)


@lru_cache(maxsize=5_000)
def _title(article: Article) -> tuple[frozenset[str], frozenset[str]]:
    """The terms of an article's question, and its groups of letters."""
    return frozenset(reader_of(article.language).terms(article.question)), frozenset(grams(article.question))


def _share(said: Sequence[_Said]) -> float:
    total = sum(each.worth for each in said)
    return sum(each.worth * each.met for each in said) / total if total else 0.0


def _said(query: Query, snapshot: Snapshot, article: Article) -> float:
    """Of the article's question: the share that the mail says."""
    reader = reader_of(article.language)
    worth = {
        term: rarity((term,), snapshot) * (COMMON if reader.is_common(term) else 1.0) for term in _title(article)[0]
    }
    total = fsum(worth.values())
    return fsum(worth[term] * min(1.0, query.terms.get(term, 0.0)) for term in worth) / total if total else 0.0


def _alike(one: Set[str], other: Set[str]) -> float:
    return len(one & other) / sqrt(len(one) * len(other)) if one and other else 0.0


def _within(value: float) -> float:
    return max(0.0, min(1.0, value))
