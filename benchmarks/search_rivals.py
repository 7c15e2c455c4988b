"""What the search is measured against, on the same articles in the same run: SQLite FTS5, and tantivy where it is installed."""

from __future__ import annotations

import importlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from knowledge.article import Article
from knowledge.languages.words import words

SHOWN = 10
TERMS = 24


class Ask(Protocol):
    """Searches for a text; `prefix` where its last word is the beginning of one."""

    def __call__(self, query: str, *, prefix: bool) -> object:
        """The best with an excerpt each."""


@dataclass(frozen=True, slots=True)
class Rival:
    """Another search: the ten best with an excerpt each."""

    name: str
    ask: Ask


def rivals(articles: Sequence[Article]) -> list[Rival]:
    """Those that can be had here, with the articles in them."""
    found = [Rival("fts5", _fts5(articles))]
    try:
        tantivy = importlib.import_module("tantivy")
    except ImportError:
        return found
    return [*found, Rival("tantivy", _tantivy(tantivy, articles))]


def _fts5(articles: Sequence[Article]) -> Ask:
    base = sqlite3.connect(":memory:")
    base.execute(
        "CREATE VIRTUAL TABLE a USING fts5(question, answer, tokenize='unicode61 remove_diacritics 2', prefix='2 3')"
    )
    base.executemany("INSERT INTO a VALUES (?, ?)", [(each.question, each.answer) for each in articles])
    select = f"SELECT question, snippet(a, 1, '', '', '…', 30) FROM a WHERE a MATCH ? ORDER BY bm25(a) LIMIT {SHOWN}"

    def ask(query: str, *, prefix: bool) -> object:
        found = [f'"{word.text}"' for word in words(query)][:TERMS]
        if prefix:
            found[-1] += "*"
        return base.execute(select, (" OR ".join(found),)).fetchall()

    return ask


def _tantivy(tantivy: Any, articles: Sequence[Article]) -> Ask:
    """An index in memory with a German stemmer, and the words as they are typed for beginnings."""
    schema = tantivy.SchemaBuilder()
    for name, analyser in (("question", "german"), ("answer", "german"), ("typed", "typed")):
        schema.add_text_field(name, stored=name != "typed", tokenizer_name=analyser)
    schema = schema.build()
    index = tantivy.Index(schema)
    simple, lower, fold = tantivy.Tokenizer.simple(), tantivy.Filter.lowercase(), tantivy.Filter.ascii_fold()
    typed = tantivy.TextAnalyzerBuilder(simple).filter(lower).filter(fold).build()
    index.register_tokenizer("typed", typed)
    stemmed = tantivy.TextAnalyzerBuilder(simple).filter(lower).filter(tantivy.Filter.stemmer("german"))
    index.register_tokenizer("german", stemmed.filter(fold).build())
    writer = index.writer(128_000_000, 1)
    for each in articles:
        both = f"{each.question} {each.answer}"
        writer.add_document(tantivy.Document(question=each.question, answer=each.answer, typed=both))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return _asked_tantivy(tantivy, index, schema, typed)


def _asked_tantivy(tantivy: Any, index: Any, schema: Any, typed: Any) -> Ask:
    searcher, should = index.searcher(), tantivy.Occur.Should

    def ask(query: str, *, prefix: bool) -> object:
        found = [word.text for word in words(query)][:TERMS]
        parts = []
        if prefix:
            start = "".join(typed.analyze(found.pop()))
            parts.append((should, tantivy.Query.regex_query(schema, "typed", f"{start}.*")))
        if found:
            parts.append(
                (should, index.parse_query_lenient(" ".join(found).replace(":", " "), ["question", "answer"])[0])
            )
        wanted = tantivy.Query.boolean_query(parts)
        excerpts = tantivy.SnippetGenerator.create(searcher, wanted, schema, "answer")
        documents = [searcher.doc(address) for _, address in searcher.search(wanted, SHOWN).hits]
        return [(each["question"], excerpts.snippet_from_doc(each).fragment()) for each in documents]

    return ask
