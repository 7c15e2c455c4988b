"""What speaks for an article as the answer to a mail: a few named figures, each between 0 and about 1.

None of them grows with the number of articles, so that a desk with three is judged as one with three thousand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import log, sqrt

from knowledge.article import Article
from knowledge.documents import grams, grams_of
from knowledge.impacts import Snapshot
from knowledge.languages.chains import chain
from knowledge.markdown import to_text
from knowledge.query import Idea, Query, met

FEWEST = 100
"""The rarity of a word is reckoned as if there were at least so many articles."""
COMMON = 0.25
"""What a word counts that stands in mails on any matter."""

NAMES = ("covered", "covered_asked", "title_said", "title_share", "amount", "lead", "letters", "of_possible")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for one article."""

    covered: float
    """Of what the mail says, by the weight of its words: the share that the article says too."""
    covered_asked: float
    """The same, of the sentences that ask or say what is wrong."""
    title_said: float
    """Of the article's question: the share that the mail says."""
    title_share: float
    """Of what the mail says: the share that stands in the article's question."""
    amount: float
    """How much is said by both, whatever its share."""
    lead: float
    """How far its score is above that of the next article."""
    letters: float
    """How alike the groups of letters are in the mail's words and the article's question."""
    of_possible: float
    """Its score, of the best that any articles have for each word."""

    def values(self) -> tuple[float, ...]:
        """The figures in the order of `NAMES`."""
        return tuple(float(getattr(self, name)) for name in NAMES)


def evidence(query: Query, snapshot: Snapshot, ranked: list[int], scores: Mapping[int, float], place: int) -> Evidence:
    """What speaks for the article at a place, one of those that were ranked."""
    article = snapshot.articles[place]
    title, body = _terms(article)
    weighed = [(idea, _worth(idea, snapshot)) for idea in query.ideas]
    asked = max((idea.weight for idea in query.ideas), default=1.0)
    most_asked = [(idea, worth) for idea, worth in weighed if idea.weight >= asked]
    others = [scores[each] for each in ranked if each != place]
    return Evidence(
        covered=_share(weighed, title | body),
        covered_asked=_share(most_asked, title | body),
        title_said=_said(title, query, snapshot, article),
        title_share=_share(most_asked, title),
        amount=min(1.0, log(1 + sum(worth * met(idea, title | body) for idea, worth in weighed)) / 5),
        lead=(scores[place] - max(others, default=0.0)) / max(scores[place], 1e-6),
        letters=_alike(grams_of(idea.typed for idea in query.ideas if idea.weight >= asked), grams(article.question)),
        of_possible=_of_possible(query, snapshot, place),
    )


@lru_cache(maxsize=5_000)
def _terms(article: Article) -> tuple[frozenset[str], frozenset[str]]:
    reader = chain(article.language)
    return frozenset(reader.terms(article.question)), frozenset(reader.terms(to_text(article.answer)[:20_000]))


def rarity(terms: Iterable[str], snapshot: Snapshot) -> float:
    """How rare the most frequent of some terms is."""
    often = max((snapshot.frequency(term) for term in terms), default=0)
    return log(1 + (max(FEWEST, len(snapshot.articles)) + 0.5) / (often + 0.5))


def _worth(idea: Idea, snapshot: Snapshot) -> float:
    own = [term for term, weight in idea.terms.items() if weight >= 0.5]
    return rarity(own, snapshot) * idea.weight * (COMMON if idea.common else 1.0)


def _share(weighed: list[tuple[Idea, float]], terms: frozenset[str]) -> float:
    total = sum(worth for _, worth in weighed)
    return sum(worth * met(idea, terms) for idea, worth in weighed) / total if total else 0.0


def _said(title: frozenset[str], query: Query, snapshot: Snapshot, article: Article) -> float:
    reader = chain(article.language)
    worth = {term: rarity((term,), snapshot) * (COMMON if reader.is_common(term) else 1.0) for term in title}
    total = sum(worth.values())
    return sum(worth[term] * min(1.0, query.terms.get(term, 0.0)) for term in title) / total if total else 0.0


def _alike(one: Iterable[str], other: Iterable[str]) -> float:
    first, second = set(one), set(other)
    return len(first & second) / sqrt(len(first) * len(second)) if first and second else 0.0


def _of_possible(query: Query, snapshot: Snapshot, place: int) -> float:
    here = possible = 0.0
    for term, weight in query.terms.items():
        for field in ("question", "answer"):
            where, impacts = snapshot.impact(field, term)
            if len(where):
                possible += weight * float(impacts.max())
                here += weight * float(impacts[where == place].sum())
    return here / possible if possible else 0.0
