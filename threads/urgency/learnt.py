"""How surely a mail declares an emergency, by what labelled mails have in common: it knows ways of saying it that no rule names.

A linear judgement over traits that can be read: words by their stems, how they begin and end, two that follow each other,
what they mean to the rules, which meanings stand together in a clause. What is rare counts more. Of a mail those sentences count
that follow each other and say most: what is said before and after it in courtesy takes nothing from it. The weights stand in
`learnt.json`; `benchmarks/learn_urgency.py` makes them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import combinations, groupby, pairwise
from math import fsum, log, sqrt

from threads.urgency.clauses import Clause
from threads.urgency.failing import failing
from threads.words import stem

TOGETHER = 3
"""Sentences that are judged together, with the subject."""
_AFFIX = 5
"""Letters of the beginning and the end of a longer word."""
_SPEAKING = 4
"""Letters that a word has at least that says something to people."""
_COUNTS = {"<": 1.0, "&": 0.5, "!": 1.5, "_": 0.6}
"""What traits count beside words, by how they begin: a meaning, two of them in a clause, that a clause fails by the rules, two words."""
_UNKNOWN = 0.5
"""What a trait counts that no weight is known of, beside a known one as rare: a mail of which little is known is not judged surely."""

Traits = frozenset[str]


@dataclass(frozen=True, slots=True)
class Learnt:
    """The weights, and what is added to their sum."""

    weights: Mapping[str, float]
    count: Mapping[str, float]
    """What each trait counts in a mail that has it."""
    mails: int
    """How many mails it was learnt from."""
    bias: float


@dataclass(frozen=True, slots=True)
class Judged:
    """How surely it is one: above 0 rather than not, and the words that speak for it most."""

    score: float
    words: tuple[str, ...] = ()


def judged(clauses: Sequence[Clause]) -> Judged:
    """How surely the clauses of a mail's subject and text declare an emergency: where they do most."""
    learnt = weights()
    return max((_judged(learnt, *each) for each in _stretches(clauses)), key=lambda each: each.score)


def traits(clauses: Sequence[Clause]) -> Traits:
    """What can be said of some clauses: their words, these words' beginnings and ends, and what they mean to the rules."""
    return frozenset().union(*(_of_sentence(each) for each in _sentences(clauses)))


def counts(trait: str, mails: int, has: int) -> float:
    """What a trait counts beside others that `has` of so many mails have: the rarer, the more (inverse document frequency)."""
    return _COUNTS.get(trait[0], 1.0) * log(1 + mails / has)


def breadth(found: Iterable[str], count: Mapping[str, float], mails: int) -> float:
    """By what the sum of the known weights is divided: the root of the length of all that is said, be it known or not."""
    squares = ((count[each] if each in count else _UNKNOWN * counts(each, mails, 1)) ** 2 for each in found)
    return sqrt(sqrt(fsum(squares))) or 1.0


@cache
def weights() -> Learnt:
    """The weights that come along."""
    found = json.loads((files(__package__) / "learnt.json").read_text("utf-8"))
    count = {trait: counts(trait, found["mails"], has) for trait, (_, has) in found["weights"].items()}
    known = {trait: weight for trait, (weight, _) in found["weights"].items()}
    return Learnt(known, count, found["mails"], found["bias"])


def _judged(learnt: Learnt, found: Traits, clauses: Sequence[Clause]) -> Judged:
    known = {each: learnt.weights[each] * learnt.count[each] for each in found & learnt.weights.keys()}
    said = {stem(word): word for each in clauses for word in each.words if len(word) >= _SPEAKING}
    spoken = sorted((each for each in said if known.get(each, 0.0) > 0), key=lambda each: (-known[each], each))
    score = fsum(known.values()) / breadth(found, learnt.count, learnt.mails) + learnt.bias
    return Judged(score, tuple(said[each] for each in spoken[:2]))


def _stretches(clauses: Sequence[Clause]) -> Iterator[tuple[Traits, Sequence[Clause]]]:
    """The subject with some sentences that follow each other, all there are; each with its traits."""
    sentences = _sentences(clauses)
    head = [each for each in sentences if each[0].sentence < 0]
    body = sentences[len(head) :]
    known = [_of_sentence(each) for each in sentences]
    said = frozenset().union(*known[: len(head)])
    for first in range(max(1, len(body) - TOGETHER + 1)):
        of = known[len(head) + first : len(head) + first + TOGETHER]
        yield said.union(*of), [clause for each in (*head, *body[first : first + TOGETHER]) for clause in each]


def _sentences(clauses: Sequence[Clause]) -> list[list[Clause]]:
    return [list(each) for _, each in groupby(clauses, key=lambda clause: clause.sentence)]


def _of_sentence(clauses: Collection[Clause]) -> Traits:
    return frozenset((*_of_words(clauses), *_of_meanings(clauses)))


def _of_words(clauses: Collection[Clause]) -> Iterator[str]:
    stems = [stem(word) for each in clauses for word in each.words]
    yield from (f"_{one}_{other}" for one, other in pairwise(stems))
    for word in stems:
        yield word
        if len(word) > _AFFIX:
            yield f"^{word[:_AFFIX]}"
            yield f"${word[-_AFFIX:]}"


def _of_meanings(clauses: Iterable[Clause]) -> Iterator[str]:
    for each in clauses:
        meanings = sorted(each.all)
        yield from (f"<{meaning}>" for meaning in meanings)
        yield from (f"&{one}+{other}" for one, other in combinations(meanings, 2))
        if each.asks:
            yield "<asks>"
        if failing(each):
            yield "!fails"
