"""Words that were mistyped: the nearest words of a vocabulary, by Damerau's distance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

TWO_FROM = 8
"""Letters from which a word may hold two mistakes."""
SHORTEST = 4
"""Letters of a word that is corrected."""
LONGEST = 40


class Vocabulary:
    """Words among which the nearest are found quickly.

    A mistake changes at most two of the letters that a word is made of, so whatever differs in more is
    passed over by one operation on all words; only the few that remain are measured.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._words = [word for word in words if SHORTEST - 1 <= len(word) <= LONGEST]
        self._letters = np.fromiter((_letters(word) for word in self._words), np.uint64, len(self._words))
        self._lengths = np.fromiter((len(word) for word in self._words), np.int16, len(self._words))

    def nearest(self, word: str, limit: int = 3) -> list[tuple[str, int]]:
        """The nearest words with their distance, at most one or two mistakes away, the nearest first."""
        if not SHORTEST <= len(word) <= LONGEST or not word.isalpha():
            return []
        most = 2 if len(word) >= TWO_FROM else 1
        near = self._candidates(word, most)
        measured = ((damerau(word, self._words[index], most), self._words[index]) for index in near)
        # where two are equally near, the one which begins alike: the first letter is seldom wrong
        found = sorted(
            (d, other[0] != word[0], abs(len(other) - len(word)), other) for d, other in measured if d <= most
        )
        return [(other, distance) for distance, _, _, other in found if distance == found[0][0]][:limit]

    def _candidates(self, word: str, most: int) -> NDArray[np.intp]:
        changed = np.bitwise_count(self._letters ^ np.uint64(_letters(word)))
        lengths = np.abs(self._lengths - np.int16(len(word)))
        return np.flatnonzero((changed <= 2 * most) & (lengths <= most))


def damerau(one: str, other: str, most: int) -> int:
    """How many letters were changed, left out, added or swapped with the next; above `most` just something greater."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        now = [row]
        for column, against in enumerate(other, 1):
            cost = min(last[column] + 1, now[-1] + 1, last[column - 1] + (letter != against))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == against:
                cost = min(cost, before[column - 2] + 1)
            now.append(cost)
        if min(now) > most:
            return most + 1
        before, last = last, now
    return last[-1]


def _letters(word: str) -> int:
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) % 64)
    return bits
