"""What somebody may have meant to type."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from knowledge.article import Article
from knowledge.index import Index
from knowledge.meant import LOOKED_IN, meant

Shelf = Callable[[Sequence[Article]], Index]

ARTICLES = (
    Article("rechnung", "Wo finde ich meine Rechnungen?", "Im Kundencenter können Sie die Rechnung ändern."),
    Article("outlook", "Wie richte ich Outlook ein?", "Mit dem Server für den Posteingang."),
    Article("haendler", "Wie bestelle ich Sonderposten?", "Im Händlerbereich.", audience="reseller"),
    Article("invoice", "Where is my invoice?", "In the customer centre.", language="en"),
)


@pytest.fixture
def index(shelf: Shelf) -> Index:
    return shelf(ARTICLES)


def asked(index: Index, text: str, language: str = "de", *, typing: bool = False, audience: str = "") -> str:
    return meant(text, index.snapshot(), index.synonyms(), language=language, audience=audience, typing=typing)


@pytest.mark.parametrize(
    ("typed", "language", "corrected"),
    [
        ("rechnug", "de", "rechnung"),
        ("Wo ist meine Rechnugn?", "de", "Wo ist meine Rechnung?"),
        ("adnern", "de", "ändern"),
        ("OUTLOK einrichten", "de", "OUTLOOK einrichten"),
        ("mein  outlok, 2019", "de", "mein  outlook, 2019"),
        ("inovice", "en", "invoice"),
    ],
)
def test_a_word_that_no_article_holds_is_the_one_that_is_nearly_the_same(
    index: Index, typed: str, language: str, corrected: str
) -> None:
    assert asked(index, typed, language) == corrected


@pytest.mark.parametrize(
    "typed",
    [
        "rechnung", "Rechnungen finden", "aendern", "ANDERN", "outlook", "faktura", "wetter", "qqqqqq", "rech", "2019", "",
        "Kundencenter Rechnung", "?!", "den",
    ],
)  # fmt: skip
def test_nothing_else_is_meant_where_each_word_is_known_or_like_no_other(index: Index, typed: str) -> None:
    assert asked(index, typed) == ""


def test_of_two_that_are_as_near_the_one_that_more_articles_hold_is_meant(shelf: Shelf) -> None:
    few = [Article(f"kanten{number}", "Was sind Kanten?", "Diese.") for number in range(LOOKED_IN)]
    many = [Article(f"kunden{number}", "Wer sind Kunden?", "Diese.") for number in range(2 * LOOKED_IN)]
    assert asked(shelf([*few, *many]), "kunten") == "kunden"


def test_a_word_that_is_still_being_typed_is_no_mistake(index: Index) -> None:
    assert asked(index, "outl", typing=True) == ""
    assert asked(index, "rechnug ein", typing=True) == "rechnung ein"


def test_no_word_is_offered_that_these_readers_cannot_find(index: Index) -> None:
    assert asked(index, "sonderpostn") == "sonderposten"
    assert asked(index, "sonderpostn", audience="private") == ""
    assert asked(index, "inovice", "de") == ""


def test_what_is_meant_finds_its_article(index: Index) -> None:
    for typed, article in (("rechnug", "rechnung"), ("outlok", "outlook")):
        assert index.search(asked(index, typed), language="de")[0].article.id == article


def test_a_query_of_many_words_is_looked_at_for_a_while(index: Index) -> None:
    assert asked(index, "rechnug " * 100).split() == ["rechnung"] * 12 + ["rechnug"] * 88
