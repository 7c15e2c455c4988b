"""An index that is written at once is, bit for bit, the one that Whoosh's own writer makes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh.filedb.filestore import RamStorage

from knowledge.article import Article
from knowledge.documents import SCORED, document
from knowledge.index_files import schema
from knowledge.whole_index import WholeWriter

Documents = Sequence[dict[str, str]]
TERMS = st.lists(st.sampled_from(["a", "b", "ä", "ab", "abc", "\U0001f600", "zz"]), max_size=300).map(" ".join)


def empty() -> Any:
    storage: Any = RamStorage
    return storage().create_index(schema())


def by_whoosh(documents: Documents) -> Any:
    index = empty()
    writer = index.writer()
    for each in documents:
        writer.add_document(**each)
    writer.commit()
    return index


def at_once(documents: Documents) -> Any:
    index = empty()
    writer: Any = WholeWriter(index)
    writer.put_all(documents)
    writer.commit()
    return index


def read(index: Any) -> list[object]:
    """All that is in an index but for where it lies in its files."""
    with index.reader() as reader:
        numbers = range(reader.doc_count_all())
        lengths = {
            name: (reader.field_length(name), *(reader.doc_field_length(each, name) for each in numbers))
            for name in SCORED
        }
        terms = [(term, {**vars(info), "_offset": None}) for term, info in reader]
        return [lengths, [reader.stored_fields(each) for each in numbers], list(reader.iter_postings()), terms]


def documents_of(texts: Sequence[dict[str, str]]) -> Documents:
    return [{"key": f"={number}", "stored": f"{number}", **each} for number, each in enumerate(texts)]


@settings(max_examples=30)
@given(st.lists(st.dictionaries(st.sampled_from(sorted(SCORED)), TERMS), min_size=1, max_size=6).map(documents_of))
def test_any_documents_are_written_as_whoosh_writes_them(documents: Documents) -> None:
    assert read(at_once(documents)) == read(by_whoosh(documents))


@pytest.mark.parametrize("count", [127, 128, 129, 300])
def test_a_term_of_many_articles_is_written_as_whoosh_writes_it(count: int) -> None:
    documents = [
        {**document(Article(f"a{each}", "Wo liegt das Haus?", "Dort. " * (each % 7))), "key": f"={each}"}
        for each in range(count)
    ]
    assert read(at_once(documents)) == read(by_whoosh(documents))


@pytest.mark.parametrize("made", [by_whoosh, at_once])
def test_what_comes_later_is_merged_with_it(made: Callable[[Documents], Any]) -> None:
    documents = documents_of([{"question": "haus"}, {"question": "haus tur"}])
    index = made(documents)
    writer = index.writer()
    writer.update_document(key="=0", question="tur", stored="new")
    writer.commit(optimize=True)
    with index.reader() as reader:
        assert sorted(each["stored"] for _, each in reader.iter_docs()) == ["1", "new"]
        assert [reader.doc_frequency("question", each) for each in ("haus", "tur")] == [1, 2]
