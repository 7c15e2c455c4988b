"""Make `knowledge/weights.json`: how likely an article answers, learnt from labelled questions.

    python benchmarks/learn_suggest.py [--semantic] [--write]

With `--semantic` it makes `knowledge/weights_with_meaning.json`, for desks with the extra of that name.

The questions are of two FAQs, of quite different companies. Each is asked of all articles of its own, of twenty and of a handful, and also where the articles that answer it are
taken away, so that nothing fits. A logistic regression (Newton's method, with a prior that keeps weights small) is
fitted to the figures of the first three candidates, and of those nearest in meaning, once for short texts and once for mails. The two thresholds
are those likelihoods above which a given share of the questions that nothing fits would still be offered
something; for them the likelihoods come from a regression that never saw the question nor its articles (five
folds by article). The holding half of the questions has no part in it: the tests judge with it. With `--write`
the file is written; without, it is only shown.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from knowledge.article import Article
from knowledge.embedder import Embedder
from knowledge.embedder import Floats as Vector
from knowledge.evaluate import Question, read_questions
from knowledge.evidence import NAMES
from knowledge.files import read_articles
from knowledge.index import Index
from knowledge.meaning import Meaning
from knowledge.store import put_articles
from knowledge.suggest import candidates, is_long
from storage.database import open_database, sqlite_url

ROOT = Path(__file__).parent.parent
OF_TESTS = ROOT / "tests/unit/knowledge"
FAQS = {
    ROOT / "knowledge/sample": ("questions.jsonl", "questions_learning.jsonl"),
    OF_TESTS / "second_faq.jsonl": ("second_questions_learning.jsonl",),
}
"""The articles, and the questions that are learnt from."""
SIZES = {6: 0.12, 20: 0.3}
"""Articles of a small collection, and the share of questions that are asked of it though it has no answer."""
WRITTEN = {False: "weights.json", True: "weights_with_meaning.json"}
PATIENCE = 3600.0
"""Seconds that the model may take: a busy machine must not change what is learnt."""
CONSIDERED = 3
FOLDS = 5
PRIOR = 10.0
OFFERED_SHOWN = {False: {"query": 0.25, "mail": 0.35}, True: {"query": 0.25, "mail": 0.45}}
OFFERED_SURE = {False: {"query": 0.025, "mail": 0.13}, True: {"query": 0.02, "mail": 0.32}}
"""The share of cases that nothing fits which agents, and customers, may be offered something for. In most of these cases a
small collection holds an article near to the matter; mails that nothing fits in life are offered half as often, or less.
By meaning the nearest of a few articles is far ahead of the others, so that such cases count for still less: over whole
FAQs hardly more are offered with these shares than by words with theirs, and half as many mails again their right article."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """One question asked of one collection."""

    considered: list[bool]
    """Which candidates the regression learns from."""
    figures: list[tuple[float, ...]]
    right: list[bool]
    is_long: bool
    fold: int
    counts: bool
    """Whether it counts for the thresholds: nothing fits it."""


class Remembering(Embedder):
    """The model, asked once about each question, of however many collections that is asked."""

    def __init__(self, within: float) -> None:
        super().__init__(within)
        self._known: dict[str, Vector | None] = {}

    def of_question(self, text: str) -> Vector | None:
        if text not in self._known:
            self._known[text] = super().of_question(text)
        return self._known[text]


def index_of(articles: Sequence[Article], folder: Path, embedder: Embedder | None = None) -> Index:
    database = open_database(sqlite_url(folder))
    database.make_ready()
    with database.writing() as session:
        put_articles(session, articles, datetime.now(UTC))
    meaning = None if embedder is None else Meaning(folder.parent / "meaning", embedder)
    index = Index(None, database, meaning)
    index.refresh()
    if meaning is not None:
        assert meaning.ready(PATIENCE), "the vectors of the articles could not be made"
    return index


def case(index: Index, question: Question, *, taken: bool = False) -> Case:
    """The figures of the first candidates, and whether each answers; `taken`: without those that do."""
    snapshot = index.snapshot()
    without = question.relevant if taken else frozenset()
    query, found = candidates(index, snapshot, question.text, without=without)
    figures = [each.evidence.values() for each in found]
    right = [snapshot.articles[each.place].id in question.relevant for each in found]
    considered = [number < CONSIDERED or each.nearest for number, each in enumerate(found)]
    return Case(considered, figures, right, is_long(query), fold_of(question), not any(right))


def fold_of(question: Question) -> int:
    """Questions of the same article are in the same fold."""
    return crc32((min(question.relevant, default=question.text)).encode()) % FOLDS


def cases(
    articles: Sequence[Article], questions: Sequence[Question], folder: Path, embedder: Embedder | None
) -> Iterator[Case]:
    """Each question over all articles, also with its answers taken away, and over small collections."""
    everything = index_of(articles, folder / "all.sqlite", embedder)
    dice = random.Random(7)  # always the same collections
    mixed = list(articles)
    dice.shuffle(mixed)
    small = [
        (some, SIZES[size], index_of(some, folder / f"{size}-{begin}.sqlite", embedder))
        for size in SIZES
        for begin in range(0, len(mixed) - 2, size)
        for some in [mixed[begin : begin + size]]
    ]
    for question in questions:
        yield case(everything, question)
        if question.relevant:
            yield case(everything, question, taken=True)
        for some, share, index in small:
            if question.relevant & {each.id for each in some} or dice.random() < share:
                yield case(index, question)


def fitted(figures: Floats, right: Floats) -> Floats:
    """The weights, the bias last, by Newton's method."""
    inputs = np.hstack([figures, np.ones((len(figures), 1))])
    weights = np.zeros(inputs.shape[1])
    prior = np.full(len(weights), PRIOR)
    prior[-1] = 1e-3
    for _ in range(50):
        likely = 1 / (1 + np.exp(-inputs @ weights))
        slope = inputs.T @ (likely - right) + prior * weights
        curve = (inputs * (likely * (1 - likely))[:, None]).T @ inputs + np.diag(prior)
        step = np.linalg.solve(curve, slope)
        weights -= step
        if np.abs(step).max() < 1e-9:
            break
    return weights


