"""Postings that are read a block at a time are those that Whoosh reads one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from knowledge.postings import postings


@pytest.fixture
def reader() -> Iterator[Any]:
    """Three segments: one of many blocks, one of a few documents, one of a single one; some of each but the last are deleted."""
    from whoosh.fields import ID, KEYWORD, Schema
    from whoosh.filedb.filestore import RamStorage

    index = RamStorage().create_index(Schema(key=ID(unique=True), words=KEYWORD(scorable=True)))  # type: ignore[no-untyped-call]  # whoosh leaves it untyped
    for begin, end in ((0, 700), (700, 705), (705, 706)):
        writer = index.writer()
        for number in range(begin, end):
            often = "often " * (1 + number % 3)
            writer.add_document(key=str(number), words=often + ("seldom" if number % 70 == 0 else ""))
        writer.commit(merge=False)
    writer = index.writer()
    for number in (0, 1, 128, 350, 699, 703):
        writer.delete_by_term("key", str(number))
    writer.commit(merge=False)
    with index.reader() as opened:
        yield opened


@pytest.mark.parametrize("term", ["often", "seldom"])
def test_a_term_stands_in_the_documents_in_which_whoosh_finds_it(reader: Any, term: str) -> None:
    theirs, matcher = [], reader.postings("words", term)
    while matcher.is_active():
        theirs.append((matcher.id(), matcher.weight()))
        matcher.next()
    where, often = postings(reader, "words", term)
    assert len(reader.leaf_readers()) == 3
    assert list(zip(where.tolist(), often.tolist(), strict=True)) == theirs


def test_a_term_that_stands_nowhere_has_no_postings(reader: Any) -> None:
    assert [len(each) for each in postings(reader, "words", "never")] == [0, 0]
