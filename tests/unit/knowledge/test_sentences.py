"""A visitor's finished sentence is searched by its meaning, too; nobody waits for it, and strangers cannot keep it busy."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from knowledge.article import NEAR, Article
from knowledge.embedder import WIDTH, Embedder, Floats
from knowledge.index import Index
from knowledge.meaning import REMEMBERED, Meaning
from knowledge.query import typed
from knowledge.sentences import NEAREST, by_meaning, is_compared, is_sentence, together

LONG = 60.0
"""Seconds within which even a busy machine is done."""
SENTENCE = "das bunte Ding leuchtet nicht mehr"
ARTICLES = (
    Article("lampe", "Lampe austauschen", "Die Lampe schrauben Sie heraus."),
    Article("storno", "Bestellung stornieren", "In der Übersicht wählen Sie die Bestellung, dann Stornieren."),
    Article("ding", "Nicht mehr bestellen", "Wählen Sie das Ding ab."),
)


class Pretending(Embedder):
    """Says that the sentence means what is said of the lamp, once it is let to."""

    def __init__(self) -> None:
        super().__init__(LONG)
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.asked: list[str] = []

    def start(self) -> None:
        """It runs."""

    def of_answer(self, text: str) -> Floats | None:
        return direction(0 if "Lampe" in text else 1)

    def of_question(self, text: str) -> Floats | None:
        self.asked.append(text)
        return direction(0) if self.may_answer.wait(LONG) else None


def direction(number: int) -> Floats:
    vector = np.zeros(WIDTH, np.float32)
    vector[number] = 1.0
    return vector


@pytest.fixture
def model() -> Iterator[Pretending]:
    found = Pretending()
    yield found
    found.may_answer.set()


@pytest.fixture
def index(shelf: Callable[[Sequence[Article]], Index], model: Pretending) -> Index:
    found = shelf(ARTICLES)
    found.meaning = Meaning(None, model)
    found.meaning.follow(found.snapshot())
    assert found.meaning.ready(LONG)
    return found


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", False),
        ("rechnung", False),
        ("rechnung falsch korrigieren", False),
        ("wo ist mein Geld", True),
        ("Mir ist das Telefon in den Bach gefallen.", True),
    ],
)
def test_four_words_are_a_sentence(query: str, expected: bool) -> None:
    assert is_sentence(typed(query)) is expected


@pytest.mark.parametrize(("query", "expected"), [("", False), ("rechnung", False), ("rechnung falsch", True)])
def test_two_words_are_compared_by_their_meaning(query: str, expected: bool) -> None:
    assert is_compared(typed(query)) is expected


def test_what_is_still_being_typed_is_no_sentence_yet() -> None:
    assert not is_sentence(typed("wo ist mein Geld", typing=True))
    assert is_sentence(typed("wo ist mein Geld?", typing=True))
    assert not is_compared(typed("wo ist", typing=True))


SCORES = arrays(np.float32, 12, elements=st.floats(0, 50, width=32))


@given(SCORES, SCORES)
def test_meaning_takes_no_article_away_and_adds_only_the_nearest(words: Floats, meaning: Floats) -> None:
    scores, nearest = together(words, meaning)
    assert (scores >= words).all()
    assert len(nearest) <= NEAREST
    assert {int(place) for place in np.flatnonzero((scores > 0) & (words == 0))} <= set(nearest)


def test_where_nothing_is_nearer_than_usual_words_stand_as_they_are() -> None:
    words = np.array([0.0, 3.0, 1.0], np.float32)
    scores, nearest = together(words, by_meaning({}, 3))
    assert scores.tolist() == words.tolist()
    assert nearest == []


def test_a_sentence_finds_what_says_it_in_other_words_and_why_is_said(index: Index) -> None:
    assert index.search(SENTENCE)[0].article.id != "lampe"
    first = index.search(SENTENCE, patience=LONG)[0]
    assert (first.article.id, first.because) == ("lampe", NEAR)
    assert not first.is_likely, "meaning alone is no reason to keep the way to a person back"


def test_a_single_word_and_what_is_being_typed_never_ask_the_model(index: Index, model: Pretending) -> None:
    assert index.search("lampe", patience=LONG)
    assert index.search(SENTENCE, patience=LONG, typing=True)
    assert model.asked == []


def test_filters_hold_for_what_a_sentence_means(index: Index) -> None:
    assert index.search(SENTENCE, patience=LONG, language="en") == []


def test_a_model_that_is_late_leaves_words_alone_and_its_answer_is_kept_for_the_next(
    index: Index, model: Pretending
) -> None:
    by_words = index.search(SENTENCE)
    model.may_answer.clear()
    assert index.search(SENTENCE, patience=0.01) == by_words
    model.may_answer.set()
    assert_soon(lambda: index.search(SENTENCE, patience=LONG)[0].article.id == "lampe")
    assert model.asked == [SENTENCE]


def test_while_one_sentence_is_read_nobody_waits_behind_it(index: Index, model: Pretending) -> None:
    model.may_answer.clear()
    index.search(SENTENCE, patience=0.01)
    other = "was kostet mich das alles"
    assert index.search(other, patience=LONG) == index.search(other)
    assert model.asked == [SENTENCE]


def test_a_machine_without_a_thread_to_spare_answers_by_words_and_asks_again_once_it_has_one(
    index: Index, model: Pretending, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_words = index.search(SENTENCE)
    with monkeypatch.context() as exhausted:
        exhausted.setattr(threading.Thread, "start", _refused)
        assert index.search(SENTENCE, patience=LONG) == by_words
    assert index.search(SENTENCE, patience=LONG)[0].article.id == "lampe"


def test_vectors_are_made_after_a_time_without_a_thread_to_spare(
    index: Index, model: Pretending, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Meaning(None, model)
    with monkeypatch.context() as exhausted:
        exhausted.setattr(threading.Thread, "start", _refused)
        found.follow(index.snapshot())
        assert not found.ready(0.0)
    found.follow(index.snapshot())
    assert found.ready(LONG)


def _refused(_thread: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")


def test_so_many_sentences_are_remembered_and_no_more(index: Index, model: Pretending) -> None:
    assert index.meaning is not None
    for number in range(REMEMBERED + 1):
        index.search(f"{SENTENCE} {number}", patience=LONG)
    for number in (REMEMBERED, 0):
        index.search(f"{SENTENCE} {number}", patience=LONG)
    assert len(model.asked) == REMEMBERED + 2


def assert_soon(holds: Callable[[], bool]) -> None:
    """Something comes true once a thread has ended."""
    for thread in threading.enumerate():
        if thread.name == "sentence":
            thread.join(LONG)
    assert holds()
