"""How fast the knowledge base answers, against SQLite FTS5 and tantivy on the same articles in the same run.

    python -m benchmarks.search [--smoke] [--sizes 1000 10000] [--write]

One JSON line each: what was measured, n articles, median, 95th and 99th percentile in ms, the 99th percentile of the
CPU time alone, which says more on a busy machine, and the ratio of that to each rival's. Every query is asked of all in
turn, so that whatever else the machine does hits all alike, twice: the first time alone is a figure of its own. `wanted`
says which figure may be how great. Where tantivy is not installed (`pip install --group bench`), its ratios are missing.
`--write` adds the lines to results/search.jsonl.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.search_desk import follow_and_memory
from benchmarks.search_rivals import Rival, rivals
from benchmarks.search_texts import Texts, made, mistyped, sample_texts, texts
from knowledge.article import Article
from knowledge.index import Index
from knowledge.meant import meant
from knowledge.store import put_articles
from knowledge.suggest import suggest
from service.invocation import Invocation
from service.opening import open_database_for

RESULTS = Path(__file__).parent / "results/search.jsonl"
QUERIES = 200
KEYSTROKE = 6
"""Articles that are shown while one types."""
WANTED: Mapping[tuple[str, int], Mapping[str, float]] = {
    ("build", 10_000): {"seconds": 10.0},
    ("typed prefix", 10_000): {"cpu_p99_to_tantivy": 1.0, "cpu_p99_to_fts5": 0.1},
    ("keystroke with typos", 10_000): {"cpu_p99_ms": 5.0},
    ("sentence", 100_000): {"cpu_p99_to_tantivy": 1.2},
    ("suggestion for a mail", 0): {"cpu_p99_ms": 25.0},
    ("a change is found by two desks", 0): {"seconds": 2.0},
    ("memory of a desk", 10_000): {"MB": 250.0},
}
"""How great the figures of a line may be, with so many articles; 0 is any number."""
MAIL = (
    "Guten Tag,\n\nich bin seit Jahren bei Ihnen. {one} {two} Wie kann ich das ändern? {three}\n\nViele Grüße\nAnna\n"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A kind of query: what is asked, and how."""

    what: str
    queries: Sequence[str]
    run: Callable[[str], object]
    prefix: bool = False


