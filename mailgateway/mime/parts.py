"""A mail cut into its MIME parts, by looking for the boundaries in its bytes.

The outer boundaries are looked for first, level by level and without recursion, so the work is bounded by
`SCANNED` times the size of the mail however deep it claims to be nested; nothing is copied. The parser of the
standard library reads line by line: 50 MB of short lines cost it ten seconds and 2 GB.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailgateway.mime.headers import Header, note, read_header
from mailgateway.mime.parameters import Parameterised, media_type, parameterised
from mailgateway.mime.transfer import decoded_size, undone

DEEPEST = 30
MOST_PARTS = 1_000
MOST_TRIES = 100_000
"""How many lines that look like a boundary are looked at in one part."""
SCANNED = 6
"""How many times its own size of a mail is looked through for boundaries at most."""

ENCLOSED = frozenset({"message/rfc822", "message/global"})
ENCLOSED_LOOKED_AT = 20_000
CHARSET = re.compile(rb"\bcharset[ \t]*=[ \t]*\"?([A-Za-z0-9_.:+-]{1,40})", re.IGNORECASE)

FIRST_DELIMITER = re.compile(rb"^--([^\r\n]{1,250})\r?\n(?=[Cc]ontent-|\r?\n)", re.MULTILINE)
"""Blanks at its end are not the boundary's; to leave them to the expression would cost the length of the line squared."""


@dataclass(slots=True)
class Part:
    """One MIME part: its header, and where its body lies in the bytes of the mail."""

    number: int
    depth: int
    header: Header
    type: Parameterised
    disposition: Parameterised
    end: int
    parent: Part | None = None
    children: list[Part] = field(default_factory=list)

    @property
    def media(self) -> str:
        """The type in lower case, such as `text/plain`."""
        return self.type.value

    @property
    def encoding(self) -> str:
        """The Content-Transfer-Encoding in lower case, "" where none stands."""
        raw = self.header.first("content-transfer-encoding")
        return parameterised(raw).value.strip("\"' ") if raw else ""

    @property
    def charset(self) -> str:
        """The declared charset, "" where none is."""
        return self.type.get("charset")

    @property
    def content_id(self) -> str:
        """The Content-ID without its brackets."""
        return self.header.first("content-id").decode("latin-1").strip(" <>\t")[:200]

    def raw(self, data: bytes) -> bytes:
        """The body as it stands in the mail."""
        return data[self.header.body_at : self.end]

    def content(self, data: bytes) -> bytes:
        """The body with its transfer encoding undone."""
        return undone(self.raw(data), self.encoding)

    def size(self, data: bytes) -> int:
        """The size of the decoded body."""
        if self.encoding in {"", "7bit", "8bit", "binary"}:
            return self.end - self.header.body_at
        return decoded_size(self.raw(data), self.encoding)


@dataclass(slots=True)
class Tree:
    """All parts of a mail, the whole mail first, numbered depth-first."""

    data: bytes
    root: Part
    defects: list[str] = field(default_factory=list)

    def walk(self) -> Iterator[Part]:
        """Every part, depth-first."""
        pending = [self.root]
        while pending:
            part = pending.pop()
            yield part
            pending.extend(reversed(part.children))


def tree_of(data: bytes) -> Tree:
    """Cut a mail into its parts. Never raises; what is over the limits stays in one piece, and is named."""
    root = part_at(data, 0, len(data), None, "text/plain")
    tree = Tree(data, root, list(root.header.defects))
    budget, count = SCANNED * len(data) + 100_000, 1
    level = [root]
    while level:
        below: list[Part] = []
        for part in level:
            if not part.media.startswith("multipart/"):
                continue
            budget -= part.end - part.header.body_at
            if budget < 0 or part.depth >= DEEPEST:
                note(root.header, "nested too deep, the innermost parts are left in one piece")
                continue
            count = split(data, part, count)
            below.extend(part.children)
            if count >= MOST_PARTS:
                note(root.header, f"more than {MOST_PARTS} parts, the rest is left out")
        level = below
    tree.defects = list(root.header.defects)
    transcode(tree)
    for number, part in enumerate(tree.walk()):
        part.number = number
    return tree


