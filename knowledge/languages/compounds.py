"""Compound words and their parts: Rechnungsadresse is Rechnung and Adresse."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Protocol

from knowledge.languages.words import Step, Word

SHORTEST = 4
"""Letters of a part."""
LONGEST = 40
"""Letters of a word that is still split."""
LINKS = ("s", "es", "n", "en", "er", "e", "ens")
"""What may stand between two parts."""
_LINKS_OF = {last: tuple(link for link in LINKS if link[-1] == last) for last in {link[-1] for link in LINKS}}
"""The same by the letter that they end in."""
KNOWN_FROM = 10
"""Letters from which even a word that the dictionary knows is split, into parts of at least five."""

_NO_PARTS = frozenset(
    [
        "heit",
        "keit",
        "schaft",
        "ungen",
        "lich",
        "isch",
        "erung",
        "ierung",
        "ation",
        "ungs",
        "unge",
        "lung",
        "dung",
        "endung",
        "besch",
        "werde",
        "nieren",
    ]
)


class Known(Protocol):
    """A dictionary."""

    def __contains__(self, word: object) -> bool:
        """Whether it holds a word."""

    def first(self, words: Iterable[str]) -> str:
        """The first of some words that it holds; "" where it holds none of them."""


def splitter(known: Known, foreign: Container[str] = ()) -> Callable[[str], tuple[str, ...]]:
    """A function that gives the parts of a word by a dictionary; () where it is no compound, or a word of a `foreign` one."""

    def is_part(text: str) -> bool:
        return text in known and text not in _NO_PARTS

    def first_part(text: str) -> str:
        """The word of a part that is not the last: without its linking letters; "" where it is none."""
        found = known.first(_words_behind(text))
        if found in _NO_PARTS:
            found = known.first(each for each in _words_behind(text) if each not in _NO_PARTS)
        return found

    @lru_cache(maxsize=50_000)
    def parts(word: str) -> tuple[str, ...]:
        shortest = SHORTEST
        if word in known:
            if len(word) < KNOWN_FROM:
                return ()
            shortest = SHORTEST + 1
        elif word in foreign:
            return ()
        return _fewest(word, shortest, first_part, is_part) if 2 * shortest <= len(word) <= LONGEST else ()

    return parts


def _words_behind(text: str) -> tuple[str, ...]:
    """The words that a part may stand for: itself, without its linking letters, as a verb (Mahn-gebühr, Liefer-zeit)."""
    links = _LINKS_OF.get(text[-1])
    if links is None:
        return text, text + "en", text + "n"
    stems = [text[: -len(link)] for link in links if len(text) >= SHORTEST + len(link) and text.endswith(link)]
    return text, *stems, text + "en", text + "n"


def _fewest(
    word: str, shortest: int, first_part: Callable[[str], str], is_part: Callable[[str], bool]
) -> tuple[str, ...]:
    """The fewest parts that make up a word; of several ways the one with the shortest first part."""
    end = len(word)
    lasts = [begin for begin in range(shortest, end - shortest + 1) if is_part(word[begin:])]
    for begin in lasts:
        if part := first_part(word[:begin]):
            return part, word[begin:]
    if not lasts:
        return ()
    firsts = {cut: part for cut in range(shortest, lasts[-1] - shortest + 1) if (part := first_part(word[:cut]))}
    for begin, first in firsts.items():
        for cut in lasts:
            if cut - begin >= shortest and (part := first_part(word[begin:cut])):
                return first, part, word[cut:]
    return _many(word, shortest, first_part, lasts, firsts) if firsts and end >= 4 * shortest else ()


def _many(
    word: str,
    shortest: int,
    first_part: Callable[[str], str],
    lasts: Sequence[int],
    firsts: Mapping[int, str],
) -> tuple[str, ...]:
    """The same where they are more than three, by where the last and the first may end; backwards, so without recursion."""
    best: dict[int, tuple[str, ...]] = {}
    for begin in (*range(lasts[-1], shortest - 1, -1), 0):
        if begin in lasts:
            best[begin] = (word[begin:],)
            continue
        if 0 < begin < 2 * shortest and begin not in firsts:
            continue  # what stands before is too short to be two parts, and is none
        found: tuple[str, ...] = ()
        for cut, rest in reversed(best.items()):  # the shortest first part first
            if cut - begin < shortest or (found and len(found) <= len(rest) + 1):
                continue
            if part := first_part(word[begin:cut]):
                found = (part, *rest)
        if found:
            best[begin] = found
    return best.get(0, ())


def with_parts(parts: Callable[[str], tuple[str, ...]], weight: float = 0.5) -> Step:
    """A step that sets the parts of a compound behind it; in a query they count less."""

    def add(found: Sequence[Word]) -> list[Word]:
        result: list[Word] = []
        for word in found:
            result.append(word)
            if not word.whole and not word.joined:
                result.extend(Word(part, word.weight * weight) for part in parts(word.text))
        return result

    return add
