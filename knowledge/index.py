"""The search of the knowledge base: an index that follows the articles, and answers in a few milliseconds."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from knowledge import lessons, store
from knowledge.article import BY_LETTERS, Found, with_nearness
from knowledge.excerpts import excerpt
from knowledge.impacts import Impact, Snapshot, held
from knowledge.index_files import IndexFiles, Stopped, state_of
from knowledge.languages.chains import chain
from knowledge.languages.open_thesaurus import Thesaurus
from knowledge.languages.synonyms import Synonyms, groups_of, own_groups
from knowledge.meaning import Meaning, Near
from knowledge.query import Asked, Query, query_of, typed
from knowledge.ranking import best, masked, rated
from knowledge.sentences import by_meaning, is_compared, together
from knowledge.wider import widen
from storage.database import Database
from storage.errors import Unavailable

MOST = 100
"""Results that one search gives."""
SHORT = 500
"""Articles that hold a term, up to which it is quicker to go through them than to search among them."""
OPENED_WITHIN = 1.5
"""Seconds that a search waits for a thread that is opening the index: very many articles take a minute, and whoever only
reads one shall not stand behind those who search. A mail waits for two."""


class Index:
    """The articles of a database, searchable. Threads may share it; any number of processes share its folder.

    The folder is private to the desk: what lies there is derived, and made again at any time. With `folder`
    None the index lives in memory. `meaning` is what knows which articles are near in meaning, None where nothing does;
    `thesaurus` what else a visitor's words may mean.
    """

    def __init__(
        self,
        folder: Path | None,
        database: Database,
        meaning: Meaning | None = None,
        thesaurus: Thesaurus | None = None,
    ) -> None:
        self.meaning = meaning
        self._thesaurus = thesaurus
        self._files = IndexFiles(folder)
        self._words = None if folder is None else folder.parent
        self._database = database
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._synonyms: dict[str, Synonyms] | None = None

    def refresh(self) -> bool:
        """Follow the articles and what they learnt; whether anything was new. Two small queries where nothing was.

        Where another process is writing the index just now, this one goes on with what it has.
        """
        with self._database.reading() as session:
            newest = store.newest_revision(session), lessons.newest_lesson(session)
        with self._lock:
            if self._snapshot is not None and self._snapshot.shown == newest:
                return False
            return self._followed(wait=self._snapshot is None)

    def rebuild(self) -> int:
        """Build the index anew from the articles; how many they are."""
        with self._lock:
            self._followed(wait=True, anew=True)
        return len(self.snapshot().articles)

    def search(
        self,
        query: str,
        *,
        language: str = "",
        audience: str = "",
        category: str = "",
        mailbox: str = "",
        limit: int = 10,
        typing: bool = False,
        patience: float = 0.0,
    ) -> list[Found]:
        """The articles that fit a visitor's words, the best first; any text is answered.

        `typing`: the last word may be unfinished. `patience`: seconds that are waited for what a sentence means; with 0
        it is searched by its words. A filter left "" is none.
        """
        snapshot, asked = self.snapshot(), typed(query, typing=typing)
        terms = query_of(asked, snapshot, language, self.synonyms())
        if self._thesaurus is not None:
            widen(terms, asked, snapshot, language, self._thesaurus)
        scores, nearest = masked(snapshot, rated(snapshot, terms), language, audience, category, mailbox), list[int]()
        if patience and (near := self._near(asked, snapshot, patience)):
            meant = masked(snapshot, by_meaning(near, snapshot.room), language, audience, category, mailbox)
            scores, nearest = together(scores, meant)
        places = best(scores, min(limit, MOST))
        found = []
        for place, met in zip(places, met_by(terms, snapshot, places), strict=True):
            article, because = snapshot.articles[place], _because(terms, met)
            found.append(
                Found(
                    article,
                    float(scores[place]),
                    excerpt(article, terms, met=met.keys()),
                    with_nearness(because) if place in nearest else because,
                )
            )
        return found

    def snapshot(self) -> Snapshot:
        """The state of the index that is shown now; the first call opens it. Raises `Unavailable` where another thread is long at that."""
        if self._snapshot is None and self._lock.acquire(timeout=OPENED_WITHIN):
            try:
                if self._snapshot is None:
                    self._followed(wait=True)
            finally:
                self._lock.release()
        shown = self._snapshot
        if shown is None:
            raise Unavailable("the search index is not open yet; try again in a moment")
        return shown

    def synonyms(self) -> dict[str, Synonyms]:
        """Words that mean the same: our own, and those of the operator in `DATA/synonyms.<language>.txt`, read with the first search."""
        if self._synonyms is None:
            extra = self._words
            self._synonyms = {
                name: Synonyms(
                    chain(name), own_groups(name) + (() if extra is None else groups_of(extra / f"synonyms.{name}.txt"))
                )
                for name in ("de", "en")
            }
        return self._synonyms

    def stop(self) -> None:
        """Have the index built no further, where that is going on: what searches goes on with what it has."""
        self._files.stop()

    def close(self) -> None:
        """Give the files back."""
        self.stop()
        with self._lock:
            if self._snapshot is not None:
                self._snapshot.close()
            self._snapshot = None
        if self.meaning is not None:
            self.meaning.close()

    def _near(self, asked: Asked, snapshot: Snapshot, within: float) -> dict[int, Near]:
        if self.meaning is None or not is_compared(asked):
            return {}
        return self.meaning.near(asked.sentences, snapshot, within)

    def _followed(self, *, wait: bool, anew: bool = False) -> bool:
        """Bring the files up to date and show what is in them; whether anything was new."""
        try:
            opened = self._files.follow(self._database, wait=wait, anew=anew)
            try:
                return self._show(opened)
            except Exception:  # whatever is broken in its files, they are built anew
                if anew:
                    raise
                return self._show(self._files.follow(self._database, wait=True, anew=True))
        except Stopped:
            return False

    def _show(self, opened: Any) -> bool:
        state = None if opened is None else state_of(opened)
        if state is None or (self._snapshot is not None and state.shown == self._snapshot.shown):
            return False
        self._snapshot = Snapshot(opened, state.shown, self._snapshot)
        if self.meaning is not None:
            self.meaning.follow(self._snapshot)
        # the former state is not closed: another thread may be searching in it, and it goes with its last user
        return True


def reasons(query: Query, snapshot: Snapshot, places: Sequence[int]) -> list[str]:
    """Which words of a query met each article, the sentence an agent reads."""
    return [_because(query, met) for met in met_by(query, snapshot, places)]


def met_by(query: Query, snapshot: Snapshot, places: Sequence[int]) -> list[dict[str, float]]:
    """For each article the terms of a query that stand in it, with what each counts there: all are looked up together."""
    met: list[dict[str, float]] = [{} for _ in places]
    found = [(term, *snapshot.counted(term)) for term in query.terms]
    for at, number, counts in sorted(_hits([(where, worth) for _, where, worth in found], places, snapshot.room)):
        term = found[at][0]
        met[number][term] = query.terms[term] * counts
    return met


def _hits(found: Sequence[Impact], places: Sequence[int], room: int) -> Iterator[tuple[int, int, float]]:
    """Which lists hold which of some places, and what with: of long lists each is searched, all short ones are gone through in one."""
    wanted = np.array(places, np.int32)
    short = [at for at, (where, _) in enumerate(found) if 0 < len(where) <= SHORT]
    for at, (where, worth) in enumerate(found):
        if len(where) > SHORT:
            yield from ((at, number, float(worth[place])) for number, place in held(where, wanted))
    if short and places:
        shown = np.full(room, -1, np.int16)
        shown[wanted] = np.arange(len(places))
        numbers = shown[np.concatenate([found[at][0] for at in short])]
        hits = (numbers >= 0).nonzero()[0]
        lists = np.repeat(short, [len(found[at][0]) for at in short])[hits]
        worth = np.concatenate([found[at][1] for at in short])[hits]
        yield from zip(lists.tolist(), numbers[hits].tolist(), worth.tolist(), strict=True)


def _because(query: Query, met: Mapping[str, float]) -> str:
    by_word: dict[str, float] = {}
    for term, counts in met.items():
        word = query.meant[term]
        by_word[word] = by_word.get(word, 0.0) + counts
    words = sorted(by_word, key=lambda word: -by_word[word])[:6]
    return f"met: {', '.join(words)}" if words else BY_LETTERS
