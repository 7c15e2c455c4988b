"""What is mapped reads as Whoosh's own files do, and an open index holds no copy of what lies on the disk."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh.filedb.structfile import BufferFile

from knowledge.index_files import schema
from knowledge.mapped_files import SEGMENT, MappedFile, MappedStorage

BYTES = bytes(range(256)) * 3
PLACES = st.integers(0, len(BYTES) + 9)
WORTH = 4_000_000
"""Bytes of what is stored in the index of a test."""


def files() -> tuple[Any, Any]:
    """The same bytes as one file of each kind."""
    return MappedFile(memoryview(BYTES)), BufferFile(BYTES)


@given(PLACES, PLACES, PLACES)
def test_a_piece_reads_as_whoosh_reads_it(begin: int, length: int, place: int) -> None:
    mapped, own = (each.subset(begin, length) for each in files())
    assert mapped.get(place, 7) == own.get(place, 7)
    for each in (mapped, own):
        each.seek(place)
    assert [mapped.read(5), mapped.tell(), mapped.read()] == [own.read(5), own.tell(), own.read()]


@given(st.integers(-20, 20), st.sampled_from([os.SEEK_SET, os.SEEK_CUR, os.SEEK_END]))
def test_a_place_is_found_from_each_end(offset: int, whence: int) -> None:
    mapped, own = files()
    for each in (mapped, own):
        each.seek(100)
        each.seek(max(offset, 0) if whence == os.SEEK_SET else offset, whence)
    assert mapped.tell() == own.tell()
    assert mapped.read(3) == own.read(3)


def test_numbers_read_as_whoosh_reads_them() -> None:
    mapped, own = files()
    assert list(mapped.get_array(4, "I", 9)) == list(own.get_array(4, "I", 9))
    assert [mapped.read_int(), list(mapped.read_array("H", 5))] == [own.read_int(), list(own.read_array("H", 5))]


def test_an_open_index_holds_no_copy_of_its_segment(tmp_path: Path) -> None:
    index: Any = MappedStorage(str(tmp_path)).create_index(schema())  # type: ignore[no-untyped-call]  # whoosh leaves it untyped
    writer = index.writer()
    writer.add_document(key="=1", stored=os.urandom(WORTH // 2).hex(), question="haus")
    writer.commit()
    assert [each.stat().st_size > WORTH / 2 for each in tmp_path.glob(f"*{SEGMENT}")] == [True]
    tracemalloc.start()
    try:
        with index.reader() as reader:
            assert reader.doc_frequency("question", "haus") == 1
            _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < WORTH / 10


def test_a_segment_that_is_empty_is_no_index(tmp_path: Path) -> None:
    (tmp_path / f"cut{SEGMENT}").touch()
    storage: Any = MappedStorage(str(tmp_path))
    with pytest.raises(ValueError, match="empty"):
        storage.open_file(f"cut{SEGMENT}")
