"""Two evaluations of the same questions: what became better or worse, and whether that is more than chance.

The former one is what `brief faq evaluate --json` printed, so that anything may have changed between the two: articles, synonyms,
the weights, the program itself. Both are judged by the questions as they are labelled now.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from knowledge.evaluate import Answer, by_kind
from knowledge.statistics import CHANCE, mcnemar, sign_flips
from storage.errors import WrongUse

Pair = tuple[Answer, Answer]
"""A question's former answer, and the one now."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure of a kind of question, before and now, over the questions that have one."""

    kind: str
    name: str
    n: int
    before: float
    now: float
    rose: int
    """Questions whose own figure rose."""
    fell: int
    p: float
    """How likely chance alone makes such a difference."""

    @property
    def because(self) -> str:
        """What to make of it."""
        if not self.rose and not self.fell:
            return "as before"
        if self.p >= CHANCE:
            return "may be chance"
        return _VERDICTS.get(self.name, ("better", "worse"))[self.now < self.before]


@dataclass(frozen=True, slots=True)
class Changed:
    """A question that is answered otherwise: `search` and `offer` are 1 where that is better, -1 where it is worse, 0 where it is as it was."""

    before: Answer
    now: Answer
    search: int
    offer: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that changed. `unpaired` are questions that only one of the two evaluations holds."""

    n: int
    unpaired: int
    measured: tuple[Measured, ...]
    changed: tuple[Changed, ...]


def compared(answers: Sequence[Answer], former: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]) -> Comparison:
    """Today's answers beside the former ones. Raises `WrongUse` where an ID stands for two questions."""
    now = {each.question.id: each for each in answers}
    if len(now) != len(answers):
        raise WrongUse("two questions have the same ID; they can be compared once each has its own")
    pairs = [(Answer(each.question, *former[key]), each) for key, each in now.items() if key in former]
    kinds = {**by_kind(pairs, lambda pair: pair[1].question.kind), "": pairs}
    measured = [each for kind, those in kinds.items() for each in _measured(kind, those)]
    changed = [each for pair in pairs if (each := _changed(*pair)).search or each.offer]
    return Comparison(len(pairs), len(now.keys() ^ former.keys()), tuple(measured), tuple(changed))


def read_answers(lines: Iterable[bytes], source: str) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """What each question found and was offered, from what an evaluation printed. Raises `WrongUse` where it is none."""
    found: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    for number, line in enumerate(lines, 1):
        try:
            fields = json.loads(line)
            if not fields.keys() & {"summary", "comparison"}:
                found[str(fields["id"])] = (_names(fields["search"]), _names(fields["suggest"]))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise WrongUse(
                f"{source}, line {number}: this is not what `brief faq evaluate FILE --json` prints"
            ) from error
    return found


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """Plain values, as scripts rely on them."""
    return {
        "n": comparison.n,
        "unpaired": comparison.unpaired,
        "measures": [
            {
                "kind": each.kind or None,
                "measure": each.name,
                "n": each.n,
                "before": round(each.before, 4),
                "now": round(each.now, 4),
                "rose": each.rose,
                "fell": each.fell,
                "p": round(each.p, 6),
                "because": each.because,
            }
            for each in comparison.measured
        ],
        "changed": [
            {"id": each.now.question.id, "kind": each.now.question.kind, "search": each.search, "offer": each.offer}
            for each in comparison.changed
        ],
    }


def _names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError
    return tuple(map(str, value))


def _changed(before: Answer, now: Answer) -> Changed:
    rose = now.reciprocal - before.reciprocal
    search = (rose > 0) - (rose < 0)
    if not now.question.relevant:
        search = 0
    better = _offered(now) - _offered(before)
    return Changed(before, now, search, (better > 0) - (better < 0))


def _offered(answer: Answer) -> int:
    """What an offer is worth: a wrong one is worse than none."""
    return 1 if answer.right else -1 if answer.suggest else 0


_Value = Callable[[Answer], Fraction]
_MEASURES: Mapping[str, tuple[_Value, bool]] = {
    # the name: what a question has of it, and whether only questions count that some article fits
    "recall@1": (lambda each: Fraction(each.rank == 1), True),
    "recall@3": (lambda each: Fraction(1 <= each.rank <= 3), True),
    "mrr@10": (lambda each: each.reciprocal, True),
    "offered": (lambda each: Fraction(bool(each.suggest)), False),
    "right": (lambda each: Fraction(each.right), False),
    "wrong": (lambda each: Fraction(bool(each.suggest) and not each.right), False),
}
_VERDICTS = {"offered": ("more often", "more rarely"), "wrong": ("worse", "better")}
"""What it is where such a figure rises, and where it falls, if not better and worse."""


def _measured(kind: str, pairs: Sequence[Pair]) -> Iterable[Measured]:
    for name, (value, fitting) in _MEASURES.items():
        values = [(value(before), value(now)) for before, now in pairs if now.question.relevant or not fitting]
        if not values:
            continue
        differences = [now - before for before, now in values]
        rose, fell = sum(each > 0 for each in differences), sum(each < 0 for each in differences)
        before, now = (float(sum(column) / len(values)) for column in zip(*values, strict=True))
        p = sign_flips(differences) if name == "mrr@10" else mcnemar(rose, fell)
        yield Measured(kind, name, len(values), before, now, rose, fell, p)
