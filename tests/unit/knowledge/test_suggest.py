"""Which mails are offered an answer, and that silence is kept where nothing fits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.article import Article
from knowledge.evaluate import Answer, Question, answered, read_questions, summary
from knowledge.evidence import NAMES, Evidence
from knowledge.files import BadRecord
from knowledge.index import Index
from knowledge.suggest import Weights, candidates, learnt, suggest, suggest_in

FOLDER = Path(__file__).parent
MAIL = (
    "Guten Tag,\n\nseit gestern komme ich nicht mehr ins Kundencenter, ich habe das Passwort vergessen. "
    "Wie bekomme ich ein neues?\n\nViele Grüße\nAnna\n\n> Ihre Rechnung liegt bereit"
)


def test_a_mail_is_offered_its_answer(sample_index: Index) -> None:
    first = suggest(sample_index, MAIL)[0]
    assert first.found.article.id == "passwort-vergessen"
    assert first.sure
    assert "passwort" in first.found.because


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hallo",
        "Vielen Dank, das hat geholfen!",
        "Wann kommt mein Paket mit den Schuhen an?",
        "\0" * 100,
        "?" * 10_000,
    ],
)
def test_nothing_is_quoted_where_nothing_fits(sample_index: Index, text: str) -> None:
    assert not any(each.sure for each in suggest(sample_index, text))


def test_three_articles_are_as_good_as_many(shelf: Callable[[Sequence[Article]], Index], sample: list[Article]) -> None:
    few = [each for each in sample if each.id in ("passwort-vergessen", "rechnung-finden", "cronjobs")]
    index = shelf(few)
    assert [each.found.article.id for each in suggest(index, MAIL) if each.sure] == ["passwort-vergessen"]
    assert not any(each.sure for each in suggest(index, "Guten Tag,\n\nwie richte ich Thunderbird ein?\n\nGruß\nBen"))


def test_a_mail_is_never_offered_what_is_only_for_another_mailbox(
    shelf: Callable[[Sequence[Article]], Index], sample: list[Article]
) -> None:
    only = [replace(each, mailboxes=("hosting@firma.example",)) for each in sample if each.id == "passwort-vergessen"]
    index = shelf(only + [each for each in sample if each.id == "rechnung-finden"])

    def offered(mailbox: str) -> list[str]:
        found = suggest_in(index, MAIL, subject="", language="de", audience="", mailbox=mailbox)
        return [each.found.article.id for each in found]

    assert offered("hosting@firma.example") == offered("Hosting@Firma.example") == ["passwort-vergessen"]
    assert offered("support@firma.example") == []
    assert offered("") == ["passwort-vergessen"]  # no filter


def test_the_letters_of_a_word_count_as_much_as_the_word(sample_index: Index) -> None:
    query, _ = candidates(sample_index, sample_index.snapshot(), "Hallo,\n\nist die Website wegen Cronjobs langsam?")
    assert query.grams["_cro"] > query.grams["_web"]
    assert "_lan" not in query.grams, "no article holds the word"


def test_the_subject_is_read(sample_index: Index) -> None:
    found = suggest(sample_index, "Hallo, geht das? Danke!", subject="Re: Rechnungsadresse ändern")
    assert found[0].found.article.id == "rechnungsadresse-aendern"


def test_a_barred_article_is_shown_and_never_sure(
    shelf: Callable[[Sequence[Article]], Index], sample: list[Article]
) -> None:
    index = shelf([replace(each, automatic=False) for each in sample])
    found = suggest(index, MAIL)
    assert found[0].found.article.id == "passwort-vergessen"
    assert not any(each.sure for each in found)


def test_what_would_be_quoted_only_beside_a_barred_article_is_not_quoted(
    shelf: Callable[[Sequence[Article]], Index], sample: list[Article], sample_index: Index
) -> None:
    mail = "Hallo,\n\nwie lange dauert es, bis meine geänderten DNS-Einträge überall ankommen?\n\nGruß\nAnna"
    usual = [each.found.article.id for each in suggest(sample_index, mail) if each.sure]
    assert usual[0] == "dns-dauer"
    assert len(usual) > 1
    barred = shelf([replace(each, automatic=each.id != "dns-dauer") for each in sample])
    assert not any(each.sure for each in suggest(barred, mail))


def test_filters_hold(sample_index: Index) -> None:
    assert {each.found.article.language for each in suggest(sample_index, MAIL, language="en")} <= {"en"}


def test_articles_in_the_language_of_a_mail_come_first(sample_index: Index) -> None:
    found = suggest_in(sample_index, MAIL, subject="", language="de", audience="", mailbox="")
    assert found[0].found.article.id == "passwort-vergessen"
    assert found[0].sure


@pytest.mark.parametrize("language", ["fr", "", "en"])
def test_an_article_in_another_language_is_shown_and_never_quoted(
    shelf: Callable[[Sequence[Article]], Index], sample: list[Article], language: str
) -> None:
    index = shelf([each for each in sample if each.language == "de"])
    found = suggest_in(index, MAIL, subject="", language=language, audience="", mailbox="")
    assert found[0].found.article.id == "passwort-vergessen"
    assert not any(each.sure for each in found)


def test_there_are_never_more_than_asked_for(sample_index: Index) -> None:
    assert len(suggest(sample_index, "Rechnung Domain Passwort Postfach", limit=2)) <= 2


@pytest.mark.parametrize(
    "weights", [learnt().query, learnt().mail, learnt(with_meaning=True).query, learnt(with_meaning=True).mail]
)
def test_the_weights_name_every_figure_and_are_in_order(weights: Weights) -> None:
    assert set(weights.weights) == set(NAMES)
    assert 0 < weights.shown < weights.sure < 1


def test_the_likelihood_is_between_none_and_certain() -> None:
    weights = Weights(dict.fromkeys(NAMES, 1000.0), 0.0, 0.3, 0.6)
    nothing = Evidence(*(0.0 for _ in NAMES))
    everything = Evidence(*(1.0 for _ in NAMES))
    assert weights.likelihood(nothing) == 0.5
    assert weights.likelihood(everything) == pytest.approx(1.0)


def test_every_figure_is_bounded_in_the_smallest_and_in_a_larger_collection(
    shelf: Callable[[Sequence[Article]], Index], sample: list[Article], sample_index: Index
) -> None:
    for index in (sample_index, shelf(sample[:1])):
        for text in (MAIL, "passwort", "x " * 500):
            _, found = candidates(index, index.snapshot(), text)
            assert all(-1 <= value <= 1 for each in found for value in each.evidence.values())


def asked(index: Index, names: Sequence[str]) -> list[Answer]:
    questions: list[Question] = []
    for name in names:
        with (FOLDER / name).open("rb") as lines:
            read = list(read_questions(lines, name))
        questions += [each for each in read if isinstance(each, Question)]
        assert questions[-len(read) :] == read
    return list(answered(index, questions))


@pytest.fixture(scope="module")
def answers(sample_index: Index) -> list[Answer]:
    """Plain questions: what must not be missed."""
    return asked(sample_index, ["questions.jsonl"])


@pytest.fixture(scope="module")
def hard(sample_index: Index) -> list[Answer]:
    """Long, mistyped, roundabout questions that nothing was learnt from."""
    return asked(sample_index, ["questions_holding.jsonl"])


def test_every_question_names_articles_that_are_there(
    answers: list[Answer], hard: list[Answer], sample: list[Article]
) -> None:
    assert {key for each in answers + hard for key in each.question.relevant} <= {each.id for each in sample}


@pytest.mark.parametrize(("kind", "least"), [("k", 0.99), ("s", 0.95), ("m", 0.99)])
def test_the_right_article_is_among_the_first_three(answers: list[Answer], kind: str, least: float) -> None:
    assert recall(answers, kind) >= least


@pytest.mark.parametrize(("kind", "least"), [("k", 0.92), ("s", 0.82), ("m", 0.82)])
def test_hard_questions_find_their_article_among_the_first_three(hard: list[Answer], kind: str, least: float) -> None:
    assert recall(hard, kind) >= least


def test_most_plain_mails_are_offered_the_right_answer(answers: list[Answer]) -> None:
    mails = [each for each in answers if each.question.is_mail and each.question.relevant]
    assert sum(each.right for each in mails) >= 0.95 * len(mails)
    assert sum(bool(each.suggest) and not each.right for each in mails) <= 0.1 * len(mails)


def test_many_hard_mails_are_offered_the_right_answer_and_few_only_a_wrong_one(hard: list[Answer]) -> None:
    mails = [each for each in hard if each.question.is_mail and each.question.relevant]
    assert sum(each.right for each in mails) >= 0.33 * len(mails)
    assert sum(bool(each.suggest) and not each.right for each in mails) <= 0.1 * len(mails)


@pytest.mark.parametrize("is_mail", [True, False])
def test_little_is_offered_where_nothing_fits(answers: list[Answer], hard: list[Answer], is_mail: bool) -> None:
    nothing_fits = [each for each in answers + hard if not each.question.relevant and each.question.is_mail == is_mail]
    assert len(nothing_fits) >= 30
    assert sum(bool(each.suggest) for each in nothing_fits) <= 0.08 * len(nothing_fits)


@pytest.fixture(scope="module")
def elsewhere(shelf: Callable[[Sequence[Article]], Index], second: list[Article]) -> list[Answer]:
    """Questions of another company's customers, by another author, on articles that nothing was learnt of."""
    return asked(shelf(second), ["second_questions_holding.jsonl"])


