"""How surely a mail declares an emergency, by what labelled mails have in common: it knows ways of saying it that no rule names.

A linear judgement over traits that can be read: words by their stems, how they begin and end, two that follow each other,
what they mean to the rules, which meanings stand together in a clause. What is rare counts more. The weights stand in `learnt.json`; `benchmarks/learn_urgency.py` makes them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import combinations, pairwise
from math import log, sqrt

from threads.urgency.clauses import Clause
from threads.urgency.failing import failing
from threads.words import fold, stem

LONGEST = 4_000
"""Characters that are read: who declares an emergency says so before."""
MOST = 400
"""Words that are read."""
_WORD = re.compile(r"[^\W_]+")
_AFFIX = 5
"""Letters of the beginning and the end of a longer word."""
_SPEAKING = 4
"""Letters that a word has at least that says something to people."""
_COUNTS = {"<": 1.0, "&": 0.5, "!": 1.5, "_": 0.6}
"""What traits count beside words, by how they begin: a meaning, two of them in a clause, that a clause fails by the rules, two words."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """The weights, and what is added to their sum."""

    weights: Mapping[str, float]
    count: Mapping[str, float]
    """What each trait counts in a mail that has it."""
    bias: float


@dataclass(frozen=True, slots=True)
class Judged:
    """How surely it is one: above 0 rather than not, and the words that speak for it most."""

    score: float
    words: tuple[str, ...] = ()


def judged(subject: str, text: str, clauses: Sequence[Clause]) -> Judged:
    """How surely a mail declares an emergency; `clauses` are those of its subject and its text."""
    learnt = weights()
    found = [each for each in traits(subject, text, clauses) if each in learnt.weights]
    known = {each: learnt.weights[each] * learnt.count[each] for each in found}
    length = sqrt(sum(learnt.count[each] ** 2 for each in found)) or 1.0
    said = {stem(word): word for word in _words(subject, text) if len(word) >= _SPEAKING}
    spoken = sorted((each for each in said if known.get(each, 0.0) > 0), key=lambda each: (-known[each], each))
    return Judged(sum(known.values()) / length + learnt.bias, tuple(said[each] for each in spoken[:2]))


def traits(subject: str, text: str, clauses: Sequence[Clause]) -> frozenset[str]:
    """What can be said of a mail: its words, their beginnings and ends, and what its clauses mean to the rules."""
    return frozenset((*_of_words(subject, text), *_of_clauses(clauses)))


def counts(trait: str, mails: int, has: int) -> float:
    """What a trait counts beside others that `has` of so many mails have: the rarer, the more (inverse document frequency)."""
    return _COUNTS.get(trait[0], 1.0) * log(1 + mails / has)


@cache
def weights() -> Learnt:
    """The weights that come along."""
    found = json.loads((files(__package__) / "learnt.json").read_text("utf-8"))
    count = {trait: counts(trait, found["mails"], has) for trait, (_, has) in found["weights"].items()}
    return Learnt({trait: weight for trait, (weight, _) in found["weights"].items()}, count, found["bias"])


def _words(subject: str, text: str) -> Iterator[str]:
    for said in (subject[:LONGEST], text[:LONGEST]):
        yield from _WORD.findall(fold(said))[:MOST]


def _of_words(subject: str, text: str) -> Iterator[str]:
    stems = [stem(word) for word in _words(subject, text)]
    yield from (f"_{one}_{other}" for one, other in pairwise(stems))
    for word in stems:
        yield word
        if len(word) > _AFFIX:
            yield f"^{word[:_AFFIX]}"
            yield f"${word[-_AFFIX:]}"


def _of_clauses(clauses: Iterable[Clause]) -> Iterator[str]:
    for each in clauses:
        meanings = sorted(each.all)
        yield from (f"<{meaning}>" for meaning in meanings)
        yield from (f"&{one}+{other}" for one, other in combinations(meanings, 2))
        if each.asks:
            yield "<asks>"
        if failing(each):
            yield "!fails"
