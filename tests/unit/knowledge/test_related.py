"""Which articles are near to one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest

from knowledge.article import Article
from knowledge.index import Index
from knowledge.related import MOST, Related, rarest
from knowledge.store import remove_article

Shelf = Callable[[Sequence[Article]], Index]

OUTLOOK = Article("outlook", "Wie richte ich Outlook ein?", "Tragen Sie den Posteingangsserver mit Port 993 ein.")
HANDY = Article("handy", "Wie richte ich das Handy ein?", "Der Posteingangsserver hat den Port 993, mit TLS.")
RECHNUNG = Article("rechnung", "Wo finde ich meine Rechnung?", "Im Kundencenter unter Vertrag.")
VERTRIEB = Article("vertrieb", "Wie richte ich Outlook für Kunden ein?", "Mit dem Händlerzugang.", audience="reseller")
ENGLISH = Article("mail", "How do I set up Outlook?", "The Posteingangsserver has port 993.", language="en")
ALL = (OUTLOOK, HANDY, RECHNUNG, VERTRIEB, ENGLISH)


def ids(found: tuple[Article, ...]) -> list[str]:
    return [each.id for each in found]


def test_an_article_is_near_by_its_question_or_by_rare_words_of_its_answer(shelf: Shelf) -> None:
    related = Related(shelf(ALL))
    assert set(ids(related.to(OUTLOOK))) == {"vertrieb", "handy"}
    assert ids(related.to(HANDY))[0] == "outlook"
    assert related.to(RECHNUNG) == ()


def test_near_are_only_articles_of_its_language_and_for_its_readers(shelf: Shelf) -> None:
    related = Related(shelf(ALL))
    assert ids(related.to(OUTLOOK, "private")) == ["handy"]
    assert related.to(ENGLISH) == ()


def test_what_was_reckoned_holds_until_the_articles_change(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    index = shelf(ALL)
    related = Related(index)
    before = related.to(HANDY)
    with monkeypatch.context() as patched:
        patched.setattr(Related, "_reckoned", None)  # it would be called
        assert related.to(HANDY) is before
    with index._database.writing() as session:
        remove_article(session, "outlook", datetime(2026, 11, 25, tzinfo=UTC))
    index.refresh()
    assert "outlook" not in ids(related.to(HANDY))


def test_however_many_are_alike_few_are_near(shelf: Shelf) -> None:
    many = [Article(f"a{n}", f"Wie richte ich Programm {n} ein?", "Mit dem Assistenten.") for n in range(40)]
    assert len(Related(shelf(many)).to(many[0])) == MOST


def test_a_word_that_stands_in_no_other_article_leads_nowhere(shelf: Shelf) -> None:
    snapshot = shelf(ALL).snapshot()
    assert "posteingangsserver" in rarest(OUTLOOK, snapshot)
    assert "kundencenter" not in rarest(RECHNUNG, snapshot)
