"""One state of the index, ready to be searched: postings decoded into arrays of what each occurrence counts.

The impact of a term in a document is Whoosh's own BM25F score of it, computed once from the postings; a
search only adds arrays up. A test proves that the ranking is that of Whoosh.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.article import Article
from knowledge.documents import SCORED, UNMEASURED
from knowledge.languages.typos import Vocabulary
from knowledge.postings import postings
from knowledge.segments import Segment, id_of, segment_of

K1, B = 1.2, 0.75

Floats = NDArray[np.float32]
Impact = tuple[NDArray[np.int32], Floats]
Weighed = tuple[Impact, float]
"""A term's documents with what it counts in each, and its weight."""
AT_ONCE = 50_000
"""Documents that are added up in one call."""
_NOTHING: Impact = (np.zeros(0, np.int32), np.zeros(0, np.float32))


def summed(found: Sequence[Weighed], room: int) -> Floats:
    """What each document gets of all together; the place is the document's number."""
    total = np.zeros(room, np.float32)
    begin = held_so_far = 0
    for end, ((where, _), _) in enumerate(found, 1):
        held_so_far += len(where)
        # one call for many short ones; of long ones few together, which stay in the processor's caches
        if held_so_far > AT_ONCE or end == len(found):
            np.add.at(total, *joined(found[begin:end]))
            begin, held_so_far = end, 0
    return total


def joined(found: Sequence[Weighed]) -> Impact:
    """The documents of all, one behind the other, with what each counts in them by its weight."""
    where = np.concatenate([where for (where, _), _ in found])
    worth = np.concatenate([impacts for (_, impacts), _ in found])
    weights = [weight for _, weight in found]
    if weights.count(weights[0]) == len(weights):
        return where, worth * np.float32(weights[0])
    return where, worth * np.repeat(np.array(weights, np.float32), [len(where) for (where, _), _ in found])


def held(where: NDArray[np.int32], wanted: NDArray[np.int32]) -> Iterator[tuple[int, int]]:
    """Which of the wanted documents stand among others, by the places of both."""
    if len(where):
        at = where.searchsorted(wanted)
        at[at == len(where)] = 0
        both = (where[at] == wanted).nonzero()[0]
        yield from zip(both.tolist(), at[both].tolist(), strict=True)


