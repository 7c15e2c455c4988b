"""How near in meaning articles are to a question, where the extra `semantic` is installed.

The vectors of an article are made once for its wording, in the background, and kept (`knowledge.vector_files`). Until
those of all articles are there nothing is said to be near, and suggestions go by words alone.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from knowledge.article import Article
from knowledge.embedder import LETTERS, REST, Embedder, Floats
from knowledge.impacts import Snapshot
from knowledge.markdown import to_text
from knowledge.query import Sentence
from knowledge.vector_files import VectorFiles, key_of

PASSAGE, PASSAGES = 220, 12
"""Letters of a passage, and passages of an answer that are read."""
QUESTION, SENTENCES = 800, 10
"""Letters of a question that are read, and sentences."""
TELLING, SHORT = 1.0, 8
"""What a sentence of a question counts at least to be read, and the letters of one that says nothing."""
TRIES = 3
"""Failures in a row, after which no more vectors are made until the articles change."""
PAUSE = 0.02
"""Seconds between two articles: a mail that asks meanwhile comes first."""


@dataclass(frozen=True, slots=True)
class Near:
    """How near an article is to a question: cosines, and how far above those of the others."""

    whole: float
    """Of the article as a whole."""
    passage: float
    """Of the nearest of its passages."""
    apart: float
    """How far their sum is above that of the usual article."""


@dataclass(frozen=True, slots=True)
class Vectors:
    """The vectors of all articles of one state of the index."""

    snapshot: Snapshot
    by_place: Mapping[int, tuple[str, Floats]]
    """For the place of each article the name of its vectors, and these: as a whole, then of each passage."""
    wholes: Floats
    passages: Floats
    begins: tuple[int, ...]
    """Where the passages of each article begin."""

    @classmethod
    def of(cls, snapshot: Snapshot, by_place: Mapping[int, tuple[str, Floats]]) -> Vectors:
        """Those of all articles, to be compared at once."""
        each = [vectors for _, vectors in by_place.values()] or [np.zeros((2, 0), np.float32)]
        sizes = [len(vectors) - 1 for vectors in each]
        begins = np.cumsum([0, *sizes[:-1]])
        wholes, passages = np.stack([vectors[0] for vectors in each]), np.concatenate([one[1:] for one in each])
        return cls(snapshot, by_place, wholes, passages, tuple(begins.tolist()))

    @property
    def keys(self) -> Mapping[str, Floats]:
        """The vectors by their name."""
        return dict(self.by_place.values())

    def near(self, question: Floats) -> dict[int, Near]:
        """How near each article is, by its place in the index."""
        if not self.by_place:
            return {}
        wholes = self.wholes @ question
        passages = np.maximum.reduceat(self.passages @ question, list(self.begins))
        apart = wholes + passages - np.median(wholes + passages)
        rows = zip(self.by_place, wholes.tolist(), passages.tolist(), apart.tolist(), strict=True)
        return {place: Near(whole, passage, above) for place, whole, passage, above in rows}


class Meaning:
    """What is near to a question. Threads may share it, and any number of processes its folder."""

    def __init__(self, folder: Path | None, embedder: Embedder) -> None:
        self._files = VectorFiles(folder)
        self._embedder = embedder
        self._last: tuple[str, Floats] | None = None
        self._lock = threading.Lock()
        self._wanted: Snapshot | None = None
        self._shown: Vectors | None = None
        self._maker: threading.Thread | None = None
        self._closed = threading.Event()

    def follow(self, snapshot: Snapshot) -> None:
        """Make what is missing for a state of the index, in the background."""
        with self._lock:
            self._wanted = snapshot
            if self._maker is None and not self._closed.is_set():
                self._maker = threading.Thread(target=self._make, name="meaning", daemon=True)
                self._maker.start()

    def ready(self, within: float) -> bool:
        """Wait until all vectors are there, or no longer than so many seconds; whether they are."""
        maker = self._maker
        if maker is not None:
            maker.join(within)
        return self._shown is not None and self._shown.snapshot is self._wanted

    def near(self, said: Sequence[Sentence], snapshot: Snapshot) -> dict[int, Near]:
        """How near each article is to what somebody said; empty where that is not known, or not in time."""
        shown = self._shown
        if shown is None or shown.snapshot is not snapshot:
            return {}
        question = self._question(telling(said))
        return {} if question is None else shown.near(question)

    def close(self) -> None:
        """End what is being made, and the model."""
        self._closed.set()
        self._embedder.close()

    def _question(self, text: str) -> Floats | None:
        """The vector of a question. The last is remembered: a mail is asked about in its language, then in all."""
        last = self._last
        if last is not None and last[0] == text:
            return last[1]
        found = self._embedder.of_question([text]) if text else None
        if found is None:
            return None
        vector: Floats = found[0]
        self._last = text, vector
        return vector

    def _make(self) -> None:
        while (snapshot := self._next()) is not None:
            found = self._vectors(snapshot)
            if found is not None:
                self._shown = found
                self._files.keep_only(frozenset(found.keys))

    def _next(self) -> Snapshot | None:
        """The state whose vectors are to be made, None where there is nothing more to do."""
        with self._lock:
            done = self._shown is not None and self._shown.snapshot is self._wanted
            if self._closed.is_set() or self._wanted is None or done:
                self._maker = None
                return None
            return self._wanted

    def _vectors(self, snapshot: Snapshot) -> Vectors | None:
        """All vectors for a state of the index; None where another is wanted by now, or they cannot be made."""
        known = {} if self._shown is None else self._shown.keys
        found: dict[int, tuple[str, Floats]] = {}
        for place, article in snapshot.articles.items():
            texts = texts_of(article)
            key = key_of(texts)
            vectors = known.get(key)
            if vectors is None:
                vectors = self._kept_or_made(key, texts)
            if self._wanted is not snapshot or self._closed.is_set():
                return None
            if vectors is None:
                self._give_up(snapshot)
                return None
            found[place] = key, vectors
        return Vectors.of(snapshot, found)

    def _kept_or_made(self, key: str, texts: Sequence[str]) -> Floats | None:
        found = self._files.read(key, len(texts))
        for _ in range(TRIES):
            if found is not None or self._closed.is_set():
                return found
            found = self._embedder.of_answer(texts)
            if found is not None:
                self._files.write(key, found)
            self._closed.wait(REST if found is None else PAUSE)
        return found

    def _give_up(self, snapshot: Snapshot) -> None:
        with self._lock:
            if self._wanted is snapshot:
                self._wanted = None


def telling(said: Sequence[Sentence]) -> str:
    """What is read of a question: the sentences that tell something, together."""
    kept = [each.text for each in said if each.weight >= TELLING and len(each.text) > SHORT][:SENTENCES]
    return " ".join(kept or [each.text for each in said[:3]])[:QUESTION].strip()


def texts_of(article: Article) -> tuple[str, ...]:
    """What is read of an article: the whole, then each passage with the question before it."""
    answer = to_text(article.answer)
    whole = f"{article.question}. {answer}"[:LETTERS]
    return (whole, *(f"{article.question}: {each}" for each in _passages(answer)))


def _passages(text: str) -> list[str]:
    found, begun = [], ""
    for line in text[: 2 * PASSAGE * PASSAGES].split("\n"):
        if begun and len(begun) + len(line) > PASSAGE:
            found.append(begun)
            begun = ""
        begun = f"{begun} {line}".strip()
    return ([*found, begun] if begun or not found else found)[:PASSAGES]
