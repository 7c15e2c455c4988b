"""Which articles may answer a mail, and how likely: silence where none is.

The likelihood is a logistic function of the figures in `evidence`, with the weights in `weights.json`;
`benchmarks/learn_suggest.py` makes that file from labelled questions.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp

from knowledge.article import Found, Suggestion
from knowledge.evidence import NAMES, Evidence, evidence, rarity
from knowledge.excerpts import excerpt
from knowledge.impacts import Snapshot
from knowledge.index import Index, because, best, masked, rated
from knowledge.query import Query, query_of
from knowledge.question import question_of

TERMS = 24
"""Words of a mail that are looked for: the rarest, by what they count."""
CANDIDATES = 5
"""Articles that are looked at closely."""


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
class Candidate:
    """An article with what speaks for it."""

    place: int
    score: float
    evidence: Evidence


def suggest(
    index: Index, text: str, *, subject: str = "", language: str = "", audience: str = "", limit: int = 3
) -> list[Suggestion]:
    """The articles that an agent is shown for a mail, the likeliest first; those that are `sure` may be quoted to the customer."""
    snapshot = index.snapshot()
    weights = learnt()
    query, found = candidates(index, snapshot, text, subject=subject, language=language, audience=audience)
    return [
        _suggestion(query, snapshot, each, likelihood, weights)
        for likelihood, each in judged(found, weights)[:limit]
        if likelihood >= weights.shown
    ]


def ranked(index: Index, text: str, *, subject: str = "", language: str = "", limit: int = 10) -> list[str]:
    """The IDs of the articles that are likeliest for a mail, also where none is likely."""
    snapshot = index.snapshot()
    _, found = candidates(index, snapshot, text, subject=subject, language=language, most=limit)
    return [snapshot.articles[each.place].id for _, each in judged(found, learnt())[:limit]]


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
    most: int = CANDIDATES,
    without: frozenset[str] = frozenset(),
) -> tuple[Query, list[Candidate]]:
    """The articles with the greatest scores for a mail, with what speaks for each; `without` leaves some out."""
    query = query_of(question_of(text, subject), snapshot, language, index.synonyms())
    rarest(query, snapshot)
    scores = masked(snapshot, rated(snapshot, query), language, audience, "")
    places = [place for place in best(scores, most + len(without)) if snapshot.articles[place].id not in without]
    top = places[:most]
    by_place = {place: float(scores[place]) for place in top}
    return query, [Candidate(place, by_place[place], evidence(query, snapshot, top, by_place, place)) for place in top]


def rarest(query: Query, snapshot: Snapshot, most: int = TERMS) -> None:
    """Keep the words of a mail that tell most: the rarest, by what they count."""
    worth = sorted(
        query.ideas, key=lambda idea: -idea.weight * rarity(idea.terms, snapshot) * (0.5 if idea.common else 1.0)
    )
    known = [idea for idea in worth if any(snapshot.frequency(term) for term in idea.terms)]
    kept = {id(idea) for idea in known[:most]}
    terms = {term for idea in query.ideas if id(idea) in kept for term in idea.terms}
    asked = max((idea.weight for idea in query.ideas), default=1.0)
    query.terms = {term: weight / asked for term, weight in query.terms.items() if term in terms}


@cache
def learnt() -> Weights:
    """The weights that come along."""
    found = json.loads((files(__package__) / "weights.json").read_text("utf-8"))
    return Weights(found["weights"], found["bias"], found["shown"], found["sure"])


def _suggestion(query: Query, snapshot: Snapshot, one: Candidate, likelihood: float, weights: Weights) -> Suggestion:
    article = snapshot.articles[one.place]
    found = Found(article, one.score, excerpt(article, query), because(query, snapshot, one.place))
    return Suggestion(found, likelihood, likelihood >= weights.sure and article.automatic)