class Snapshot:
    """One state of the index. Threads may share it; it never changes but for what it has decoded."""

    def __init__(self, index: Any, shown: tuple[int, int], before: Snapshot | None = None) -> None:
        """`before` is the state until now: what stands in both is not read again."""
        self.shown = shown
        self._lock = threading.RLock()
        self._reader = index.reader()
        self._size: int = self._reader.doc_count_all()
        known = {} if before is None else before.segments
        self._leaves = [(leaf, begin, segment_of(leaf, known)) for leaf, begin in self._reader.leaf_readers()]
        self.segments: dict[str, Segment] = {id_of(leaf): segment for leaf, _, segment in self._leaves}
        """What stands in each segment of the index, by its ID."""
        self.articles: dict[int, Article] = {
            begin + number: article
            for _, begin, segment in self._leaves
            for number, article in segment.articles.items()
        }
        self.words = sorted(set[str]().union(*(segment.words for segment in self.segments.values())))
        """Every word as it is typed, sorted."""
        self.room = max(self.articles, default=-1) + 1
        """Numbers of documents are smaller than this."""
        self.languages = tuple(sorted({each.language for each in self.articles.values()}))
        self._impacts: dict[tuple[str, str], Impact] = {}
        self._counted: dict[str, Impact] = {}
        self._frequencies: dict[str, int] = {}
        self._masks: dict[tuple[str, str, str, str], NDArray[np.bool_]] = {}

    def close(self) -> None:
        """Give the files back."""
        self._reader.close()

    def frequency(self, term: str) -> int:
        """In how many articles a term stands, in question or answer."""
        found = self._frequencies.get(term)
        if found is None:
            found = max(len(self.impact("question", term)[0]), len(self.impact("answer", term)[0]))
            if len(self._frequencies) > _MOST:
                self._frequencies = {}
            self._frequencies[term] = found
        return found

    def scores(self, terms: Mapping[str, float], grams: Mapping[str, float]) -> Floats:
        """What each document gets for weighted terms and grams; the place is the document's number."""
        found = [
            (self.impact(field, term), weight * counts)
            for field, counts in SCORED.items()
            for term, weight in (grams if field == "grams" else terms).items()
        ]
        return summed(found, self.room)

    def counted(self, term: str) -> Impact:
        """The documents that hold a term in any field of words, and what it counts in each, all fields together."""
        found = self._counted.get(term)
        if found is None:
            fields = [(self.impact(field, term), counts) for field, counts in SCORED.items() if field != "grams"]
            where = np.unique(np.concatenate([places for (places, _), _ in fields]))
            total = np.zeros(len(where), np.float32)
            for (places, impacts), counts in fields:
                total[np.searchsorted(where, places)] += impacts * np.float32(counts)
            if len(self._counted) > _MOST:
                self._counted = {}
            found = self._counted[term] = (where, total)
        return found

    def impact(self, field: str, term: str) -> Impact:
        """The documents that hold a term in a field, and what it counts in each."""
        found = self._impacts.get((field, term))
        if found is None:
            with self._lock:
                found = self._impacts[field, term] = self._decoded(field, term)
                if len(self._impacts) > _MOST:
                    self._impacts = {(field, term): found}
        return found

    def mask(self, *, language: str, audience: str, category: str, mailbox: str = "") -> NDArray[np.bool_]:
        """Which documents are articles that pass the filters."""
        from knowledge.store import fits

        wanted = (language, audience, category, mailbox)
        known = self._masks.get(wanted)
        if known is not None:
            return known
        mask = np.zeros(self.room, np.bool_)
        for number, article in self.articles.items():
            mask[number] = fits(article, language=language, audience=audience, category=category, mailbox=mailbox)
        if len(self._masks) < _MASKS:
            self._masks[wanted] = mask
        return mask

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Every word as it is typed, to find mistyped words in."""
        return Vocabulary(self.words)

    def beginning_with(self, start: str, look_at: int = 60) -> list[str]:
        """Words with a beginning, the shortest first."""
        begin = bisect_left(self.words, start)
        end = bisect_left(self.words, start + _LAST, begin, min(begin + look_at, len(self.words)))
        return sorted(self.words[begin:end], key=len)  # they stand sorted already

    def has_word(self, word: str) -> bool:
        """Whether any article holds the word as it is typed."""
        place = bisect_left(self.words, word)
        return place < len(self.words) and self.words[place] == word

    def _decoded(self, field: str, term: str) -> Impact:
        frequency: int = self._reader.doc_frequency(field, term)
        if not frequency:
            return _NOTHING
        where, often = postings(self._reader, field, term)
        average = self._reader.field_length(field) / self._size or 1
        length = self._lengths(field)[where]
        by_length = 0.0 if field in UNMEASURED else B
        rarity = log(self._size / (frequency + 1)) + 1
        return where, (
            rarity * often * (K1 + 1) / (often + K1 * (1 - by_length + by_length * length / average))
        ).astype(np.float32)

    def _lengths(self, field: str) -> Floats:
        known = self._all_lengths.get(field)
        if known is None:
            lengths = [segment.length_of(leaf, field) for leaf, _, segment in self._leaves]
            known = self._all_lengths[field] = np.concatenate([*lengths, _NOTHING[1]])
        return known

    @cached_property
    def _all_lengths(self) -> dict[str, Floats]:
        return {}


_LAST = "\U0010ffff"
"""Behind every letter."""
_MASKS = 100
"""Filters whose articles are remembered."""
_MOST = 200_000
"""Decoded terms that are kept."""
