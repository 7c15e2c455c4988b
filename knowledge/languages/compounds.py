"""Compound words and their parts: Rechnungsadresse is Rechnung and Adresse."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from functools import lru_cache

from knowledge.languages.words import Step, Word

SHORTEST = 4
"""Letters of a part."""
LONGEST = 40
"""Letters of a word that is still split."""
LINKS = ("s", "es", "n", "en", "er", "e", "ens")
"""What may stand between two parts."""
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

    @lru_cache(maxsize=50_000)
    def is_part(text: str) -> bool:
        return text not in _NO_PARTS and text in known

    @lru_cache(maxsize=50_000)
    def first_part(text: str) -> str:
        """The word of a part that is not the last: without its linking letters; "" where it is none."""
        if is_part(text):
            return text
        bare = [text[: -len(link)] for link in LINKS if text.endswith(link)]
        verbs = [text + ending for ending in ("en", "n")]  # Mahn-gebühr, Liefer-zeit
        return next((each for each in bare + verbs if len(each) >= SHORTEST and is_part(each)), "")

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


def _fewest(
    word: str, shortest: int, first_part: Callable[[str], str], is_part: Callable[[str], bool]
) -> tuple[str, ...]:
    """The fewest parts that make up a word, the longest last; from the end to the beginning, so without recursion."""
    best: dict[int, tuple[str, ...]] = {}
    for begin in range(len(word) - shortest, -1, -1):
        if begin and is_part(word[begin:]):
            best[begin] = (word[begin:],)
            continue
        for cut in range(begin + shortest, len(word) - shortest + 1):
            rest = best.get(cut)
            if rest is None or (begin in best and len(best[begin]) <= len(rest) + 1):
                continue
            if part := first_part(word[begin:cut]):
                best[begin] = (part, *rest)
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
