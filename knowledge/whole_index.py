"""A whole index written at once: all that a term stands in is one list, where Whoosh would sort each occurrence by itself.

What lies on the disk is what Whoosh's own writer would have put there, read and followed by the same code.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice
from pickle import dumps
from struct import Struct, pack
from typing import Any, NamedTuple
from zlib import compress

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import COMPRESSION_MIN_SIZE, WHOOSH3_HEADER_MAGIC, W3Codec, W3FieldWriter
from whoosh.util.numeric import length_to_byte
from whoosh.writing import SegmentWriter

Numbers = NDArray[np.int64]
BLOCK, COMPRESSED = 128, 3
"""Documents of a list that Whoosh keeps together, and how much it compresses them."""
_TERM = Struct("!BfIBBfII")


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
        writer.start_field(name, self._field)  # type: ignore[no-untyped-call]  # whoosh leaves it untyped
        writer.add_all([term.encode() for term in sorted(self._numbers)], self._lists())
        writer.finish_field()  # type: ignore[no-untyped-call]  # as above

    def _lists(self) -> _Lists:
        """What each term stands in, by the order of the terms."""
        rank = np.empty(len(self._numbers), np.uint64)
        rank[[self._numbers[term] for term in sorted(self._numbers)]] = np.arange(len(self._numbers))
        places = np.repeat(np.frombuffer(self._places, np.uint32), np.frombuffer(self._found, np.uint32))
        room = np.uint64(len(self._lengths))
        pairs, often = np.unique(rank[np.frombuffer(self._terms, np.uint32)] * room + places, return_counts=True)
        ends = np.searchsorted(pairs, np.arange(len(self._numbers) + 1, dtype=np.uint64) * room)
        lengths = np.frombuffer(self._lengths, np.uint8)
        counted = self._field.format.fixed_value_size() > 0
        return _Lists.of(ends, (pairs % room).astype(np.int64), often, lengths, counted=counted)


class _Block(NamedTuple):
    """A piece of a term's list, with what Whoosh keeps of one."""

    begin: int
    end: int
    last: int
    """The greatest number of a document in it."""
    least: float
    most: float
    shortest: int
    longest: int
    """Lengths are in bytes, as Whoosh rounds them."""


@dataclass(frozen=True, slots=True)
class _Lists:
    """The lists of all terms of a field, one behind the other: all that can be reckoned of all of them at once."""

    terms: Sequence[tuple[int, int, float]]
    """Of each in how many documents it stands, in how many blocks, and how often it occurs."""
    blocks: Iterator[_Block]
    steps: array[int]
    """Each document's number as what it is above the one before, or as it is where a block begins."""
    often: array[float]
    values: bytes | None
    """The same in the field's own format; None where that keeps nothing."""

    @classmethod
    def of(
        cls, ends: Numbers, numbers: Numbers, often: Numbers, lengths: NDArray[np.uint8], *, counted: bool
    ) -> _Lists:
        """From where the list of each term ends, and all lists: a document's number, and how often it holds the term."""
        counts = np.diff(ends)
        many = -(-counts // BLOCK)
        before = np.repeat(np.cumsum(many) - many, many)
        begins = np.repeat(ends[:-1], many) + BLOCK * (np.arange(len(before)) - before)
        stops = np.append(begins[1:], ends[-1])
        steps = np.diff(numbers, prepend=0)
        steps[begins] = numbers[begins]
        within = lengths[numbers]
        columns = (
            begins,
            stops,
            numbers[stops - 1],
            np.minimum.reduceat(often, begins).astype(float),
            np.maximum.reduceat(often, begins).astype(float),
            np.minimum.reduceat(within, begins),
            np.maximum.reduceat(within, begins),
        )
        total = np.add.reduceat(often, ends[:-1]).astype(float)
        return cls(
            list(zip(counts.tolist(), many.tolist(), total.tolist(), strict=True)),
            map(_Block, *(each.tolist() for each in columns)),
            array("I", steps.astype(np.uint32).tobytes()),
            array("f", often.astype(np.float32).tobytes()),
            often.astype(">u4").tobytes() if counted else None,
        )


class _WholeLists(W3Codec):
    """Whoosh's own format; its segments name that, and nothing of ours."""

    def new_segment(self, storage: Any, name: str) -> Any:
        """An empty segment."""
        return W3Codec().new_segment(storage, name)  # type: ignore[no-untyped-call]  # whoosh leaves it untyped

    def field_writer(self, storage: Any, segment: Any) -> _FieldWriter:
        """What writes terms and what they stand in."""
        return _FieldWriter(self, storage, segment)  # type: ignore[no-untyped-call]  # whoosh leaves it untyped


class _FieldWriter(W3FieldWriter):
    _postfile: Any
    _tindex: Any

    def add_all(self, terms: Iterable[bytes], lists: _Lists) -> None:
        """Write the terms of a field: what Whoosh does by some dozen calls for each."""
        field = pack("!H", self._fieldid)
        at: int = self._postfile.tell()
        for term, (held, many, total) in zip(terms, lists.terms, strict=True):
            found = list(islice(lists.blocks, many))
            written = b"".join(
                [WHOOSH3_HEADER_MAGIC, *(self._packed(each, lists, each is found[-1]) for each in found)]
            )
            self._postfile.write(written)
            self._tindex.add(field + term, _info(found, held, total, lists.steps) + pack("!qi", at, len(written)))
            at += len(written)

    def _packed(self, block: _Block, lists: _Lists, last: bool) -> bytes:
        begin, end = block.begin, block.end
        weights: Any = None if block.most == 1.0 else block.least
        if block.least < block.most:
            weights = tuple(lists.often[begin:end])
        values = None if lists.values is None else lists.values[4 * begin : 4 * end]
        data = dumps((tuple(lists.steps[begin:end]), weights, values), 2)
        level = COMPRESSED if len(data) >= COMPRESSION_MIN_SIZE else 0
        if level:
            data = compress(data, level)
        info = dumps((end - begin, block.last, block.most, level, block.shortest, block.longest), 2)
        length = len(info) + len(data)
        return pack("!i", -length if last else length) + info + data


def _info(found: Sequence[_Block], held: int, total: float, steps: Sequence[int]) -> bytes:
    """What Whoosh keeps of a term, but for where its list lies."""
    shortest, longest = min(each.shortest for each in found), max(each.longest for each in found)
    most = max(each.most for each in found)
    return _TERM.pack(0, total, held, shortest, longest, most, steps[found[0].begin], found[-1].last)
