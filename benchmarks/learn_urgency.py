"""Make `threads/urgency/learnt.json`: how surely a mail declares an emergency, learnt from labelled mails.

    python benchmarks/learn_urgency.py [--write]

The mails are those of `tests/emergencies` that were looked at, and the questions that our two FAQs are measured with, which are
ordinary but for those that `questions.json` names; what nobody may look at has no part in it. A logistic regression
with a prior that keeps weights small (Newton's method, in the space of the mails, of which there are fewer than traits) is fitted
twice: over all traits that two mails have, then over the weightiest. With `--write` the file is written; without, it is only shown.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from threads.urgency.clauses import clauses_of
from threads.urgency.learnt import breadth, counts, traits
from threads.urgency.passed_on import said_now

ROOT = Path(__file__).parent.parent
MAILS = ROOT / "tests/emergencies"
QUESTIONS = ROOT / "tests/unit/knowledge"
WRITTEN = ROOT / "threads/urgency/learnt.json"
UNTOUCHED = {
    ("first", "unseen"),
    ("fresh", "unseen"),
    ("thirteenth", "unseen"),
    ("fourteenth", "unseen"),
    ("ordinary", "unseen"),
    ("week", "unseen"),
    ("everyday", "unseen"),
}
"""What only judges: the file, and the half of it."""
KEPT = 3000
"""Traits that are kept: the weightiest."""
PRIOR = 0.1
SCALE = 1 / 3
"""How far apart two mails are that have nothing in common, beside the prior."""
ENOUGH = 1e-6
"""The step from which on no weight changes in what is written of it."""

Floats = NDArray[np.float64]


def labelled() -> Iterator[tuple[frozenset[str], bool]]:
    """The traits of each mail that was looked at, and whether it is an emergency."""
    for subject, text, emergency in (*_mails(), *_questions()):
        said, own = said_now(subject, text)
        yield traits(clauses_of(said, own)), emergency


def _mails() -> Iterator[tuple[str, str, bool]]:
    for file in sorted(MAILS.glob("*.jsonl")):
        for case in _cases(file):
            if (file.stem, case["half"]) not in UNTOUCHED:
                yield case["subject"], case["text"], bool(case["emergency"])


def _questions() -> Iterator[tuple[str, str, bool]]:
    named = json.loads((MAILS / "questions.json").read_text(encoding="utf-8"))
    for file in sorted(QUESTIONS.glob("*questions*.jsonl")):
        for case in _cases(file):
            if case["id"] not in named["doubtful"]:
                yield "", case.get("mail") or case["query"], case["id"] in named["emergencies"]


def _cases(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def inputs(mails: Sequence[frozenset[str]], names: Sequence[str], many: Mapping[str, int]) -> Floats:
    """A row for each mail: what each trait counts in it, in proportion to how much the mail says."""
    place = {name: number for number, name in enumerate(names)}
    count = {name: counts(name, len(mails), many[name]) for name in names}
    rows = np.zeros((len(mails), len(names)))
    for row, mail in zip(rows, mails, strict=True):
        wide = breadth(mail, count, len(mails))
        for trait in mail & place.keys():
            row[place[trait]] = count[trait] / wide
    return rows


def fitted(rows: Floats, right: Floats) -> tuple[Floats, float]:
    """The weights, and what is added to their sum."""
    alike = SCALE * rows @ rows.T + 1.0
    share: Floats = np.zeros(len(right))
    for _ in range(50):
        before = alike @ share
        likely = 1 / (1 + np.exp(-before))
        curve = likely * (1 - likely) + 1e-6
        nearer = alike.copy()
        nearer.flat[:: len(right) + 1] += PRIOR / curve
        after: Floats = np.linalg.solve(nearer, before + (right - likely) / curve).astype(np.float64)
        done, share = bool(np.abs(after - share).max() < ENOUGH), after
        if done:
            break
    return SCALE * rows.T @ share, float(share.sum())


def content() -> dict[str, Any]:
    """The content of the file: of each trait its weight and how many mails have it, what says most for an emergency first."""
    found = list(labelled())
    mails, right = [each for each, _ in found], np.array([float(each) for _, each in found])
    many = Counter(trait for mail in mails for trait in mail)
    names = sorted(trait for trait, number in many.items() if number > 1)
    weights, _ = fitted(inputs(mails, names, many), right)
    weightiest = np.argsort(-np.abs(weights), kind="stable")[:KEPT]
    names = sorted(names[number] for number in weightiest)
    weights, bias = fitted(inputs(mails, names, many), right)
    ordered = sorted(zip(names, weights, strict=True), key=lambda pair: (-pair[1], pair[0]))
    return {
        "learnt_by": "benchmarks/learn_urgency.py",
        "mails": len(mails),
        "bias": round(bias, 3),
        "weights": {name: [round(float(weight), 2), many[name]] for name, weight in ordered},
    }


def written(made: Mapping[str, Any]) -> str:
    """The content as it is written: a trait a line."""
    head, traits_ = json.dumps({**made, "weights": {}}, indent=1)[:-3], made["weights"].items()
    lines = ",\n".join(f"  {json.dumps(name, ensure_ascii=False)}: {json.dumps(said)}" for name, said in traits_)
    return f"{head}\n{lines}\n }}\n}}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    text = written(content())
    if parser.parse_args().write:
        WRITTEN.write_text(text, encoding="utf-8")
    else:
        print(text, end="")


if __name__ == "__main__":
    main()
