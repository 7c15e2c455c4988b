"""What each article's words are worth to a query, and which articles are the best."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

import numpy as np

from knowledge.impacts import Floats, Snapshot, Weighed, joined, summed
from knowledge.query import Query, telling


def rated(snapshot: Snapshot, query: Query) -> Floats:
    """The score of each document; one that shares only groups of letters has one where no document shares more."""
    by_words = _by_words(snapshot, query)
    everything = snapshot.scores({}, query.grams) + by_words
    return np.where(by_words > 0, everything, np.float32(0.0)) if by_words.any() else everything


def _by_words(snapshot: Snapshot, query: Query) -> Floats:
    """The sum over the words of a query: each counts by its own terms, or by the best of those that stand for it where that is more."""
    found: list[Floats] = []
    alone: list[Weighed] = []
    for own, others in query.alternatives(telling(query, snapshot)):
        if others:
            best_of = summed(_weighed(snapshot, own), snapshot.room)
            np.maximum.at(best_of, *joined(_weighed(snapshot, others)))
            found.append(best_of)
        else:
            alone += _weighed(snapshot, own)
    if alone or not found:
        found.append(summed(alone, snapshot.room))
    return reduce(np.add, found)


def _weighed(snapshot: Snapshot, terms: Mapping[str, float]) -> list[Weighed]:
    return [(snapshot.counted(term), weight) for term, weight in terms.items()]


def masked(
    snapshot: Snapshot, scores: Floats, language: str, audience: str, category: str, mailbox: str = ""
) -> Floats:
    """The scores without those of articles that a filter leaves out."""
    if language or audience or category or mailbox:
        passes = snapshot.mask(language=language, audience=audience, category=category, mailbox=mailbox)
        return np.where(passes, scores, np.float32(0.0))
    return scores


def best(scores: Floats, limit: int) -> list[int]:
    """The places of the greatest scores above zero, the greatest first; of equal ones the first."""
    if limit <= 0:
        return []
    near = (scores > 0).nonzero()[0]
    if limit < len(near):
        worth = scores[near]
        near = near[worth >= np.partition(worth, -limit)[-limit]]
    found: list[int] = near[np.lexsort((near, -scores[near]))][:limit].tolist()
    return found
