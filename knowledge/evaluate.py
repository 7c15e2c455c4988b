"""How well the knowledge base answers: labelled questions in, what was found and offered out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import IO, Any, TypeVar

from knowledge.files import BadRecord
from knowledge.index import Index
from knowledge.statistics import Estimate, mean, share
from knowledge.suggest import ranked, suggest
from templates.amounts import size

One = TypeVar("One")

LARGEST = 1_000_000
"""Bytes of one question."""
FOUND = 10
OFFERED = 3


@dataclass(frozen=True, slots=True)
class Question:
    """A search or a mail, with the articles that answer it; none where nothing fits."""

    id: str
    kind: str
    text: str
    is_mail: bool
    relevant: frozenset[str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question found, the best first, and what an acknowledgement would quote."""

    question: Question
    search: tuple[str, ...]
    suggest: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain values, as scripts rely on them."""
        return {
            "id": self.question.id,
            "kind": self.question.kind,
            "search": list(self.search),
            "suggest": list(self.suggest),
        }

    @property
    def rank(self) -> int:
        """The place of the first right article, from 1; 0 where none was found."""
        places = (place for place, each in enumerate(self.search, 1) if each in self.question.relevant)
        return next(places, 0)

    @property
    def reciprocal(self) -> Fraction:
        """One by the rank; 0 where nothing right was found."""
        return Fraction(1, self.rank) if self.rank else Fraction(0)

    @property
    def right(self) -> bool:
        """Whether a right article was offered."""
        return bool(self.question.relevant & set(self.suggest))


def read_questions(lines: IO[bytes], source: str) -> Iterator[Question | BadRecord]:
    """Each labelled question of a JSON Lines file, or what is wrong with it."""
    number = 0
    while line := lines.readline(LARGEST + 1):
        number += 1
        if len(line) > LARGEST:
            yield BadRecord(source, number, f"the line is longer than {size(LARGEST)}; what follows is not read")
            return
        if line.strip():
            yield _question(line, source, number)


def answered(
    index: Index, questions: Iterable[Question], *, language: str = "", patience: float = 0.0
) -> Iterator[Answer]:
    """What each question finds. A mail is searched for by its question, as a suggestion would be.

    `patience`: seconds that each sentence waits for its meaning.
    """
    for each in questions:
        if each.is_mail:
            found = ranked(index, each.text, language=language, limit=FOUND)
        else:
            results = index.search(each.text, language=language, limit=FOUND, patience=patience)
            found = [one.article.id for one in results]
        offered = [
            one.found.article.id for one in suggest(index, each.text, language=language, limit=OFFERED) if one.sure
        ]
        yield Answer(each, tuple(found), tuple(offered))


def summary(answers: Iterable[Answer]) -> dict[str, dict[str, float | int | None]]:
    """For each kind: how many, the figures of the search (None where nothing fits), and how many were offered something, right and wrong."""
    return {kind: _figures(those) for kind, those in by_kind(answers, lambda each: each.question.kind).items()}


@dataclass(frozen=True, slots=True)
class Measures:
    """How well a kind of question is answered, each figure with its interval; None where no question has one.

    The figures of the search are of the questions that some article fits; what was offered is a share of all.
    """

    n: int
    recall_at_1: Estimate | None
    recall_at_3: Estimate | None
    mrr: Estimate | None
    offered: Estimate | None
    right: Estimate | None
    wrong: Estimate | None


def measures(answers: list[Answer]) -> Measures:
    """The figures of some questions, as people read them."""
    fit = [each for each in answers if each.question.relevant]
    offered, right, n = sum(bool(each.suggest) for each in answers), sum(each.right for each in answers), len(answers)
    return Measures(
        n,
        share(sum(each.rank == 1 for each in fit), len(fit)),
        share(sum(1 <= each.rank <= 3 for each in fit), len(fit)),
        mean([float(each.reciprocal) for each in fit]),
        share(offered, n),
        share(right, n),
        share(offered - right, n),
    )


def by_kind(those: Iterable[One], kind_of: Callable[[One], str]) -> dict[str, list[One]]:
    """Those of each kind, the kinds by their names."""
    kinds: dict[str, list[One]] = {}
    for one in those:
        kinds.setdefault(kind_of(one), []).append(one)
    return dict(sorted(kinds.items()))


def _figures(answers: list[Answer]) -> dict[str, float | int | None]:
    fit = [each for each in answers if each.question.relevant]
    right = sum(each.right for each in answers)
    suggested = sum(bool(each.suggest) for each in answers)

    def part(values: Iterable[float]) -> float | None:
        return round(sum(values) / len(fit), 4) if fit else None

    return {
        "n": len(answers),
        "recall@1": part(each.rank == 1 for each in fit),
        "recall@3": part(1 <= each.rank <= 3 for each in fit),
        "mrr@10": part(float(each.reciprocal) for each in fit),
        "suggested": suggested,
        "right": right,
        "wrong": suggested - right,
    }


def _question(line: bytes, source: str, number: int) -> Question | BadRecord:
    try:
        fields = json.loads(line.decode("utf-8"))
        is_mail = "mail" in fields
        text, relevant = fields["mail" if is_mail else "query"], fields["relevant"]
        if isinstance(text, str) and isinstance(relevant, list):
            return Question(str(fields["id"]), str(fields["kind"]), text, is_mail, frozenset(map(str, relevant)))
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    wanted = '{"id", "kind", "query" or "mail", "relevant": [...]}'
    return BadRecord(source, number, f"the line must be an object {wanted}")
