"""A piece of an answer as plain text: from the passage on that the query's words meet most."""

from __future__ import annotations

import re
from functools import lru_cache
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


def excerpt(article: Article, query: Query, length: int = LENGTH) -> str:
    """The piece that answers a query best; the beginning of the answer where none stands out."""
    passages = _passages(article)
    if not passages:
        return ""
    return cut(" ".join(passages[_start(passages, article, query) :]), length)


@lru_cache(maxsize=2_000)
def _passages(article: Article) -> tuple[str, ...]:
    found = (each.strip() for each in _SENTENCE.findall(to_text(article.answer)[:20_000]))
    return tuple(each for each in found if each)[:PASSAGES]


@lru_cache(maxsize=2_000)
def _terms(article: Article) -> tuple[frozenset[str], tuple[frozenset[str], ...]]:
    """The terms of an article's question, and of each passage of its answer."""
    read = chain(article.language).terms
    return frozenset(read(article.question)), tuple(frozenset(read(each)) for each in _passages(article))


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


def _start(passages: tuple[str, ...], article: Article, query: Query) -> int:
    if sum(map(len, passages)) <= LENGTH:
        return 0
    question, by_passage = _terms(article)
    # a word of any mail, of the question, or one that means the same, tells no passage of its answer from another
    said = [idea.terms for idea in query.ideas if idea.common or _is_said(idea, question)]
    telling = query.terms.keys() - question.union(*said)
    if not telling:
        return 0
    worth = [fsum(query.terms[term] for term in terms & telling) for terms in by_passage]
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
