"""How fast the knowledge base answers, against SQLite FTS5 on the same articles in the same run.

    python benchmarks/search.py [--smoke] [--sizes 1000 10000] [--write]

One JSON line each: what was measured, n articles, median and 95th and 99th percentile in ms, and the ratio of
the 99th percentile to that of FTS5. Articles are recombined from the sentences of the sample FAQ, with made-up
compounds, so that the vocabulary grows as it does in life. `--write` adds the lines to results/search.jsonl.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.article import Article
from knowledge.files import read_articles
from knowledge.index import Index
from knowledge.languages.words import words
from knowledge.markdown import to_text
from knowledge.store import put_articles
from knowledge.suggest import suggest
from storage.database import open_database, sqlite_url

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "benchmarks/results/search.jsonl"
QUERIES = 200
MAIL = (
    "Guten Tag,\n\nich bin seit Jahren bei Ihnen. {one} {two} Wie kann ich das ändern? {three}\n\nViele Grüße\nAnna\n"
)


def made(sample: Sequence[Article], count: int, dice: random.Random) -> Iterator[Article]:
    """Articles of recombined sentences; in each some words are joined to compounds that stand nowhere else."""
    sentences = [
        line for each in sample if each.language == "de" for line in to_text(each.answer).split("\n") if len(line) > 20
    ]
    nouns = sorted(
        {word for line in sentences for word in line.split() if word.isalpha() and word[0].isupper() and len(word) > 4}
    )
    for number in range(count):
        subject = dice.choice(nouns) + dice.choice(nouns).lower()
        body = [
            *dice.sample(sentences, min(5, len(sentences))),
            f"{subject} {dice.choice(nouns)}{dice.choice(nouns).lower()}.",
        ]
        question = f"Wie ändere ich {subject} und {dice.choice(nouns)} {dice.choice(nouns)}?"
        yield Article(f"a{number}", question, "\n\n".join(body), (dice.choice(nouns),), "", "de")


def timed(run: Callable[[str], object], queries: Sequence[str]) -> list[float]:
    """Milliseconds of each query, after a first round of all."""
    for query in queries:
        run(query)
    took = []
    for query in queries:
        start = time.perf_counter()
        run(query)
        took.append((time.perf_counter() - start) * 1000)
    return took


def line(what: str, n: int, took: Sequence[float], baseline: Sequence[float] | None) -> dict[str, Any]:
    p50, p95, p99 = (round(float(np.percentile(took, each)), 3) for each in (50, 95, 99))
    row: dict[str, Any] = {"what": what, "n": n, "median_ms": p50, "p95_ms": p95, "p99_ms": p99}
    if baseline is not None:
        row["p99_to_fts5"] = round(p99 / float(np.percentile(baseline, 99)), 2)
    return row


def fts5(articles: Sequence[Article]) -> sqlite3.Connection:
    base = sqlite3.connect(":memory:")
    base.execute(
        "CREATE VIRTUAL TABLE a USING fts5(question, answer, tokenize='unicode61 remove_diacritics 2', prefix='2 3')"
    )
    base.executemany("INSERT INTO a VALUES (?, ?)", [(each.question, each.answer) for each in articles])
    return base


def asked_fts5(base: sqlite3.Connection, *, prefix: bool) -> Callable[[str], object]:
    def run(query: str) -> object:
        found = [f'"{word.text}"' for word in words(query)][:24]
        if prefix:
            found[-1] += "*"
        select = "SELECT rowid, snippet(a, 1, '', '', '…', 30) FROM a WHERE a MATCH ? ORDER BY bm25(a) LIMIT 10"
        return base.execute(select, (" OR ".join(found),)).fetchall()

    return run


def measured(count: int, asked: int, folder: Path) -> Iterator[dict[str, Any]]:
    dice = random.Random(count)
    sample = [each for each in read_articles(ROOT / "knowledge/sample") if isinstance(each, Article)]
    articles = list(made(sample, count, dice))
    database = open_database(sqlite_url(folder / f"{count}.sqlite"))
    database.make_ready()
    with database.writing() as session:
        put_articles(session, articles, datetime.now(UTC))
    index = Index(folder / f"index-{count}", database)
    start = time.perf_counter()
    index.refresh()
    yield {"what": "build", "n": count, "seconds": round(time.perf_counter() - start, 2)}
    base = fts5(articles)
    picked = [dice.choice(articles) for _ in range(asked)]
    lines = [each.answer.split("\n\n")[0] for each in picked]
    prefixes = [each.question.split()[3][: dice.randint(3, 9)] for each in picked]
    pairs = [" ".join(each.question.split()[3:6]) + prefix[:3] for each, prefix in zip(picked, prefixes, strict=True)]
    mails = [
        MAIL.format(one=one, two=two, three=three)
        for one, two, three in zip(lines, lines[1:] + lines[:1], lines[2:] + lines[:2], strict=True)
    ]
    kinds: list[tuple[str, Sequence[str], Callable[[str], object], bool]] = [
        ("typed prefix", prefixes, lambda query: index.search(query, typing=True), True),
        ("typed words", pairs, lambda query: index.search(query, typing=True), True),
        ("sentence", lines, index.search, False),
        ("suggestion for a mail", mails, lambda mail: suggest(index, mail), False),
    ]
    for what, queries, run, prefix in kinds:
        baseline = timed(asked_fts5(base, prefix=prefix), queries)
        yield line(f"{what}, FTS5", count, baseline, None)
        yield line(what, count, timed(run, queries), baseline)
    index.close()
    database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--smoke", action="store_true", help="60 articles and ten queries, to see that it runs")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sizes, asked = ([60], 10) if arguments.smoke else (arguments.sizes, QUERIES)
        for count in sizes:
            for row in measured(count, asked, Path(folder)):
                text = json.dumps(row)
                print(text, flush=True)
                if arguments.write:
                    with RESULTS.open("a") as results:
                        results.write(text + "\n")


if __name__ == "__main__":
    main()