def transcode(tree: Tree) -> None:
    """Read raw 8-bit in the headers of a mail in the charset that its first text declares.

    A field that an enclosed mail bears as well was copied from it (as filters do that wrap a mail), so its charset is
    the one which that mail declares.
    """
    header = tree.root.header
    if not header.raw_bytes:
        return
    for part in tree.walk():
        if part.media in ENCLOSED:
            inner = read_header(tree.data, part.header.body_at, part.end)
            header.transcode(declared_within(tree.data, part), only=set(inner.fields))
    header.transcode(next((part.charset for part in tree.walk() if part.charset), ""))


def declared_within(data: bytes, part: Part) -> str:
    """The first charset that an enclosed mail declares and that is more than ASCII, "" where it declares none."""
    begin = part.header.body_at
    found = (each[1] for each in CHARSET.finditer(data, begin, min(part.end, begin + ENCLOSED_LOOKED_AT)))
    return next((name.decode("ascii") for name in found if name.lower() not in {b"us-ascii", b"ascii"}), "")


def part_at(data: bytes, start: int, end: int, parent: Part | None, default: str) -> Part:
    """The part that lies between two places, its header read."""
    header = read_header(data, start, end, part=parent is not None)
    kind = media_type(header.first("content-type"), default)
    disposition = parameterised(header.first("content-disposition"))
    return Part(0, parent.depth + 1 if parent else 0, header, kind, disposition, end, parent)


def split(data: bytes, part: Part, count: int) -> int:
    """Find the parts of a multipart; the new number of parts."""
    defects = part.header
    boundary = part.type.get("boundary").encode("utf-8", "replace")
    spots = delimiters(data, part, boundary) if boundary else []
    if not spots:
        guessed = FIRST_DELIMITER.search(data, part.header.body_at, min(part.end, part.header.body_at + 100_000))
        boundary = guessed[1].rstrip(b" \t") if guessed else b""
        spots = delimiters(data, part, boundary) if boundary else []
        note(defects, "the boundary of its parts is missing")
        if not spots:
            part.type = Parameterised("text/plain", part.type.parameters)
            return count
    default = "message/rfc822" if part.media == "multipart/digest" else "text/plain"
    closed = False
    for (_, start, closing), following in zip(spots, [*spots[1:], (part.end, part.end, True)], strict=True):
        if closing or count >= MOST_PARTS:
            closed = True
            break
        part.children.append(part_at(data, start, following[0], part, default))
        count += 1
    if not closed:
        note(defects, "it ends before its last part does")
    return count


def delimiters(data: bytes, part: Part, boundary: bytes) -> list[tuple[int, int, bool]]:
    """Each delimiter line: where what is before it ends, where what follows begins, and whether it closes."""
    found: list[tuple[int, int, bool]] = []
    mark = b"--" + boundary
    at, begin = part.header.body_at, part.header.body_at
    for _ in range(MOST_TRIES):
        if not (at == begin and data.startswith(mark, at, part.end)):
            at = data.find(b"\n" + mark, at, part.end) + 1
            if at == 0:
                break
        stop = data.find(b"\n", at, part.end)
        stop = part.end if stop < 0 else stop
        rest = data[at + len(mark) : min(stop, at + len(mark) + 200)].strip()
        if rest in (b"", b"--"):
            found.append((line_end_before(data, at, begin), min(stop + 1, part.end), rest == b"--"))
        if rest == b"--" or len(found) > MOST_PARTS:
            break
        at = stop
    return found


def line_end_before(data: bytes, at: int, begin: int) -> int:
    """Where the line before a delimiter ends: its line end belongs to the delimiter."""
    if at > begin and data[at - 1 : at] == b"\n":
        at -= 1
        if at > begin and data[at - 1 : at] == b"\r":
            at -= 1
    return at
