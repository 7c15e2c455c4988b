from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from faq import shelf
from faq.given import Given
from faq.shelf import Shelf
from knowledge.article import Article


class Books:
    """A stand-in for the store: articles, a revision, and how often they were read."""

    def __init__(self, *articles: Article) -> None:
        self.all: Sequence[Article] = articles
        self.revision = 1
        self.read = 0

    def articles(self, *, language: str, audience: str, category: str) -> Sequence[Article]:
        self.read += 1
        return self.all

    def given(self) -> Given:
        def unused(*_: Any, **__: Any) -> Any:
            raise AssertionError

        return Given(
            search=unused, meant=unused, related=unused, articles=self.articles, article=unused, vote=unused,
            keep=unused, health=unused, metrics=unused, newest=lambda: self.revision,
        )  # fmt: skip


def _article(article_id: str, *categories: str, language: str = "de", updated: date | None = None) -> Article:
    return Article(article_id, f"{article_id}?", "Ja.", categories, language=language, updated=updated)


def test_articles_lie_by_language_and_topic() -> None:
    books = Books(_article("a", "DNS"), _article("b", "DNS", "E-Mail"), _article("c", "DNS", language="en"))
    look = Shelf(books.given(), "").look()
    assert [(topic.name, [each.id for each in topic.articles]) for topic in look["de"].topics] == [
        ("DNS", ["a", "b"]),
        ("E-Mail", ["b"]),
    ]
    assert [each.id for each in look["en"].articles] == ["c"]


def test_two_names_with_one_address_are_one_topic() -> None:
    topics = Shelf(Books(_article("a", "E-Mail"), _article("b", "E Mail", "e-mail")).given(), "").look()["de"].topics
    assert [(topic.slug, len(topic.articles)) for topic in topics] == [("e-mail", 2)]


def test_articles_are_read_again_only_where_one_changed(monkeypatch: Any) -> None:
    monkeypatch.setattr(shelf, "LOOKS_EVERY", 0.0)
    books = Books(_article("a"))
    kept = Shelf(books.given(), "")
    kept.look()
    kept.look()
    assert books.read == 1
    books.all, books.revision = [_article("b")], 2
    assert [each.id for each in kept.look()["de"].articles] == ["b"]


def test_the_newest_come_first_and_those_without_a_date_last() -> None:
    books = Books(_article("a"), _article("b", updated=date(2026, 1, 1)), _article("c", updated=date(2026, 2, 1)))
    assert [each.id for each in Shelf(books.given(), "").look()["de"].newest(2)] == ["c", "b"]
