"""Which articles an agent's answer gives: it links them, or holds their text."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from knowledge.article import Article
from knowledge.languages.words import folded, words
from knowledge.markdown import to_text

RUN = 5
"""Words in a row that are compared."""
SHARE = 0.3
"""An answer that holds so much of an article's text quotes it, whatever an agent took out or put in."""
FEWEST = 3
"""Runs of words that an answer and an article must share: an article of one line is quoted by a whole sentence."""
WHOLE = 0.85
"""What holds so much of it left it as it is."""


@dataclass(frozen=True, slots=True)
class Cited:
    """An article that an answer gave."""

    article: Article
    share: float
    """How much of its text the answer holds, 0 to 1."""
    linked: bool
    because: str

    @property
    def is_edited(self) -> bool:
        """Whether the agent quoted it and said part of it otherwise."""
        return SHARE <= self.share < WHOLE


def cited(answer: str, near: Iterable[Article], links: Collection[str]) -> list[Cited]:
    """The articles that an answer gives, of those that are `near` it and those whose IDs its `links` name."""
    said = runs(answer)
    found = (_cited(article, said, article.id in links) for article in near)
    return [each for each in found if each is not None]


def _cited(article: Article, said: frozenset[tuple[str, ...]], linked: bool) -> Cited | None:
    own = _runs_of(article)
    both = len(own & said)
    share = both / len(own) if own else 0.0
    quoted = share >= SHARE and both >= min(FEWEST, len(own))
    if not linked and not quoted:
        return None
    because = f"it holds {share:.0%} of the article's text" if quoted else "it links the article"
    return Cited(article, share if quoted else 0.0, linked, because)


@lru_cache(maxsize=2_000)
def _runs_of(article: Article) -> frozenset[tuple[str, ...]]:
    return runs(to_text(article.answer)[:20_000])


def runs(text: str) -> frozenset[tuple[str, ...]]:
    """The runs of words of a text; all of it where it is short."""
    said = [folded(word.text) for word in words(text[:40_000])]
    if len(said) < RUN:
        return frozenset()
    return frozenset(tuple(said[at : at + RUN]) for at in range(len(said) - RUN + 1))
