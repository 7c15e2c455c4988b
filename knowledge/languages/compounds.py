"""Compound words and their parts: Rechnungsadresse is Rechnung and Adresse."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from functools import lru_cache

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


def splitter(known: Container[str], foreign: Container[str] = ()) -> Callable[[str], tuple[str, ...]]:
    """A function that gives the parts of a word by a dictionary; () where it is no compound, or a word of a `foreign` one."""

    def is_part(text: str) -> bool:
        return text in known and text not in _NO_PARTS

    @lru_cache(maxsize=50_000)
    def first_part(text: str) -> str:
        """The word of a part that is not the last: without its linking letters; "" where it is none."""
        return next((each for each in _words_behind(text) if is_part(each)), "")

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


def _words_behind(text: str) -> Iterator[str]:
    """The words that a part may stand for: itself, without its linking letters, as a verb (Mahn-gebühr, Liefer-zeit)."""
    yield text
    for link in _LINKS_OF.get(text[-1], ()):
        if len(text) >= SHORTEST + len(link) and text.endswith(link):
            yield text[: -len(link)]
    yield text + "en"
    yield text + "n"


def _fewest(
    word: str, shortest: int, first_part: Callable[[str], str], is_part: Callable[[str], bool]
) -> tuple[str, ...]:
    """The fewest parts that make up a word, the longest last; from the end to the beginning, so without recursion."""
    best: dict[int, tuple[str, ...]] = {}
    for begin in (*range(len(word) - shortest, shortest - 1, -1), 0):
        if begin and is_part(word[begin:]):
            best[begin] = (word[begin:],)
            continue
        if 0 < begin < 2 * shortest and best and not first_part(word[:begin]):
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
