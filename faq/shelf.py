"""The articles as the site shows them: by topic, read again only where an article changed."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from faq.given import Given
from faq.paths import slug
from knowledge.article import Article

LOOKS_EVERY = 0.3
"""Seconds for which the shelf is taken to be as it was: what changes is seen within a second."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A category with its articles."""

    name: str
    slug: str
    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class Books:
    """The articles of one language at one moment."""

    articles: tuple[Article, ...] = ()
    topics: tuple[Topic, ...] = ()

    def topic(self, wanted: str) -> Topic | None:
        """The topic of that slug."""
        return next((topic for topic in self.topics if topic.slug == wanted), None)

    def newest(self, most: int) -> list[Article]:
        """The articles that were changed last."""
        return sorted(self.articles, key=lambda each: (each.updated or date.min, each.id), reverse=True)[:most]


class Shelf:
    """Remembers the articles of each language. Threads may share it."""

    def __init__(self, given: Given, audience: str) -> None:
        self._given = given
        self._audience = audience
        self._lock = threading.Lock()
        self._revision = -1
        self._looked = float("-inf")
        self._books: dict[str, Books] = {}

    def look(self) -> dict[str, Books]:
        """The articles by language. Raises `Unavailable`."""
        with self._lock:
            if time.monotonic() - self._looked >= LOOKS_EVERY:
                revision = self._given.newest()
                if revision != self._revision:
                    self._books = _sorted_out(self._given.articles(language="", audience=self._audience, category=""))
                    self._revision = revision
                self._looked = time.monotonic()
            return self._books


def _sorted_out(articles: Iterable[Article]) -> dict[str, Books]:
    languages: dict[str, list[Article]] = {}
    for article in articles:
        languages.setdefault(article.language, []).append(article)
    return {language: Books(tuple(each), _topics(each)) for language, each in languages.items()}


def _topics(articles: Iterable[Article]) -> tuple[Topic, ...]:
    """A topic for each category, those with most articles first; names that make the same address are one topic."""
    names: dict[str, str] = {}
    members: dict[str, list[Article]] = {}
    for article in articles:
        for key in dict.fromkeys(slug(name) for name in article.categories):
            members.setdefault(key, []).append(article)
        for name in article.categories:
            names.setdefault(slug(name), name)
    topics = (Topic(names[key], key, tuple(each)) for key, each in members.items())
    return tuple(sorted(topics, key=lambda topic: (-len(topic.articles), topic.slug)))
