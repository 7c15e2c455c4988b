"""Words that mean the same in the trade: an own short list, which an operator can extend with a file."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

from knowledge.languages.chains import Chain

LARGEST = 200_000
"""Characters of an operator's list that are read."""

Groups = tuple[tuple[str, ...], ...]


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
    """One group a line, its words set apart by commas; `#` begins a remark."""
    lines = (line.partition("#")[0] for line in text.splitlines())
    found = (tuple(word.strip() for word in line.split(",") if word.strip()) for line in lines)
    return tuple(group for group in found if len(group) > 1)


class Synonyms:
    """For a term, the terms of words that mean the same."""

    def __init__(self, chain: Chain, groups: Iterable[tuple[str, ...]]) -> None:
        self._others: dict[str, dict[str, None]] = {}
        for group in groups:
            terms = [list(dict.fromkeys(chain.terms(word))) for word in group]
            for index, one in enumerate(terms):
                # a phrase is no key (each of its words alone means something else), but it may be an answer
                if len(one) == 0 or " " in group[index]:
                    continue
                others = (term for place, other in enumerate(terms) if place != index for term in other)
                self._others.setdefault(one[0], {}).update(dict.fromkeys(t for t in others if t not in one))

    def of(self, term: str) -> tuple[str, ...]:
        """The terms that mean the same."""
        return tuple(self._others.get(term, ()))
