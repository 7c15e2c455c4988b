"""What a word means to one who looks for an emergency: in any form, as part of a compound, and mistyped."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache, lru_cache

from knowledge.languages.chains import chain
from threads.urgency.vocabulary import COMPOUND_HEADS, HOST_NAME, MEANINGS, NO_THING
from threads.words import stem

Meanings = frozenset[str]
THINGS = frozenset({"server", "site", "service", "weak"})
_NOTHING: Meanings = frozenset()
_HOST = re.compile(HOST_NAME)
_SHORTEST_MISTYPED = 4
_SHORTEST_LACKING = 6
"""Letters from which a word may lack a letter, or hold one too many; below only two neighbours may be swapped."""
_LONGEST = 40
_INFLECTED = ("s", "n")
_SHORTEST_INFLECTED = 4
"""Letters of a last part that is also looked for with an ending."""
_BEFORE_HEAD = 2
"""Letters that a compound has at least before its last part."""


@lru_cache(maxsize=65536)
def meanings_of(word: str) -> Meanings:
    """What a folded word may mean, () for most words."""
    if len(word) > _LONGEST:
        return _NOTHING
    plain = _plain(word)
    return plain or _mistyped(word)


def _plain(word: str) -> Meanings:
    known = _known()
    found = known.exact.get(word, _NOTHING) | known.stems.get(stem(word), _NOTHING)
    found |= frozenset(name for start, name in known.starts.get(word[:3], ()) if word.startswith(start))
    if word in NO_THING:
        return found - THINGS
    found |= _by_compound(word)
    return found | {"server"} if _HOST.fullmatch(word) else found


def _by_compound(word: str) -> Meanings:
    """What a compound means by its last part, also in the genitive and plural ("Datenbankservers"); a Datenbank is no bank."""
    found = frozenset(_by_end(word))
    if word.endswith(_INFLECTED):
        found |= THINGS.intersection(_by_end(word[:-1], _SHORTEST_INFLECTED))
    if found & THINGS:
        found -= {"third"}
    for head in COMPOUND_HEADS:
        if word.startswith(head) and len(word) > len(head) + _BEFORE_HEAD:
            found |= _known().exact[head]
    return found


def _by_end(word: str, shortest: int = 3) -> Iterator[str]:
    known = _known()
    for length in range(shortest, len(word) - _BEFORE_HEAD + 1):
        yield from known.ends.get(word[-length:], ())


def _mistyped(word: str) -> Meanings:
    """What a word means once a slip of the fingers is put right; a word that a dictionary holds has none."""
    if len(word) < _SHORTEST_MISTYPED or not word.isalpha() or not word.isascii():
        return _NOTHING
    swapped = [word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)]
    found = [meant for each in swapped if (meant := _known().exact.get(each))]
    if not found and len(word) >= _SHORTEST_LACKING:
        found = [meant for each in _lacking(word) if (meant := _plain_near(each))]
    if not found or any(chain(language).knows(word) for language in ("de", "en")):
        return _NOTHING
    return found[0]


def _lacking(word: str) -> Iterator[str]:
    yield word
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]


def _plain_near(word: str) -> Meanings:
    """What a word means that has a letter less than this, or is this."""
    known = _known()
    return known.exact.get(word, _NOTHING) or known.lacking.get(word, _NOTHING)


class _Known:
    """The vocabulary by how it is looked up."""

    def __init__(self) -> None:
        exact: defaultdict[str, set[str]] = defaultdict(set)
        self.starts: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        self.ends: defaultdict[str, list[str]] = defaultdict(list)
        stems: defaultdict[str, set[str]] = defaultdict(set)
        lacking: defaultdict[str, set[str]] = defaultdict(set)
        for name, words in MEANINGS.items():
            for word in words:
                bare = word.strip("*")
                if word.startswith("*"):
                    self.ends[bare].append(name)
                elif word.endswith("*"):
                    self.starts[bare[:3]].append((bare, name))
                else:
                    exact[bare].add(name)
                    stems[stem(bare)].add(name)
        for word, names in exact.items():
            if len(word) >= _SHORTEST_LACKING:
                for at in range(1, len(word)):
                    lacking[word[:at] + word[at + 1 :]] |= names
        self.exact = {word: frozenset(names) for word, names in exact.items()}
        self.stems = {word: frozenset(names) for word, names in stems.items() if len(word) >= _SHORTEST_LACKING}
        self.lacking = {word: frozenset(names) for word, names in lacking.items()}


@cache
def _known() -> _Known:
    return _Known()
