"""How well the knowledge base answers, on the terminal: shares with their intervals, and what changed."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from knowledge.comparison import Changed, Comparison, Measured
from knowledge.evaluate import Answer, by_kind, measures
from knowledge.statistics import Estimate
from service.harmless import line
from service.terminal import READABLE, hang
from service.terminal_grid import Column, grid
from templates.amounts import counted

_SHARES = ("recall@1", "recall@3", "mrr@10", "offered", "right", "wrong")


def evaluation(to: Console, answers: Sequence[Answer]) -> None:
    """A table by kind, each share in per cent with its interval below."""
    kinds = by_kind(answers, lambda each: each.question.kind)
    if len(kinds) > 1:
        kinds["all"] = list(answers)
    rows = []
    for kind, those in kinds.items():
        found = measures(those)
        shares = (found.recall_at_1, found.recall_at_3, found.mrr, found.offered, found.right, found.wrong)
        rows.append([Text(line(kind), "handle"), Text(str(found.n)), *(Text(_percent(each)) for each in shares)])
        rows.append([Text(), Text(), *(Text(_interval(each), "quiet") for each in shares)])
    columns = [Column("kind", 8, 24), Column("n", right=True), *(Column(name, right=True) for name in _SHARES)]
    grid(to, columns, rows, headed=True)
    hang(to, Text(), Text("In per cent, with the interval that it lies in with 95 %.", "quiet"), widest=READABLE)


def difference(to: Console, comparison: Comparison) -> None:
    """What changed since another evaluation: the figures, then the questions."""
    to.print()
    moved = [each for each in comparison.measured if each.rose or each.fell]
    said = f"{counted(comparison.n, 'question', 'questions')} in both"
    if comparison.unpaired:
        said += f", {comparison.unpaired} in one alone and left out"
    to.print(Text(f"{said}." if moved or comparison.changed else f"{said}; nothing changed."), soft_wrap=True)
    if moved:
        _figures(to, moved)
    for heading, sign in (("Better", 1), ("Worse", -1)):
        those = [each for each in comparison.changed if sign in (each.search, each.offer)]
        if those:
            to.print()
            to.print(Text(f"{heading}:", "bold"))
            _questions(to, those)


def _figures(to: Console, moved: Sequence[Measured]) -> None:
    columns = [Column("kind", 8, 24), Column("figure")]
    columns += [Column(name, right=True) for name in ("before", "now", "rose", "fell", "p")]
    rows = [
        [
            Text(line(each.kind or "all"), "handle"),
            Text(each.name),
            Text(f"{each.before:.1%}"),
            Text(f"{each.now:.1%}"),
            Text(str(each.rose)),
            Text(str(each.fell)),
            Text("<0.001" if each.p < 0.001 else f"{each.p:.3f}"),
            Text(each.because, "quiet" if each.because == "may be chance" else ""),
        ]
        for each in moved
    ]
    grid(to, [*columns, Column("")], rows, headed=True)


def _questions(to: Console, those: Sequence[Changed]) -> None:
    rows = [
        [Text(line(each.now.question.id), "handle"), Text(line(each.now.question.kind), "quiet"), Text(_became(each))]
        for each in those
    ]
    grid(to, [Column("question", 8, 40), Column("kind", 6, 24), Column("")], rows)


def _became(one: Changed) -> str:
    """What became of a question: "rank 4, now 1; offered nothing, now right"."""
    parts = []
    if one.search:
        parts.append(f"rank {one.before.rank or '-'}, now {one.now.rank or '-'}")
    if one.offer:
        parts.append(f"offered {_offer(one.before)}, now {_offer(one.now)}")
    return "; ".join(parts)


def _offer(answer: Answer) -> str:
    return "right" if answer.right else "wrong" if answer.suggest else "nothing"


def _percent(one: Estimate | None) -> str:
    return "-" if one is None else f"{100 * one.value:.0f}"


def _interval(one: Estimate | None) -> str:
    return "" if one is None else f"{100 * one.low:.0f}-{100 * one.high:.0f}"
