"""Which words an article learns, what they count, and which words nobody ever keeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.article import Article
from knowledge.cited import cited
from knowledge.index import Index
from knowledge.learning import HALF_LIFE, LEAST, LEVELS, MOST, Heard, LearntWord, Source, learn, take_back, too_many
from knowledge.plain_words import of_mail, of_search

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def word(weight: float, text: str = "beleg", *, barred_by: str = "") -> LearntWord:
    return LearntWord(text, weight, NOW, NOW, barred_by=barred_by)


def test_one_visitor_teaches_nothing() -> None:
    lesson = learn(Heard("beleg", Source.SEARCH, is_plain=True), NOW)
    assert (lesson.learnt, lesson.because) == (None, "only one person used it so far")


def test_the_second_visitor_teaches_for_both() -> None:
    learnt = learn(Heard("beleg", Source.SEARCH, is_plain=True, others=1), NOW).learnt
    assert learnt is not None
    assert (learnt.searches, learnt.counts(NOW)) == (2, 2.0)


def test_an_answer_teaches_a_word_of_the_language_at_once_and_a_possible_name_only_with_a_second_customer() -> None:
    assert learn(Heard("beleg", Source.ANSWER, is_plain=True), NOW).learnt is not None
    assert learn(Heard("kowalczyk", Source.ANSWER, is_plain=False), NOW).learnt is None
    assert learn(Heard("pushtan", Source.ANSWER, is_plain=False, others=1), NOW).learnt is not None


def test_the_same_person_counts_once_a_day() -> None:
    assert learn(Heard("beleg", Source.SEARCH, is_plain=True, again=True, known=word(2.0)), NOW).learnt is None


def test_a_word_that_was_taken_back_is_never_learnt_again() -> None:
    lesson = learn(Heard("beleg", Source.SEARCH, is_plain=True, others=9, known=word(0.0, barred_by="ben")), NOW)
    assert (lesson.learnt, lesson.because) == (None, "ben took it back")


def test_a_word_counts_half_after_its_half_life_and_a_click_adds_to_what_is_left() -> None:
    later = NOW + HALF_LIFE
    assert word(4.0).counts(later) == pytest.approx(2.0)
    learnt = learn(Heard("beleg", Source.SEARCH, is_plain=True, known=word(4.0)), later).learnt
    assert learnt is not None
    assert learnt.counts(later) == pytest.approx(3.0)


@given(st.floats(LEAST / 2 + 0.01, 1000.0), st.integers(0, 2000))
def test_a_word_falls_a_level_when_it_is_said_to_and_not_before(weight: float, days: int) -> None:
    known, now = word(weight), NOW + timedelta(days=days)
    level, falls = known.level(now), known.fades_at(now)
    assert 0 <= level <= LEVELS
    if known.is_forgotten(now):
        return
    assert falls > now
    assert known.level(falls) < level or known.is_forgotten(falls)
    just_before = falls - timedelta(seconds=3)
    if just_before > now:
        assert known.level(just_before) == level
        assert not known.is_forgotten(just_before)


def test_an_article_keeps_its_strongest_words_and_those_taken_back_take_no_room() -> None:
    words = [word(1.0 + number, f"w{number}") for number in range(MOST + 2)]
    assert [each.word for each in too_many([*words, word(0.0, "x", barred_by="ben")], NOW)] == ["w1", "w0"]


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("Wo ist mein Zahlungsbeleg?", ["zahlungsbeleg"]),
        ("rechnung für anna.weber@example.org", ["rechnung"]),
        ("rechnung von kundennummer K-48213 fehlt", ["rechnung", "kundennummer"]),
        ("Konto DE89 3704 0044 0532 0130 00 kündigen", ["konto", "kündigen"]),
        ("domain firma-mueller.de umziehen", ["domain", "umziehen"]),
        ("Rechnung für Frau Dr. Weber kündigen", ["rechnung", "kündigen"]),
    ],
)
def test_no_number_no_address_and_no_name_behind_a_title_is_a_word(
    sample_index: Index, query: str, kept: list[str]
) -> None:
    assert [each.text for each in of_search(query, "de", sample_index.snapshot())] == kept


def test_the_beginning_of_a_word_that_was_chosen_from_while_it_was_typed_is_none(sample_index: Index) -> None:
    snapshot = sample_index.snapshot()
    assert [each.text for each in of_search("rechnung kundenc…", "de", snapshot)] == ["rechnung"]
    assert [each.text for each in of_search("rechnung kundencenter…", "de", snapshot)] == ["rechnung", "kundencenter"]


def test_a_word_that_neither_the_dictionary_nor_an_article_knows_may_be_a_name(sample_index: Index) -> None:
    known = {each.text: each.is_known for each in of_search("rechnung kowalczyk", "de", sample_index.snapshot())}
    assert known == {"rechnung": True, "kowalczyk": False}


def test_a_mail_gives_its_question_and_neither_its_writer_nor_whom_it_greets(sample_index: Index) -> None:
    mail = "Hallo Herr Petersen,\n\nder Zahlungsbeleg vom Mai fehlt mir, Winter schickt ihn nicht.\n\nViele Grüße\nAnna Winter"
    words = of_mail(mail, "Beleg fehlt", ["Anna Winter", "a.winter@kaiser.example"], "de", sample_index.snapshot())
    texts = {each.text for each in words}
    assert {"zahlungsbeleg", "beleg"} <= texts
    assert texts.isdisjoint({"anna", "winter", "petersen", "kaiser", "hallo", "grüße"})


INVOICE = Article(
    "rechnung",
    "Wo finde ich meine Rechnung?",
    "Melden Sie sich im **Kundencenter** an und öffnen Sie *Vertrag*. Dort liegt jede Rechnung als PDF zum Herunterladen bereit.",
)
OTHER = Article("domain", "Domain?", "Wer eine Domain umziehen will, braucht zuerst den Authcode vom alten Anbieter.")


def test_an_answer_that_quotes_an_article_gives_it_also_with_a_greeting_around() -> None:
    text = (
        "Guten Tag Frau Weber,\n\nmelden Sie sich im Kundencenter an und öffnen Sie Vertrag. Dort liegt jede Rechnung"
        " als PDF\nzum Herunterladen bereit.\n\nViele Grüße"
    )
    assert [(each.article.id, each.is_edited) for each in cited(text, [INVOICE, OTHER], ())] == [("rechnung", False)]


def test_an_answer_that_says_half_of_an_article_otherwise_is_edited() -> None:
    text = "Melden Sie sich im Kundencenter an und öffnen Sie Rechnungen, denn das wurde umbenannt."
    assert [(each.article.id, each.is_edited) for each in cited(text, [INVOICE, OTHER], ())] == [("rechnung", True)]


def test_an_answer_that_links_an_article_gives_it_and_one_in_own_words_gives_none() -> None:
    assert [each.article.id for each in cited("Siehe dort.", [INVOICE, OTHER], {"domain"})] == ["domain"]
    assert cited("Die Rechnung liegt im Kundencenter unter Vertrag bereit.", [INVOICE, OTHER], ()) == []


def test_a_word_that_too_few_others_used_goes_with_who_takes_it_back() -> None:
    two = LearntWord("beleg", 2.0, NOW, NOW, searches=2)
    left = take_back(two, heard_at=NOW, others=1, now=NOW).learnt
    assert left is not None
    assert left.is_forgotten(NOW)


def test_a_word_of_many_counts_less_by_what_was_taken_back() -> None:
    many = LearntWord("beleg", 3.0, NOW, NOW, searches=3)
    left = take_back(many, heard_at=NOW, others=2, now=NOW).learnt
    assert left is not None
    assert (left.counts(NOW), left.searches) == (2.0, 2)
    later = NOW + HALF_LIFE
    left = take_back(many, heard_at=NOW, others=2, now=later).learnt
    assert left is not None
    assert left.counts(later) == pytest.approx(1.0)  # what they had added counts half by then, too


def test_a_word_that_an_answer_gave_stays_without_the_visitor() -> None:
    both = LearntWord("beleg", 1.5, NOW, NOW, searches=1, answers=1)
    left = take_back(both, heard_at=NOW, others=0, now=NOW).learnt
    assert left is not None
    assert (left.counts(NOW), left.searches, left.answers) == (0.5, 0, 1)


def test_what_an_agent_took_back_stays_so() -> None:
    assert take_back(word(1.0, barred_by="lena"), heard_at=NOW, others=0, now=NOW).learnt is None
