"""What a visitor's words find, how fast, and that the ranking is Whoosh's own."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.article import Article, Found
from knowledge.documents import SCORED
from knowledge.excerpts import cut, excerpt
from knowledge.index import Index, met_by
from knowledge.query import query_of, telling, typed
from knowledge.ranking import rated

BOUND = 2.0
"""Seconds within which anything is answered, on a machine that does other things as well."""


def ids(found: Sequence[Found]) -> list[str]:
    return [each.article.id for each in found]


@pytest.mark.parametrize(
    ("query", "article"),
    [
        ("rechnug finden", "rechnung-finden"),
        ("Rechnungs Adresse", "rechnungsadresse-aendern"),
        ("rechnungsadresse aendern", "rechnungsadresse-aendern"),
        ("rechnungsanschrift", "rechnungsadresse-aendern"),
        ("kennwort vergessen", "passwort-vergessen"),
        ("kundigungsfrist", "kuendigen"),
        ("forgotten pasword", "forgot-password"),
        ("Zwei-Faktor", "zwei-faktor"),
    ],
)
def test_words_find_their_article(sample_index: Index, query: str, article: str) -> None:
    assert article in ids(sample_index.search(query, limit=3))


@pytest.mark.parametrize("start", ["rechn", "rechnungsadr", "rechnug adr", "Rechnungsadresse änd"])
def test_it_answers_before_the_word_is_finished(sample_index: Index, start: str) -> None:
    assert "rechnungsadresse-aendern" in ids(sample_index.search(start, typing=True, limit=3))


def test_filters_leave_others_out(shelf: Callable[[Sequence[Article]], Index]) -> None:
    index = shelf(
        [
            Article("all", "Domain umziehen?", "Ja.", ("Domain",)),
            Article("firm", "Domain umziehen?", "Ja.", ("Firma", "Domain"), "firma"),
            Article("home", "Domain umziehen?", "Ja.", (), "privat"),
            Article("en", "Move a domain?", "Yes: domain.", language="en"),
            Article("hosting", "Move a domain?", "Yes: domain.", language="en", mailboxes=("hosting@firma.example",)),
        ]
    )
    assert set(ids(index.search("domain", audience="firma", language="de"))) == {"all", "firm"}
    assert set(ids(index.search("domain", category="Domain"))) == {"all", "firm"}
    assert ids(index.search("domain", language="en", mailbox="support@firma.example")) == ["en"]
    assert set(ids(index.search("domain", language="en", mailbox="hosting@firma.example"))) == {"en", "hosting"}
    assert set(ids(index.search("domain", language="en"))) == {"en", "hosting"}
    assert index.search("domain", language="fr") == []


@pytest.mark.parametrize(
    "text", ["Rechnung Adresse ändern", "passwort vergessen postfach", "how do I move my domain", "die der"]
)
def test_an_answer_is_cut_the_same_where_it_is_known_what_met(sample_index: Index, text: str) -> None:
    snapshot = sample_index.snapshot()
    query = query_of(typed(text), snapshot, "", sample_index.synonyms())
    places = list(snapshot.articles)
    for place, met in zip(places, met_by(query, snapshot, places), strict=True):
        article = snapshot.articles[place]
        assert excerpt(article, query, met=met.keys()) == excerpt(article, query)


@pytest.mark.parametrize("short", [0, 3, 1_000])
def test_long_and_short_lists_tell_the_same_of_which_terms_met(
    sample_index: Index, monkeypatch: pytest.MonkeyPatch, short: int
) -> None:
    monkeypatch.setattr("knowledge.index.SHORT", short)
    snapshot = sample_index.snapshot()
    query = query_of(typed("Rechnung Adresse ändern Domain umziehen"), snapshot, "de", sample_index.synonyms())
    places = [5, 0, *list(snapshot.articles)[-20:]]
    for place, met in zip(places, met_by(query, snapshot, places), strict=True):
        listed = [(term, *snapshot.counted(term)) for term in query.terms]
        there = {term: worth[where == place] for term, where, worth in listed if place in where}
        assert list(met) == list(there)
        assert all(met[term] == query.terms[term] * worth.item() for term, worth in there.items())


def test_a_result_says_which_words_met(sample_index: Index) -> None:
    found = sample_index.search("rechnug xyzzy")[0]
    assert found.because == "met: rechnug"
    assert 0 < len(found.excerpt) <= 300


@pytest.mark.parametrize(
    "query",
    ["", " ", "*", "?*", "AND OR NOT", '"((', "a:b^2~", "\0", "x" * 10_000, "wie " * 5_000, "🎉", "שלום", "\ud800", "ä" * 5_000,
     "- " * 5_000, "5." * 5_000, "a'" * 5_000, "\N{RIGHT-TO-LEFT OVERRIDE}gnunhcer", "rechnung\N{ZERO WIDTH SPACE}"],
)  # fmt: skip
@pytest.mark.parametrize("typing", [True, False])
def test_any_query_is_answered_within_a_bound(sample_index: Index, query: str, typing: bool) -> None:
    began = time.monotonic()
    assert len(sample_index.search(query, typing=typing)) <= 10
    assert time.monotonic() - began < BOUND


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60), st.booleans())
def test_any_text_is_a_query(sample_index: Index, query: str, typing: bool) -> None:
    found = sample_index.search(query, typing=typing)
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)


@pytest.mark.parametrize(
    "query",
    [
        "rechnung adresse ändern",
        "domain umzug authcode",
        "passwort",
        "mail postfach voll spam",
        "Wie melde ich mich an?",
    ],
)
def test_the_ranking_is_that_of_whoosh(sample_index: Index, query: str) -> None:
    from whoosh.query.compound import Or
    from whoosh.query.terms import Term
    from whoosh.scoring import BM25F

    snapshot = sample_index.snapshot()
    asked = query_of(typed(query), snapshot, "", sample_index.synonyms())
    opened = sample_index._files.open()

    def scores(weighted: Mapping[str, float], fields: Sequence[str]) -> dict[int, float]:
        chosen = [Term(field, term, boost=w * SCORED[field]) for field in fields for term, w in weighted.items()]
        with opened.searcher(weighting=BM25F(B=0.75, K1=1.2)) as searcher:
            return {hit.docnum: hit.score for hit in searcher.search(Or(chosen), limit=None)}

    in_words = [field for field in SCORED if field != "grams"]
    theirs: dict[int, float] = defaultdict(float)
    # Whoosh's own DisjunctionMax takes the greater score even where it is that of another document
    for own, others in asked.alternatives(telling(asked, snapshot)):
        alternatives = [scores(each, in_words) for each in (own, *({term: weight} for term, weight in others.items()))]
        for place in set().union(*alternatives):
            theirs[place] += max(each.get(place, 0.0) for each in alternatives)
    by_letters = scores(asked.grams, ["grams"])
    ours = rated(snapshot, asked)
    assert {place for place in range(len(ours)) if ours[place] > 0} == set(theirs)
    for place, score in theirs.items():
        assert ours[place] == pytest.approx(score + by_letters.get(place, 0.0), rel=1e-3)


def test_an_empty_knowledge_base_answers_nothing(shelf: Callable[[Sequence[Article]], Index]) -> None:
    assert shelf([]).search("rechnung") == []


def test_an_excerpt_starts_where_the_answer_is(shelf: Callable[[Sequence[Article]], Index]) -> None:
    filler = "Hier steht etwas ganz anderes, das niemand gesucht hat. " * 10
    index = shelf([Article("a", "Fragen zum Vertrag", f"{filler}\n\nDie Kündigungsfrist beträgt einen Monat.")])
    assert index.search("kündigungsfrist")[0].excerpt.startswith("Die Kündigungsfrist")


def test_a_long_text_is_cut_at_a_word() -> None:
    assert cut("eins zwei drei", 10) == "eins zwei…"
    assert cut("x" * 20, 10) == "x" * 9 + "…"
