"""How near in meaning articles are to a question, where the extra `semantic` is installed.

The vector of an article is made once for its wording, in the background, and kept (`knowledge.vector_files`). Until
those of all articles are there nothing is said to be near, and suggestions go by words alone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from knowledge.article import Article
from knowledge.embedder import LETTERS, REST, WIDTH, Embedder, Floats
from knowledge.impacts import Snapshot
from knowledge.markdown import to_text
from knowledge.query import Sentence
from knowledge.vector_files import VectorFiles, key_of

QUESTION, SENTENCES = 800, 10
"""Letters of a question that are read, and sentences."""
TELLING, SHORT = 1.0, 8
"""What a sentence of a question counts at least to be read, and the letters of one that says nothing."""
REMEMBERED = 300
"""Questions whose vectors are remembered: a mail is asked about in its language, then in all, and visitors ask alike."""
TRIES = 3
"""Failures in a row, after which no more vectors are made until the articles change."""
PAUSE = 0.02
"""Seconds between two articles: a mail that asks meanwhile comes first."""


@dataclass(frozen=True, slots=True)
class Near:
    """How near an article is to a question."""

    cosine: float
    """Of the two vectors: 1 is the same, and what has nothing in common has still about 0.75."""
    apart: float
    """How far it is above that of the usual article."""


@dataclass(frozen=True, slots=True)
class Vectors:
    """The vectors of all articles of one state of the index."""

    snapshot: Snapshot
    places: tuple[int, ...]
    keys: tuple[str, ...]
    """Under which name each lies."""
    rows: Floats

    @classmethod
    def of(cls, snapshot: Snapshot, found: Mapping[int, tuple[str, Floats]]) -> Vectors:
        """Those for the place of each article, to be compared at once."""
        rows = np.stack([vector for _, vector in found.values()]) if found else np.zeros((0, WIDTH), np.float32)
        return cls(snapshot, tuple(found), tuple(key for key, _ in found.values()), rows)

    def near(self, question: Floats) -> dict[int, Near]:
        """How near each article is, by its place in the index."""
        cosines = self.rows @ question
        usual = float(cosines.mean()) if self.places else 0.0
        return {place: Near(each, each - usual) for place, each in zip(self.places, cosines.tolist(), strict=True)}


class Meaning:
    """What is near to a question. Threads may share it, and any number of processes its folder."""

    def __init__(self, folder: Path | None, embedder: Embedder) -> None:
        self._files = VectorFiles(folder)
        self._embedder = embedder
        self._known: dict[str, Floats] = {}
        self._lock = threading.Lock()
        self._reading = threading.Lock()
        self._wanted: Snapshot | None = None
        self._shown: Vectors | None = None
        self._maker: threading.Thread | None = None
        self._closed = threading.Event()

    def follow(self, snapshot: Snapshot) -> None:
        """Make what is missing for a state of the index, in the background."""
        with self._lock:
            self._wanted = snapshot
            if self._maker is None and not self._closed.is_set():
                self._maker = _begun(self._make, "meaning")

    def ready(self, within: float) -> bool:
        """Wait until all vectors are there, or no longer than so many seconds; whether they are."""
        maker = self._maker
        if maker is not None:
            maker.join(within)
        return self._shown is not None and self._shown.snapshot is self._wanted

    def near(self, said: Sequence[Sentence], snapshot: Snapshot, within: float | None = None) -> dict[int, Near]:
        """How near each article is to what somebody said; empty where that is not known, or not in time.

        `within` is for strangers: so many seconds are waited at most, and none while another's question is being read.
        """
        shown = self._shown
        if shown is None or shown.snapshot is not snapshot:
            return {}
        text = telling(said)
        question = self._question(text) if within is None else self._soon(text, within)
        return {} if question is None else shown.near(question)

    def close(self) -> None:
        """End what is being made, and the model."""
        self._closed.set()
        self._embedder.close()

    def _question(self, text: str) -> Floats | None:
        """The vector of a question, as long as the model takes; the last ones are remembered."""
        known = self._known.get(text)
        if known is not None or not text or self._closed.is_set():
            return known
        found = self._embedder.of_question(text)
        if found is not None:
            with self._lock:
                self._known[text] = found
                if len(self._known) > REMEMBERED:
                    del self._known[next(iter(self._known))]
        return found

    def _soon(self, text: str, within: float) -> Floats | None:
        """The vector of a question in time. One that comes later is remembered for whoever asks the same again."""
        if text not in self._known and self._reading.acquire(blocking=False):
            reader = _begun(partial(self._read, text), "sentence")
            if reader is None:
                self._reading.release()
            else:
                reader.join(within)
        return self._known.get(text)

    def _read(self, text: str) -> None:
        try:
            self._question(text)
        finally:
            self._reading.release()

    def _make(self) -> None:
        while (snapshot := self._next()) is not None:
            found = self._vectors(snapshot)
            if found is not None:
                self._embedder.start()
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
        shown = self._shown
        known = {} if shown is None else dict(zip(shown.keys, shown.rows, strict=True))
        found: dict[int, tuple[str, Floats]] = {}
        for place, article in snapshot.articles.items():
            text = text_of(article)
            key = key_of(text)
            vector = known.get(key)
            if vector is None:
                vector = self._kept_or_made(key, text)
            if self._wanted is not snapshot or self._closed.is_set():
                return None
            if vector is None:
                self._give_up(snapshot)
                return None
            found[place] = key, vector
        return Vectors.of(snapshot, found)

    def _kept_or_made(self, key: str, text: str) -> Floats | None:
        found = self._files.read(key)
        for _ in range(TRIES):
            if found is not None or self._closed.is_set():
                return found
            made = self._embedder.of_answer(text)
            if made is not None:
                self._files.write(key, made)
            self._closed.wait(REST if made is None else PAUSE)
            found = made
        return found

    def _give_up(self, snapshot: Snapshot) -> None:
        with self._lock:
            if self._wanted is snapshot:
                self._wanted = None


def _begun(work: Callable[[], None], name: str) -> threading.Thread | None:
    """A thread that has begun; None where the machine gives no more of them just now: words alone have to do."""
    thread = threading.Thread(target=work, name=name, daemon=True)
    try:
        thread.start()
    except RuntimeError:
        return None
    return thread


def telling(said: Sequence[Sentence]) -> str:
    """What is read of a question: the sentences that tell something, together."""
    kept = [each.text for each in said if each.weight >= TELLING and len(each.text) > SHORT][:SENTENCES]
    return " ".join(kept or [each.text for each in said[:3]])[:QUESTION].strip()


def text_of(article: Article) -> str:
    """What is read of an article: its question, and how its answer begins."""
    return f"{article.question}. {to_text(article.answer)}"[:LETTERS]