@dataclass(slots=True)
class Took:
    """Milliseconds of each query, on the clock and of the CPU."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def add(self, run: Callable[[], object]) -> None:
        """Measure one query."""
        wall, cpu = time.perf_counter(), time.thread_time()
        run()
        self.cpu.append((time.thread_time() - cpu) * 1000)
        self.wall.append((time.perf_counter() - wall) * 1000)


def kinds(index: Index, articles: Sequence[Article], asked: int, dice: random.Random) -> list[Asked]:
    """What visitors type, what they ask in a sentence, and what comes by mail."""
    picked = [dice.choice(articles) for _ in range(asked)]
    lines = [each.answer.split("\n\n")[0] for each in picked]
    prefixes = [each.question.split()[3][: dice.randint(3, 9)] for each in picked]
    pairs = [" ".join(each.question.split()[3:6]) + prefix[:3] for each, prefix in zip(picked, prefixes, strict=True)]
    typos = [
        f"{mistyped(each.question.split()[5], dice)} {mistyped(each.question.split()[3], dice)}" for each in picked
    ]
    thirds = zip(lines, lines[1:] + lines[:1], lines[2:] + lines[:2], strict=True)
    mails = [MAIL.format(one=one, two=two, three=three) for one, two, three in thirds]

    def typed(query: str) -> object:
        return index.search(query, typing=True)

    def keystroke(query: str) -> object:
        found = index.search(query, language="de", limit=KEYSTROKE, typing=True)
        other = meant(query, index.snapshot(), index.synonyms(), language="de", typing=True)
        hits = [{"article": each.article.id, "excerpt": each.excerpt, "because": each.because} for each in found]
        return json.dumps({"query": query, "results": hits, "meant": other})

    return [
        Asked("typed prefix", prefixes, typed, prefix=True),
        Asked("typed words", pairs, typed, prefix=True),
        Asked("keystroke with typos", typos, keystroke, prefix=True),
        Asked("sentence", lines, index.search),
        Asked("suggestion for a mail", mails, lambda mail: suggest(index, mail)),
    ]


def compared(one: Asked, others: Sequence[Rival], count: int) -> Iterator[dict[str, Any]]:
    """A line for each rival, then our own with the ratios."""
    asks: dict[str, Callable[[str], object]] = {each.name: partial(each.ask, prefix=one.prefix) for each in others}
    asks[""] = one.run
    first, took = {name: Took() for name in asks}, {name: Took() for name in asks}
    for kept in (first, took):
        for query in one.queries:
            for name, ask in asks.items():
                kept[name].add(partial(ask, query))
    ratios = {f"cpu_p99_to_{each.name}": round(p99(took[""].cpu) / p99(took[each.name].cpu), 2) for each in others}
    for name in asks:
        row = line(f"{one.what}, {name}" if name else one.what, count, took[name])
        row["cpu_p99_first_ms"] = round(p99(first[name].cpu), 3)
        yield row if name else {**row, **ratios}


def worked() -> float:
    """Seconds that processors worked for this process and for those that it started and that have ended."""
    return time.process_time() + sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])


def with_wanted(row: dict[str, Any]) -> dict[str, Any]:
    """A line with how great its figures may be."""
    wanted = WANTED.get((row["what"], row["n"])) or WANTED.get((row["what"], 0))
    return {**row, "wanted": wanted} if wanted else row


def line(what: str, n: int, took: Took) -> dict[str, Any]:
    """A line of results."""
    p50, p95, p99 = (round(float(np.percentile(took.wall, each)), 3) for each in (50, 95, 99))
    cpu = round(float(np.percentile(took.cpu, 99)), 3)
    return {"what": what, "n": n, "median_ms": p50, "p95_ms": p95, "p99_ms": p99, "cpu_p99_ms": cpu}


def p99(values: Sequence[float]) -> float:
    """The 99th percentile."""
    return float(np.percentile(values, 99))


def measured(source: Texts, count: int, asked: int, folder: Path, *, desk: bool) -> Iterator[dict[str, Any]]:
    """All that is measured with so many articles."""
    dice = random.Random(count)
    articles = list(made(source, count, dice))
    data = folder / f"desk-{count}"
    settings = Invocation(data=data).settings()
    database = open_database_for(settings)
    with database.writing() as session:
        put_articles(session, articles, datetime.now(UTC))
    index = Index(settings.data / "index", database)
    wall, cpu = time.perf_counter(), worked()
    index.refresh()
    took = round(time.perf_counter() - wall, 2)
    yield {"what": "build", "n": count, "seconds": took, "cpu_seconds": round(worked() - cpu, 2)}
    others = rivals(articles)
    for one in kinds(index, articles, asked, dice):
        yield from compared(one, others, count)
    index.close()
    if desk:
        yield from follow_and_memory(data, database, count)
    database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--smoke", action="store_true", help="60 articles and ten queries, to see that it runs")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    sizes, asked = ([60], 10) if arguments.smoke else (arguments.sizes, QUERIES)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = sample_texts() if arguments.smoke else texts(folder)
        tell({"what": "texts", "from": source.source, "sentences": len(source.sentences)}, write=arguments.write)
        for count in sizes:
            for row in measured(source, count, asked, folder, desk=not arguments.smoke):
                tell({**with_wanted(row), "load": round(os.getloadavg()[0], 1)}, write=arguments.write)


def tell(row: dict[str, Any], *, write: bool) -> None:
    """Print a line, and keep it."""
    text = json.dumps(row)
    print(text, flush=True)
    if write:
        with RESULTS.open("a") as results:
            results.write(text + "\n")


if __name__ == "__main__":
    main()
