"""The mail inside an S/MIME envelope that only signs (RFC 8551, section 3.5.2): readable for everybody, but no MIME part.

Our own reader of that much BER (X.690), and not a library's: it goes down to the signed content and no further, so a
hostile file can neither hang nor fill the memory. The signature is not checked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mailgateway.mime.parts import Part, Tree, tree_of

ENVELOPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
DATA = bytes.fromhex("2a864886f70d010701")
IDENTIFIER, OCTETS, OCTETS_IN_PIECES = 0x06, 0x04, 0x24
LONG_TAG = 0x1F
"""A tag of several bytes, which no element on the way has."""
UNKNOWN, END = 0x80, b"\0\0"
"""The length of an element that ends with a mark, and this mark."""
MOST_ELEMENTS = 100_000
DEEPEST = 8
"""How deep an element of unknown length is looked through for its end."""
SIGNED_TWICE = 2
"""How many signatures around each other are opened."""
CHECKED_BY_NOBODY = "signed with S/MIME, the signature is not checked"


class Broken(ValueError):
    """These bytes are no BER, or not the one that is looked for."""


class Element(NamedTuple):
    """One element: its tag, where its content begins and ends, and where the next one begins."""

    tag: int
    begin: int
    end: int
    after: int


def unsigned(tree: Tree) -> Tree:
    """The mail inside a signature that wraps it wholly, under the header of the mail; any other mail as it is."""
    for _ in range(SIGNED_TWICE):
        content = signed_content(tree.root.content(tree.data)) if is_envelope(tree.root) else b""
        if not content:
            break
        inner = tree_of(content)
        outside = [each for each in tree.root.header.fields if not about_content(each.name)]
        # what else stands inside means nothing (RFC 2045, section 3), and no relay has taken forged trace fields away there
        inside = [each for each in inner.root.header.fields if about_content(each.name)]
        inner.root.header.fields = [*outside, *inside]
        inner.defects[:0] = [*tree.defects, CHECKED_BY_NOBODY]
        tree = inner
    return tree


def is_envelope(part: Part) -> bool:
    """Whether a part is an S/MIME envelope, signed or encrypted."""
    return part.media in ENVELOPES


def about_content(name: str) -> bool:
    """Whether a header field speaks of the body, not of the mail."""
    return name.startswith("content-")


def signed_content(data: bytes) -> bytes:
    """What was signed, b"" where the bytes are no SignedData with its content inside (RFC 5652, section 5.1)."""
    ber = Ber(data)
    try:
        kind, content = ber.inside(ber.element(0, len(data)), 2)
        ber.expect(kind, SIGNED_DATA)
        [signed] = ber.inside(content, 1)
        _version, _digests, encapsulated = ber.inside(signed, 3)
        kind, explicit = ber.inside(encapsulated, 2)
        ber.expect(kind, DATA)
        [content] = ber.inside(explicit, 1)
        return ber.octets(content)
    except (Broken, StopIteration):
        return b""


class Ber:
    """Bytes that hold elements in the basic encoding rules, of which a bounded number is looked at."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.left = MOST_ELEMENTS

    def inside(self, parent: Element, number: int) -> list[Element]:
        """The first elements inside another."""
        found = self.elements(parent.begin, parent.end)
        return [next(found) for _ in range(number)]

    def expect(self, found: Element, identifier: bytes) -> None:
        """Make sure that an element is a certain object identifier."""
        if found.tag != IDENTIFIER or self.data[found.begin : found.end] != identifier:
            raise Broken

    def octets(self, found: Element) -> bytes:
        """The bytes of an OCTET STRING, in one piece or in several."""
        if found.tag == OCTETS:
            return self.data[found.begin : found.end]
        if found.tag != OCTETS_IN_PIECES:
            raise Broken
        pieces = [each for each in self.elements(found.begin, found.end) if each.tag == OCTETS]
        return b"".join(self.data[each.begin : each.end] for each in pieces)

    def elements(self, at: int, end: int, depth: int = 0) -> Iterator[Element]:
        """The elements one after another, up to the mark that ends them where their length was not said."""
        while at < end and self.data[at : at + 2] != END:
            found = self.element(at, end, depth)
            yield found
            at = found.after

    def element(self, at: int, end: int, depth: int = 0) -> Element:
        """The element that begins here."""
        self.left -= 1
        if at + 2 > end or self.data[at] & LONG_TAG == LONG_TAG or depth > DEEPEST or self.left < 0:
            raise Broken
        tag, length, begin = self.data[at], self.data[at + 1], at + 2
        if length == UNKNOWN:
            last = begin
            for each in self.elements(begin, end, depth + 1):
                last = each.after
            return Element(tag, begin, last, min(last + len(END), end))
        if length > UNKNOWN:
            size = length - UNKNOWN
            length = int.from_bytes(self.data[begin : begin + size])
            begin += size
        if begin + length > end:
            raise Broken
        return Element(tag, begin, begin + length, begin + length)
