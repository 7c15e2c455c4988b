"""What of an article is indexed, as words set apart by blanks: the index itself needs no dictionary."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from knowledge.article import Article
from knowledge.languages.chains import chain
from knowledge.languages.words import folded, words
from knowledge.markdown import to_text

FORM = 5
"""Grows when an article is indexed otherwise: an index of another form is built anew."""

ANSWER = 20_000
"""Characters of an answer that are indexed."""

SCORED = {"question": 1.0, "answer": 1.0, "category": 0.3, "learnt": 0.5, "grams": 0.04}
"""The fields that give an article its score, with what each counts."""
UNMEASURED = frozenset({"learnt"})
"""Fields whose length says nothing: an article that taught much is not the less about each word."""


def document(article: Article, learnt: Mapping[str, int] = MappingProxyType({})) -> dict[str, str]:
    """The fields of an article's document, ready for a field that splits at blanks; `learnt` words stand there so often."""
    reader = chain(article.language)
    answer = to_text(article.answer)[:ANSWER]
    texts = (article.question, answer, " ".join(article.categories))
    return {
        "key": article.id,
        "question": " ".join(reader.terms(article.question)),
        "answer": " ".join(reader.terms(answer)),
        "category": " ".join(reader.terms(texts[2])),
        "learnt": " ".join(term for word, often in learnt.items() for term in reader.terms(word)[:1] * often),
        "grams": " ".join(grams(article.question)),
        "surface": " ".join(sorted(reader.surface(" ".join(texts)))),
        "stored": stored(article),
    }


def grams(text: str) -> list[str]:
    """The groups of three and four letters of each word, with its borders."""
    return list(grams_of(word.text for word in words(text)))


def grams_of(found: Iterable[str]) -> Iterator[str]:
    """The groups of three and four letters of words."""
    for word in found:
        yield from _grams_of(word)


@lru_cache(maxsize=1_000)
def _grams_of(word: str) -> tuple[str, ...]:
    framed = f"_{folded(word)}_"
    return tuple(framed[begin : begin + size] for size in (3, 4) for begin in range(len(framed) - size + 1))


def stored(article: Article) -> str:
    """The article as a line of JSON, as it is stored in the index."""
    return json.dumps(
        [
            article.id,
            article.question,
            article.answer,
            list(article.categories),
            article.audience,
            article.language,
            article.updated.isoformat() if article.updated else "",
            article.automatic,
            list(article.mailboxes),
        ]
    )


def restored(line: str) -> Article:
    """The article that `stored` made a line of."""
    key, question, answer, categories, audience, language, updated, automatic, mailboxes = json.loads(line)
    day = date.fromisoformat(updated) if updated else None
    return Article(key, question, answer, tuple(categories), audience, language, day, automatic, tuple(mailboxes))
