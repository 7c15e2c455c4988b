"""Which articles may answer a mail, and how likely: silence where none is.

The likelihood is a logistic function of the figures in `evidence`, with the weights in `weights.json`, or in
`weights_with_meaning.json` where articles could be compared by their meaning; `benchmarks/learn_suggest.py` makes
both from labelled questions.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib.resources import files
from math import exp

from knowledge.article import Article, Found, Suggestion, with_nearness
from knowledge.documents import grams_of
from knowledge.evidence import NAMES, Evidence, evidence
from knowledge.excerpts import excerpt
from knowledge.impacts import Snapshot
from knowledge.index import Index, reasons
from knowledge.query import COMMON, Query, query_of, rarity
from knowledge.question import question_of
from knowledge.ranking import best, masked, rated

TERMS = 24
"""Words of a mail that are looked for: the rarest, by what they count."""
CANDIDATES = 10
"""Articles that are looked at closely."""
NEAREST = 5
"""Articles that are looked at beside these because they are nearest in meaning."""
LONG = 9
"""Words that tell something, from which on a text is judged as a mail; a shorter one as a query: its few words say all, or nothing."""
BESIDE = 0.25
"""Beside an article that is quoted, another may be too: from this share of the likelihood that makes it sure."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What each figure counts, and from which likelihood on an article is shown, or quoted."""

    weights: Mapping[str, float]
    bias: float
    shown: float
    sure: float

    def likelihood(self, found: Evidence) -> float:
        """That an article answers, 0 to 1."""
        total = self.bias + sum(self.weights[name] * value for name, value in zip(NAMES, found.values(), strict=True))
        return 1 / (1 + exp(-max(-30.0, min(30.0, total))))


@dataclass(frozen=True, slots=True)
class Learnt:
    """The weights for the two kinds of text."""

    query: Weights
    mail: Weights

    def of(self, query: Query) -> Weights:
        """Those for a text, by its length."""
        return self.mail if is_long(query) else self.query


def is_long(query: Query) -> bool:
    """Whether a text is judged as a mail."""
    return len(query.ideas) >= LONG


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article with what speaks for it."""

    place: int
    score: float
    evidence: Evidence
    nearest: bool = False
    """It is one of the nearest in meaning."""


def suggest(
    index: Index,
    text: str,
    *,
    subject: str = "",
    language: str = "",
    audience: str = "",
    mailbox: str = "",
    limit: int = 3,
) -> list[Suggestion]:
    """The articles that an agent is shown for a mail, the likeliest first; those that are `sure` may be quoted to the customer."""
    snapshot = index.snapshot()
    query, found = candidates(
        index, snapshot, text, subject=subject, language=language, audience=audience, mailbox=mailbox
    )
    weights = weights_for(query, found)
    first = judged(found, weights)[:limit]
    quotes = bool(first) and first[0][0] >= weights.sure and snapshot.articles[first[0][1].place].automatic
    sure = weights.sure * (BESIDE if quotes else 1.0)
    shown = [pair for pair in first if pair[0] >= min(weights.shown, sure)]
    met = reasons(query, snapshot, [each.place for _, each in shown])
    return [
        _suggestion(query, snapshot.articles[each.place], each, words, likelihood, sure)
        for (likelihood, each), words in zip(shown, met, strict=True)
    ]


def suggest_in(
    index: Index, text: str, *, subject: str, language: str, audience: str, mailbox: str, limit: int = 3
) -> list[Suggestion]:
    """The same from articles in the mail's language; where none of them is likely, from others, which are never `sure`.

    An acknowledgement must not quote an article in another language than its own.
    """
    ask = partial(suggest, index, text, subject=subject, audience=audience, mailbox=mailbox, limit=limit)
    if language in index.snapshot().languages:
        found = ask(language=language)
        if found:
            return found
    return [replace(each, sure=False) for each in ask()]


def ranked(index: Index, text: str, *, subject: str = "", language: str = "", limit: int = 10) -> list[str]:
    """The IDs of the articles that are likeliest for a mail, also where none is likely."""
    snapshot = index.snapshot()
    query, found = candidates(index, snapshot, text, subject=subject, language=language, most=max(limit, CANDIDATES))
    return [snapshot.articles[each.place].id for _, each in judged(found, weights_for(query, found))[:limit]]


def judged(found: list[Candidate], weights: Weights) -> list[tuple[float, Candidate]]:
    """Candidates with their likelihood, the likeliest first."""
    return sorted(((weights.likelihood(each.evidence), each) for each in found), key=lambda pair: -pair[0])


def candidates(
    index: Index,
    snapshot: Snapshot,
    text: str,
    *,
    subject: str = "",
    language: str = "",
    audience: str = "",
    mailbox: str = "",
    most: int = CANDIDATES,
    without: frozenset[str] = frozenset(),
) -> tuple[Query, list[Candidate]]:
    """The articles with the greatest scores for a mail and the nearest in meaning, with what speaks for each.

    `without` leaves some out.
    """
    asked = question_of(text, subject)
    query = query_of(asked, snapshot, language, index.synonyms())
    rarest(query, snapshot)
    scores = masked(snapshot, rated(snapshot, query), language, audience, "", mailbox)
    places = [place for place in best(scores, most + len(without)) if snapshot.articles[place].id not in without]
    top = places[:most]
    near = index.meaning.near(asked.sentences, snapshot) if index.meaning is not None else {}
    fitting = snapshot.mask(language=language, audience=audience, category="", mailbox=mailbox)
    near = {
        place: each for place, each in near.items() if fitting[place] and snapshot.articles[place].id not in without
    }
    nearest = sorted(near, key=lambda place: -near[place].cosine)[:NEAREST]
    by_place = {place: float(scores[place]) for place in (*top, *nearest)}
    speaks = evidence(query, snapshot, top, by_place, near)
    return query, [Candidate(place, score, speaks[place], place in nearest) for place, score in by_place.items()]


def weights_for(query: Query, found: Sequence[Candidate]) -> Weights:
    """Those for a text, by its length and by whether its meaning was compared."""
    return learnt(with_meaning=any(each.nearest for each in found)).of(query)


def rarest(query: Query, snapshot: Snapshot, most: int = TERMS) -> None:
    """Keep the words of a mail that tell most: the rarest, by what they count; their letters count as much as they do."""
    asked = max((idea.weight for idea in query.ideas), default=1.0)
    rarest_of_all = rarity((), snapshot)
    known = [
        (idea.weight / asked * rarity(idea.terms, snapshot) / rarest_of_all * (COMMON if idea.common else 1.0), idea)
        for idea in query.ideas
        if any(snapshot.frequency(term) for term in idea.terms)
    ]
    kept = sorted(known, key=lambda each: -each[0])[:most]
    terms = {term for _, idea in kept for term in idea.terms}
    query.terms = {term: weight / asked for term, weight in query.terms.items() if term in terms}
    query.grams = {gram: worth for worth, idea in reversed(kept) if not idea.phrase for gram in grams_of((idea.typed,))}


@cache
def learnt(*, with_meaning: bool = False) -> Learnt:
    """The weights that come along."""
    name = "weights_with_meaning.json" if with_meaning else "weights.json"
    found = json.loads((files(__package__) / name).read_text("utf-8"))
    return Learnt(*(Weights(**found[kind]) for kind in ("query", "mail")))


def _suggestion(
    query: Query, article: Article, one: Candidate, words: str, likelihood: float, sure: float
) -> Suggestion:
    because = with_nearness(words) if one.nearest else words
    found = Found(article, one.score, excerpt(article, query), because)
    return Suggestion(found, likelihood, likelihood >= sure and article.automatic)
