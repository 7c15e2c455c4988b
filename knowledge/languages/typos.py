"""Words that were mistyped: the nearest words of a vocabulary, by Damerau's distance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

TWO_FROM = 8
"""Letters from which a word may hold two mistakes."""
SHORTEST = 4
"""Letters of a word that is corrected."""
LONGEST = 40
END = 4
"""Letters of a word's beginning, and of its end."""
MOST = 100
"""Words that are equally near."""
REMEMBERED = 2_000
"""Mistyped words whose nearest are remembered: while one types, the same is asked at each letter."""

_Bits = NDArray[np.uint64]


class Vocabulary:
    """Words among which the nearest are found quickly: only those are measured of which no sign tells that they are too far."""

    def __init__(self, words: Iterable[str]) -> None:
        by_length: dict[int, list[str]] = {}
        for word in words:
            if SHORTEST - 1 <= len(word) <= LONGEST:
                by_length.setdefault(len(word), []).append(word)
        self._signs = {length: _Signs.of(those) for length, those in by_length.items()}
        self._remembered = lru_cache(maxsize=REMEMBERED)(self._nearest)

    def nearest(self, word: str, limit: int = 3) -> list[tuple[str, int]]:
        """The nearest words with their distance, at most one or two mistakes away, the nearest first."""
        if not SHORTEST <= len(word) <= LONGEST or not word.isalpha():
            return []
        return list(self._remembered(word)[:limit])

    def _nearest(self, word: str) -> tuple[tuple[str, int], ...]:
        for most in range(1, 3 if len(word) >= TWO_FROM else 2):
            near = list(self._candidates(word, most))
            # where two are equally near, the one which begins alike: the first letter is seldom wrong
            found = sorted(
                (d, other[0] != word[0], abs(len(other) - len(word)), other)
                for d, other in zip(damerau(word, near).tolist(), near, strict=True)
                if d <= most
            )
            if found:
                return tuple((other, distance) for distance, _, _, other in found if distance == found[0][0])[:MOST]
        return ()

    def _candidates(self, word: str, most: int) -> Iterator[str]:
        for length in range(len(word) - most, len(word) + most + 1):
            if (signs := self._signs.get(length)) is not None:
                yield from signs.near(word, most)


@dataclass(frozen=True, slots=True)
class _Signs:
    """Words of one length, each with the letters that it holds at all, at its beginning, and at its end, as bits."""

    words: list[str]
    whole: _Bits
    head: _Bits
    tail: _Bits

    @classmethod
    def of(cls, words: list[str]) -> _Signs:
        letters = _letters(words)
        ends = np.uint64(1) << letters.astype(np.uint64) % np.uint64(64)
        behind = max(END, len(letters) - END)
        head, tail = (np.bitwise_or.reduce(part, axis=0) for part in (ends[:END], ends[behind:]))
        return cls(words, _counted(ends), head, tail)

    def near(self, word: str, most: int) -> list[str]:
        """Those that may be so few mistakes away.

        A mistake changes the numbers of at most two letters, moves each letter by at most one place, and brings at most one
        that stood nowhere near.
        """
        ends = np.uint64(1) << _letters([word]).astype(np.uint64) % np.uint64(64)
        head, tail = (np.bitwise_or.reduce(part, axis=None) for part in (ends[: END + most], ends[-END - most :]))
        changed = np.bitwise_count(self.whole ^ _counted(ends))
        strange = np.bitwise_count(self.head & ~head) + np.bitwise_count(self.tail & ~tail)
        return [self.words[place] for place in np.flatnonzero((changed <= 2 * most) & (strange <= most)).tolist()]


def _counted(bits: _Bits) -> _Bits:
    """For each word which letters stand in it, and which of them more than once."""
    once, twice = np.zeros(bits.shape[1], np.uint64), np.zeros(bits.shape[1], np.uint64)
    for row in bits:
        twice |= once & row
        once |= row
    half = np.uint64(32)
    return once ^ (twice << half | twice >> half)


def _letters(words: Sequence[str]) -> NDArray[np.uint32]:
    """The letters of words, a row for each place; where a word has ended, 0."""
    wide = max((1, *map(len, words)))
    return np.array(words, f"<U{wide}").view(np.uint32).reshape(len(words), wide).T


def damerau(one: str, others: Sequence[str]) -> NDArray[np.int16]:
    """How many letters of a word were changed, left out, added or swapped with the next in each of the others.

    A row of the table is made for all the others at once: only few operations are done for a word however many they are.
    """
    lengths = np.fromiter(map(len, others), np.int16, len(others))
    letters = _letters(others)
    columns = np.arange(len(letters) + 1, dtype=np.int16)[:, None]
    last = np.repeat(columns, len(others), axis=1)
    before, same_before = last, np.zeros_like(letters, np.bool_)
    for row, letter in enumerate(one, 1):
        same = letters == ord(letter)
        now = last + np.int16(1)
        np.minimum(now[1:], last[:-1] + ~same, out=now[1:])
        if row > 1:
            swapped = np.where(same[:-1] & same_before[1:], before[:-2] + np.int16(1), now[2:])
            np.minimum(now[2:], swapped, out=now[2:])
        # what is added costs one more than the place before it, however many are added
        now = np.minimum.accumulate(now - columns, axis=0) + columns
        before, last, same_before = last, now, same
    return last[lengths, np.arange(len(others))]
