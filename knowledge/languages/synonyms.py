"""Words that mean the same in the trade: an own short list, which an operator can extend with a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from knowledge.languages.chains import Chain
from knowledge.languages.words import words

LARGEST = 200_000
"""Characters of an operator's list that are read."""

NEAR = 4
"""Words that may stand between those of a phrase, all in all."""
PHRASE = 6
"""Words of a phrase; what is longer is passed over."""


@dataclass(frozen=True, slots=True)
class Group:
    """Words and phrases of which each leads to the others; with `to`, only to those."""

    words: tuple[str, ...]
    to: tuple[str, ...] = ()


Groups = tuple[Group, ...]


def own_groups(language: str) -> Groups:
    """The list that comes along."""
    file = files(__package__) / "data" / f"synonyms.{language}.txt"
    return groups_in(file.read_text("utf-8")) if file.is_file() else ()


def groups_of(path: Path) -> Groups:
    """An operator's list; () where there is none."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return groups_in(file.read(LARGEST))
    except OSError:
        return ()


def groups_in(text: str) -> Groups:
    """One group a line, its words set apart by commas; `a > b` leads from a to b alone; `#` begins a remark."""
    lines = (line.partition("#")[0].partition(">") for line in text.splitlines())
    found = (Group(_members(words), _members(to)) for words, _, to in lines)
    return tuple(group for group in found if group.words and (group.to or len(group.words) > 1))


def _members(text: str) -> tuple[str, ...]:
    return tuple(member.strip() for member in text.split(",") if member.strip())


class Synonyms:
    """For a term, or for a phrase of a sentence, the terms of words that mean the same."""

    def __init__(self, chain: Chain, groups: Iterable[Group]) -> None:
        self._chain = chain
        self._others: dict[str, list[tuple[str, Group]]] = {}
        self._phrases: dict[str, list[tuple[frozenset[str], str, Group]]] = {}
        self.of = lru_cache(maxsize=10_000)(self._of)
        self._telling = lru_cache(maxsize=10_000)(self._terms)
        # the terms that a word leads to are made when it is met: making all of them would hold up the first search
        for group in groups:
            for word in group.words:
                self._add(word, group)

    def phrases(self, sentence: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Each phrase whose words stand near one another in a sentence, in any order and form, with the terms that mean the same."""
        stems = [self._chain.stem(word) for word in sentence]
        places: dict[str, list[int]] = {}
        for place, stem in enumerate(stems):
            places.setdefault(stem, []).append(place)
        for stem, where in places.items():
            for wanted, phrase, group in self._phrases.get(stem, ()):
                if wanted <= places.keys() and any(_near(wanted, stems, place) for place in where):
                    yield phrase, self._led_to(phrase, group)

    def _of(self, term: str) -> tuple[str, ...]:
        """The terms that mean the same as one."""
        found = (other for word, group in self._others.get(term, ()) for other in self._led_to(word, group))
        return tuple(dict.fromkeys(other for other in found if other != term))

    def _led_to(self, word: str, group: Group) -> tuple[str, ...]:
        own = self._telling(word) if " " not in word else ()
        others = (term for other in group.to or group.words if other != word for term in self._telling(other))
        return tuple(dict.fromkeys(term for term in others if term not in own))

    def _terms(self, word: str) -> tuple[str, ...]:
        """Of a phrase only the terms that tell something: Adresse ändern is about addresses."""
        terms = tuple(dict.fromkeys(self._chain.terms(word)))
        return tuple(term for term in terms if len(terms) == 1 or not self._chain.is_common(term))

    def _add(self, word: str, group: Group) -> None:
        stems = [self._chain.stem(each.text) for each in words(word)]
        if " " not in word and stems:
            self._others.setdefault(stems[0], []).append((word, group))
        elif 1 < len(set(stems)) <= PHRASE:
            # under its longest word, which is the rarest as a rule
            self._phrases.setdefault(max(stems, key=len), []).append((frozenset(stems), word, group))


def _near(wanted: frozenset[str], stems: Sequence[str], place: int) -> bool:
    """Whether the words of a phrase stand near the one at a place."""
    reach = len(wanted) + NEAR
    return any(wanted <= set(stems[begin : begin + reach]) for begin in range(max(0, place - reach + 1), place + 1))
