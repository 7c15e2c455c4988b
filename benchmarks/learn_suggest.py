"""Make `knowledge/weights.json`: how likely an article answers, learnt from labelled questions.

    python benchmarks/learn_suggest.py [--questions FILE] [--articles FOLDER] [--write]

Each question is asked of all articles, and of a handful; each time also with the articles that answer it taken
away, so that nothing fits. A logistic regression (Newton's method, with a prior that keeps weights small) is
fitted to the figures of the first three candidates. The two thresholds are those likelihoods above which a
given share of the questions that nothing fits would still be offered something. With `--write` the file is
written; without, it is only shown.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.article import Article
from knowledge.evaluate import Question, read_questions
from knowledge.evidence import NAMES
from knowledge.files import read_articles
from knowledge.index import Index
from knowledge.store import put_articles
from knowledge.suggest import candidates
from storage.database import open_database, sqlite_url

ROOT = Path(__file__).parent.parent
HANDFUL = 6
CONSIDERED = 3
PRIOR = 1.0
OFFERED_SHOWN, OFFERED_SURE = 0.25, 0.03
"""The share of questions that nothing fits which agents, and customers, may be offered something for."""

Floats = NDArray[np.float64]
Case = tuple[list[tuple[float, ...]], list[bool]]


def index_of(articles: Sequence[Article], folder: Path) -> Index:
    database = open_database(sqlite_url(folder))
    database.make_ready()
    with database.writing() as session:
        put_articles(session, articles, datetime.now(UTC))
    index = Index(None, database)
    index.refresh()
    return index


def case(index: Index, question: Question, without: frozenset[str]) -> Case:
    """The figures of the first candidates, and whether each answers."""
    snapshot = index.snapshot()
    _, found = candidates(index, snapshot, question.text, without=without)
    first = found[:CONSIDERED]
    right = [snapshot.articles[each.place].id in question.relevant for each in first]
    return [each.evidence.values() for each in first], right


def cases(articles: Sequence[Article], questions: Sequence[Question], folder: Path) -> Iterator[Case]:
    """Each question over all articles and over a handful, each time also with its answers taken away."""
    everything = index_of(articles, folder / "all.sqlite")
    dice = random.Random(7)  # always the same handfuls
    mixed = list(articles)
    dice.shuffle(mixed)
    few = [mixed[begin : begin + HANDFUL] for begin in range(0, len(mixed), HANDFUL)]
    handfuls = [
        (frozenset(each.id for each in some), index_of(some, folder / f"{n}.sqlite")) for n, some in enumerate(few)
    ]
    for question in questions:
        yield case(everything, question, frozenset())
        yield case(everything, question, question.relevant)
        for held, index in handfuls:
            if held & question.relevant or dice.random() < 0.15:
                yield case(index, question, frozenset())


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


def learnt(found: Sequence[Case]) -> dict[str, object]:
    """The content of the file."""
    figures = np.array([values for rows, _ in found for values in rows])
    right = np.array([float(each) for _, labels in found for each in labels])
    weights = fitted(figures, right)
    top = []
    for rows, labels in found:
        if rows and not any(labels):
            totals = np.array(rows) @ weights[:-1] + weights[-1]
            top.append(float(1 / (1 + np.exp(-totals.max()))))
    return {
        "learnt_by": "benchmarks/learn_suggest.py",
        "questions": len(found),
        "weights": {name: round(float(value), 3) for name, value in zip(NAMES, weights[:-1], strict=True)},
        "bias": round(float(weights[-1]), 3),
        "shown": round(float(np.quantile(top, 1 - OFFERED_SHOWN)), 3),
        "sure": round(float(np.quantile(top, 1 - OFFERED_SURE)), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=Path, default=ROOT / "tests/unit/knowledge/questions.jsonl")
    parser.add_argument("--articles", type=Path, default=ROOT / "knowledge/sample")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    with arguments.questions.open("rb") as lines:
        questions = [each for each in read_questions(lines, str(arguments.questions)) if isinstance(each, Question)]
    articles = [each for each in read_articles(arguments.articles) if isinstance(each, Article)]
    with tempfile.TemporaryDirectory() as folder:
        text = json.dumps(learnt(list(cases(articles, questions, Path(folder)))), indent=2) + "\n"
    if arguments.write:
        (ROOT / "knowledge/weights.json").write_text(text)
    print(text, end="")


if __name__ == "__main__":
    main()
