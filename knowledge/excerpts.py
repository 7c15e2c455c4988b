"""A piece of an answer as plain text: from the passage on that the query's words meet most."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import fsum
from typing import TYPE_CHECKING

from knowledge.article import Article
from knowledge.languages.chains import chain
from knowledge.markdown import to_text

if TYPE_CHECKING:
    from knowledge.query import Idea, Query  # which loads NumPy

LENGTH = 300
"""Characters, about."""
PASSAGES = 200
_ITEM = re.compile(r"\s*(?:-|\d{1,9}\.) ")
_SENTENCE = re.compile(r"[^\n]{20,}?[.!?:](?=\s)|[^\n]+")


def excerpt(article: Article, query: Query, length: int = LENGTH, *, met: Set[str] | None = None) -> str:
    """The piece that answers a query best; the beginning of the answer where none stands out.

    `met`: the terms of the query that stand in the article, where that is known already.
    """
    read = _read(article)
    begin = _start(read, query, met) if read.is_long else 0
    return cut(" ".join(read.passages[begin:]), length) if begin or length != LENGTH else read.beginning


@dataclass(frozen=True)
class _Read:
    """An article with what is read of it to cut a piece from its answer, as far as that was asked for."""

    article: Article

    @cached_property
    def passages(self) -> tuple[str, ...]:
        found = (each.strip() for each in _SENTENCE.findall(to_text(self.article.answer)[:20_000]))
        return tuple(each for each in found if each)[:PASSAGES]

    @cached_property
    def is_long(self) -> bool:
        return sum(map(len, self.passages)) > LENGTH

    @cached_property
    def beginning(self) -> str:
        return cut(" ".join(self.passages), LENGTH)

    @cached_property
    def asked(self) -> frozenset[str]:
        """The terms of the question."""
        return frozenset(chain(self.article.language).terms(self.article.question))

    @cached_property
    def terms(self) -> tuple[frozenset[str], ...]:
        """The terms of each passage."""
        return tuple(frozenset(chain(self.article.language).terms(each)) for each in self.passages)


@lru_cache(maxsize=2_000)
def _read(article: Article) -> _Read:
    return _Read(article)


def cut(text: str, length: int) -> str:
    """The text's beginning, ended at a word."""
    if len(text) <= length:
        return text
    kept = text[: length - 1]
    blank = kept.rfind(" ")
    return (kept[:blank] if blank > length // 2 else kept).rstrip(" ,;:.") + "…"


def in_lines(article: Article, excerpt: str) -> str:
    """An excerpt of an article's answer with its paragraphs and the items of its lists on lines of their own."""
    text = to_text(article.answer)[:20_000]
    places = [at for at, char in enumerate(text) if not char.isspace()]
    wanted = "".join(excerpt.removesuffix("…").split())
    start = "".join(text[at] for at in places).find(wanted)
    if start < 0 or not wanted:
        return " ".join(excerpt.split())
    piece = text[places[start] : places[start + len(wanted) - 1] + 1]
    lines: list[str] = []
    goes_on = False
    for line in piece.split("\n"):
        if goes_on and line.strip() and not _ITEM.match(line):
            lines[-1] += f" {line.strip()}"
        elif line.strip():
            lines.append(line.rstrip())
        goes_on = bool(line.strip())
    return "\n".join(lines) + ("…" if excerpt.endswith("…") else "")


def _start(read: _Read, query: Query, met: Set[str] | None) -> int:
    question = read.asked
    telling = set(query.terms if met is None else met) - question
    if not telling:
        return 0  # so no passage need be read
    # a word of any mail, of the question, or one that means the same, tells no passage of its answer from another
    said = [idea.terms for idea in query.ideas if idea.common or _is_said(idea, question)]
    telling = telling.difference(*said)
    if not telling:
        return 0
    met_in = (terms & telling for terms in read.terms)
    worth = [fsum(query.terms[term] for term in terms) if terms else 0.0 for terms in met_in]
    # two passages are read together, and the beginning is preferred where it is as good
    pairs = [one + 0.5 * other for one, other in zip(worth, [*worth[1:], 0.0], strict=True)]
    top = max(pairs)
    return pairs.index(top) if top > 2.0 * pairs[0] + 1.0 else 0


def _is_said(idea: Idea, known: frozenset[str]) -> bool:
    """Whether a word itself, not only one that means the same, stands among others."""
    if known.isdisjoint(idea.terms):
        return False
    most = max(idea.terms.values())
    return any(weight >= most and term in known for term, weight in idea.terms.items())
