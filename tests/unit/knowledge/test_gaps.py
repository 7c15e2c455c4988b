"""What no article says stands in groups of what is alike; drafts hold nobody's name; and stale articles say why."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

import pytest

from knowledge.answer_draft import draft
from knowledge.article import Article
from knowledge.gaps import Wish, gaps
from knowledge.stale import Signs, stale
from knowledge.store import Votes

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
ARTICLE = Article("rechnung", "Wo finde ich meine Rechnung?", "Im Kundencenter.")


def searched(words: str, times: int = 1, language: str = "de") -> Wish:
    return Wish(tuple(words.split()), frozenset(words.split()), language, NOW, searches=times)


def written(words: str, handle: str) -> Wish:
    return Wish(tuple(words.split()), frozenset(words.split()), "de", NOW, mails=1, handle=handle)


def test_a_search_and_a_mail_for_the_same_are_one_gap_and_another_matter_is_another() -> None:
    found = gaps(
        [
            searched("xrechnung portal", 3),
            written("xrechnung verschicken behörde portal", "anna-beleg"),
            searched("ukulele"),
        ]
    )
    assert [(each.searches, each.mails, each.handles) for each in found] == [(3, 1, ("anna-beleg",)), (1, 0, ())]
    assert found[0].words[:2] == ("xrechnung", "portal")
    assert (
        found[0].because
        == "3 times searched for, and nobody went on to an article; once answered by an agent without an article"
    )


def test_what_is_wanted_most_comes_first() -> None:
    assert [each.words for each in gaps([searched("harfe"), searched("ukulele", 5)])] == [("ukulele",), ("harfe",)]


def test_the_same_word_of_two_languages_is_not_the_same_wish() -> None:
    assert len(gaps([searched("gift"), searched("gift", language="en")])) == 2


def test_twenty_thousand_wishes_are_grouped_in_seconds_though_all_share_a_word() -> None:
    many = [searched(f"rechnung wort{number} ding{number % 700}") for number in range(20_000)]
    began = time.process_time()
    found = gaps(many)
    assert time.process_time() - began < 10
    assert sum(each.searches for each in found) == 20_000


def test_a_draft_holds_neither_greeting_nor_signature_nor_who_it_was_nor_their_numbers() -> None:
    asked = "Hallo,\n\nwie komme ich als Anna Weber an meine Rechnung?\n\nGruß\nAnna"
    answer = (
        "Guten Tag Frau Weber,\n\nIhre Rechnung liegt im Kundencenter, Frau Weber, unter Vertrag. An anna@weber.example mit"
        " der Nummer K-4821377 und IBAN DE89 3704 0044 0532 0130 00 ging sie schon; die Frist sind 14 Tage.\n\n"
        "Viele Grüße\nLena Kruse"
    )
    made = draft(asked, "Rechnung", answer, ["Anna Weber", "anna@weber.example"])
    for gone in ("Anna", "Weber", "weber", "4821377", "DE89", "Lena", "Guten Tag", "Grüße"):
        assert gone not in made.question + made.answer, gone
    assert made.question.startswith("Wie komme ich als")  # it stood behind a greeting
    assert draft("Hi,\n\niPhone?", "", "iPad geht.", []).answer == "iPad geht."
    assert "Kundencenter" in made.answer
    assert "14 Tage" in made.answer


@pytest.mark.parametrize(
    ("signs", "because"),
    [
        (Signs(ARTICLE, TODAY, Votes(9, 2)), ()),
        (Signs(ARTICLE, TODAY, Votes(0, 2)), ()),
        (Signs(ARTICLE, TODAY, Votes(4, 3)), ("3 of 7 visitors were not helped",)),
        (Signs(ARTICLE, TODAY, Votes(50, 3)), ()),
        (Signs(ARTICLE, TODAY - timedelta(days=365), Votes()), ()),
        (Signs(ARTICLE, date(2025, 1, 2), Votes()), ("nobody changed it since 2025-01-02",)),
        (Signs(ARTICLE, TODAY, Votes(), 3, 2), ("2 of 3 answers that quoted it said part of it otherwise",)),
        (Signs(ARTICLE, TODAY, Votes(), 9, 2), ()),
    ],
)
def test_an_article_is_stale_for_a_reason(signs: Signs, because: tuple[str, ...]) -> None:
    assert [each.because for each in stale([signs], TODAY)] == ([because] if because else [])


def test_the_article_that_most_speaks_against_comes_first() -> None:
    old = Signs(Article("alt", "?", "!"), date(2020, 1, 1), Votes())
    both = Signs(Article("beides", "?", "!"), date(2024, 1, 1), Votes(0, 5))
    assert [each.signs.article.id for each in stale([old, both], TODAY)] == ["beides", "alt"]