@pytest.mark.parametrize(("kind", "least"), [("k", 0.83), ("s", 0.40), ("m", 0.83)])
def test_another_company_finds_its_articles_among_the_first_three(
    elsewhere: list[Answer], kind: str, least: float
) -> None:
    assert recall(elsewhere, kind) >= least


def test_another_company_is_offered_little_where_nothing_fits(elsewhere: list[Answer]) -> None:
    nothing_fits = [each for each in elsewhere if not each.question.relevant]
    assert sum(bool(each.suggest) for each in nothing_fits) <= 0.15 * len(nothing_fits)


def recall(found: list[Answer], kind: str) -> float:
    return summary(found)[kind]["recall@3"] or 0.0


def test_figures_are_reckoned_for_each_kind() -> None:
    right = Question("1", "k", "a", False, frozenset({"x"}))
    found = [
        Answer(right, ("x", "y"), ("x",)),
        Answer(replace(right, id="2"), ("y", "z", "x"), ("y",)),
        Answer(replace(right, id="3", kind="n", relevant=frozenset()), ("y",), ()),
    ]
    assert summary(found) == {
        "k": {"n": 2, "recall@1": 0.5, "recall@3": 1.0, "mrr@10": 0.6667, "suggested": 2, "right": 1, "wrong": 1},
        "n": {"n": 1, "recall@1": None, "recall@3": None, "mrr@10": None, "suggested": 0, "right": 0, "wrong": 0},
    }


def test_a_bad_question_is_named_by_its_line() -> None:
    import io

    lines = b'{"id": 1, "kind": "k", "query": "a", "relevant": ["x"]}\n[]\n{"id": 2}\n{\n'
    read = list(read_questions(io.BytesIO(lines), "q.jsonl"))
    assert [each.line for each in read if isinstance(each, BadRecord)] == [2, 3, 4]
    assert isinstance(read[0], Question)