def weights_for(found: Sequence[Case]) -> Floats:
    """The regression over the considered candidates of some cases."""
    every = [row for each in found for row in zip(each.considered, each.figures, each.right, strict=True)]
    rows = [(figures, right) for considered, figures, right in every if considered]
    return fitted(np.array([figures for figures, _ in rows]), np.array([float(right) for _, right in rows]))


def likeliest(one: Case, weights: Floats) -> float:
    """The greatest likelihood of a case."""
    if not one.figures:
        return 0.0
    totals = np.array(one.figures) @ weights[:-1] + weights[-1]
    return float(1 / (1 + np.exp(-totals.max())))


def learnt(found: Sequence[Case], kind: str, *, by_meaning: bool) -> dict[str, object]:
    """The weights and thresholds for one kind of text."""
    unseen: list[float] = []
    for fold in range(FOLDS):
        weights = weights_for([each for each in found if each.fold != fold])
        unseen += [likeliest(each, weights) for each in found if each.fold == fold and each.counts]
    weights = weights_for(found)
    return {
        "weights": {name: round(float(value), 3) for name, value in zip(NAMES, weights[:-1], strict=True)},
        "bias": round(float(weights[-1]), 3),
        "shown": round(float(np.quantile(unseen, 1 - OFFERED_SHOWN[by_meaning][kind])), 3),
        "sure": round(float(np.quantile(unseen, 1 - OFFERED_SURE[by_meaning][kind])), 3),
    }


def content(found: Sequence[Case], *, by_meaning: bool) -> dict[str, object]:
    """The content of the file."""
    return {
        "learnt_by": "benchmarks/learn_suggest.py",
        "cases": len(found),
        "query": learnt([each for each in found if not each.is_long], "query", by_meaning=by_meaning),
        "mail": learnt([each for each in found if each.is_long], "mail", by_meaning=by_meaning),
    }


def questions_of(paths: Sequence[Path]) -> Iterator[Question]:
    for path in paths:
        with path.open("rb") as lines:
            yield from (each for each in read_questions(lines, str(path)) if isinstance(each, Question))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--semantic", action="store_true")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    embedder = Remembering(PATIENCE) if arguments.semantic else None
    found: list[Case] = []
    for place, names in FAQS.items():
        articles = [each for each in read_articles(place) if isinstance(each, Article)]
        with tempfile.TemporaryDirectory() as folder:
            questions = list(questions_of([OF_TESTS / name for name in names]))
            found += cases(articles, questions, Path(folder), embedder)
    if embedder is not None:
        embedder.close()
    text = json.dumps(content(found, by_meaning=arguments.semantic), indent=2) + "\n"
    if arguments.write:
        (ROOT / "knowledge" / WRITTEN[arguments.semantic]).write_text(text)
    print(text, end="")


if __name__ == "__main__":
    main()
