"""The segments of an index, read once: Whoosh changes nothing in one but which of its documents are deleted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.article import Article
from knowledge.documents import restored


@dataclass(frozen=True, slots=True)
class Segment:
    """What stands in one segment; the numbers of its documents begin with 0 in each."""

    articles: Mapping[int, Article]
    """Those that are not deleted, by their number."""
    words: Counter[str]
    """As they are typed, with in how many of these articles each stands."""
    deleted: frozenset[int]
    lengths: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    """Those of all documents, by field, as far as they were asked for."""

    def length_of(self, leaf: Any, name: str) -> NDArray[np.float32]:
        """How long each document's field is, from the reader of this segment."""
        known = self.lengths.get(name)
        if known is None:
            room: int = leaf.doc_count_all()
            lengths = (leaf.doc_field_length(number, name) for number in range(room))
            known = self.lengths[name] = np.fromiter(lengths, np.float32, room)
        return known


def segment_of(leaf: Any, known: Mapping[str, Segment]) -> Segment:
    """The segment that a reader of Whoosh's reads; of one that is known by its ID only what was deleted since is read."""
    deleted = frozenset(leaf.deleted_docs_set)
    before = known.get(id_of(leaf))
    if before is None or not before.deleted <= deleted:
        return _read(leaf, deleted)
    gone = deleted - before.deleted
    if not gone:
        return before
    words = Counter(before.words)
    for number in gone & before.articles.keys():
        words.subtract(_surface(leaf.stored_fields(number)))
    articles = {number: article for number, article in before.articles.items() if number not in gone}
    return Segment(articles, +words, deleted, before.lengths)


def id_of(leaf: Any) -> str:
    """What names the segment of a reader: no other ever has that name."""
    named: str = leaf.segment().segment_id()
    return named


def _read(leaf: Any, deleted: frozenset[int]) -> Segment:
    articles: dict[int, Article] = {}
    words: Counter[str] = Counter()
    for number, fields in leaf.iter_docs():
        if "stored" in fields:
            articles[number] = restored(fields["stored"])
            words.update(_surface(fields))
    return Segment(articles, words, deleted)


def _surface(fields: Mapping[str, str]) -> list[str]:
    """The words of a document, each once."""
    return [word for word in fields.get("surface", "").split(" ") if word]
