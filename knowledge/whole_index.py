"""A whole index written at once: all that a term stands in is one list, where Whoosh would sort each occurrence by itself.

What lies on the disk is what Whoosh's own writer would have put there, read and followed by the same code.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import count
from operator import sub
from struct import pack
from typing import Any

import numpy as np
from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter, W3PostingsWriter
from whoosh.util.numeric import byte_to_length, length_to_byte
from whoosh.writing import SegmentWriter


class WholeWriter(SegmentWriter):
    """Whoosh's writer of an index that is empty as yet."""

    def __init__(self, index: Any) -> None:
        super().__init__(index, codec=_WholeLists())  # type: ignore[no-untyped-call]  # whoosh leaves it untyped

    def put_all(self, documents: Iterable[Mapping[str, str]]) -> None:
        """Put all documents that there will be: they take little memory beside what is written of them."""
        fields = {name: _Field(field) for name, field in sorted(self.schema.items()) if field.indexed}
        for number, document in enumerate(documents):
            self.perdocwriter.start_doc(number)
            for name, text in sorted(document.items()):
                stored, length = (None, fields[name].add(number, text)) if name in fields else (text, 0)
                self.perdocwriter.add_field(name, self.schema[name], stored, length)
            self.perdocwriter.finish_doc()
            self.docnum += 1
        for name in list(fields):
            fields.pop(name).write(self.fieldwriter, name)
        self._added = True


class _Field:
    """What stands in one field of all documents: each occurrence is two numbers, and they are sorted all at once."""

    def __init__(self, field: Any) -> None:
        self._field = field
        self._lengths = bytearray()
        self._numbers: defaultdict[str, int] = defaultdict(count().__next__)
        self._terms, self._places, self._found = array("I"), array("I"), array("I")

    def add(self, number: int, text: str) -> int:
        """Add the text of a document, the last so far; how many terms count for its length."""
        terms = text.split() if self._field.scorable else [text]
        length = len(terms) if self._field.scorable else 0
        self._lengths.extend(bytes(number - len(self._lengths)))  # documents without this field
        self._lengths.append(length_to_byte(length))
        self._terms.extend(map(self._numbers.__getitem__, terms))
        self._places.append(number)
        self._found.append(len(terms))
        return length

    def write(self, writer: _FieldWriter, name: str) -> None:
        """Write the terms in their order: that of code points is that of their bytes."""
        if not self._numbers:
            return
        ends, places, often = self._postings()
        writer.start_field(name, self._field)  # type: ignore[no-untyped-call]  # whoosh leaves it untyped
        for term in sorted(self._numbers):
            begin, end = ends[self._numbers[term] : self._numbers[term] + 2]
            writer.add_all(term.encode(), places[begin:end], often[begin:end], self._lengths)
        writer.finish_field()  # type: ignore[no-untyped-call]  # as above

    def _postings(self) -> tuple[list[int], array[int], array[int]]:
        """Where each term's documents end in the list of all, term by term; that list; and how often each holds its term."""
        places = np.repeat(np.frombuffer(self._places, np.uint32), np.frombuffer(self._found, np.uint32))
        room = len(self._lengths)
        pairs, often = np.unique(
            np.frombuffer(self._terms, np.uint32).astype(np.uint64) * np.uint64(room) + places, return_counts=True
        )
        ends = np.searchsorted(pairs, np.arange(len(self._numbers) + 1, dtype=np.uint64) * np.uint64(room))
        held = (pairs % np.uint64(room)).astype(np.uint32)
        return ends.tolist(), array("I", held.tobytes()), array("I", often.astype(np.uint32).tobytes())


class _WholeLists(W3Codec):
    """Whoosh's own format; its segments name that, and nothing of ours."""

    def new_segment(self, storage: Any, name: str) -> Any:
        """An empty segment."""
        return W3Codec().new_segment(storage, name)  # type: ignore[no-untyped-call]  # whoosh leaves it untyped

    def field_writer(self, storage: Any, segment: Any) -> _FieldWriter:
        """What writes terms and what they stand in."""
        return _FieldWriter(self, storage, segment)  # type: ignore[no-untyped-call]  # whoosh leaves it untyped

    def postings_writer(self, file: Any, byteids: bool = False) -> _PostingsWriter:
        """What writes the list of a term."""
        return _PostingsWriter(file, self._blocklimit, byteids, self._compression, self._inlinelimit)  # type: ignore[no-untyped-call]


class _FieldWriter(W3FieldWriter):
    _postwriter: Any

    def add_all(self, term: bytes, numbers: array[int], often: array[int], lengths: bytearray) -> None:
        self.start_term(term)  # type: ignore[no-untyped-call]  # whoosh leaves it untyped
        self._postwriter.add_all(numbers, often, lengths)
        self.finish_term()  # type: ignore[no-untyped-call]  # as above


class _PostingsWriter(W3PostingsWriter):
    def add_all(self, numbers: array[int], often: array[int], lengths: bytearray) -> None:
        for begin in range(0, len(numbers), self._blocklimit):
            if begin:
                self._write_block()  # type: ignore[no-untyped-call]  # whoosh leaves it untyped
            end = begin + self._blocklimit
            self._fill(numbers[begin:end], often[begin:end], lengths)

    def _fill(self, numbers: array[int], often: array[int], lengths: bytearray) -> None:
        within = [lengths[number] for number in numbers]
        self._ids = numbers
        self._weights = array("f", often)
        self._values = [pack(f"!{len(often)}I", *often)]
        self._maxweight = max(self._weights)
        self._minlength = byte_to_length(min(within))
        self._maxlength = byte_to_length(max(within))

    def _mini_ids(self) -> tuple[int, ...]:
        # as Whoosh's, in half the time: each number as what it is above the one before
        return tuple(map(sub, self._ids, (0, *self._ids)))

    def _mini_weights(self) -> Any:
        least = min(self._weights)
        if least < self._maxweight:
            return tuple(self._weights)
        return None if least == 1.0 else least
