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
        near = [self._words[index] for index in self._candidates(word, most)]
        measured = zip(damerau(word, near).tolist(), near, strict=True)
        # where two are equally near, the one which begins alike: the first letter is seldom wrong
        found = sorted(
            (d, other[0] != word[0], abs(len(other) - len(word)), other) for d, other in measured if d <= most
        )
        return [(other, distance) for distance, _, _, other in found if distance == found[0][0]][:limit]

    def _candidates(self, word: str, most: int) -> NDArray[np.intp]:
        changed = np.bitwise_count(self._letters ^ np.uint64(_letters(word)))
        lengths = np.abs(self._lengths - np.int16(len(word)))
        return np.flatnonzero((changed <= 2 * most) & (lengths <= most))


def damerau(one: str, others: Sequence[str]) -> NDArray[np.int16]:
    """How many letters of a word were changed, left out, added or swapped with the next in each of the others.

    A row of the table is made for all the others at once: only few operations are done for a word however many they are.
    """
    lengths = np.fromiter(map(len, others), np.int16, len(others))
    wide = int(lengths.max(initial=1))
    letters = np.array(others, f"<U{wide}").view(np.uint32).reshape(len(others), wide).T
    columns = np.arange(wide + 1, dtype=np.int16)[:, None]
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


def _letters(word: str) -> int:
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) % 64)
    return bits
