"""The header of a mail or part, from its bytes: every field in order, whatever stands between them.

Limits come first: a header of any size is read in bounded time, and what goes beyond is left out and named.
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, field
from typing import NamedTuple

from mailgateway.mime import charset
from mailgateway.mime.words import header_text

LARGEST_HEADER = 1_000_000
LARGEST_FIELD = 100_000
MOST_LINES = 20_000
MOST_FIELDS = 1_000

VERBATIM = frozenset(
    ("authentication-results", "arc-authentication-results", "arc-message-signature", "arc-seal", "dkim-signature",
     "received", "received-spf", "return-path", "auto-submitted")
)  # fmt: skip
"""Fields that hold no encoded words (RFC 2047, section 5). A relay takes forged ones away by what stands in them, so they
are read as it reads them."""

FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
LEADING = re.compile(rb"(?:\xef\xbb\xbf)?[\r\n]*(?:>?From [^\n]*\n[\r\n]*)?")
BLANK_LINE = re.compile(rb"\n\r*\n")
WELL_KNOWN = re.compile(
    rb"(?:from|to|cc|bcc|subject|date|message-id|reply-to|sender|received|mime-version|in-reply-to|references"
    rb"|content-[a-z-]+|x-[a-z0-9-]+|return-path|delivered-to|list-[a-z-]+|dkim-signature|user-agent)[ \t]*:",
    re.IGNORECASE,
)


class Field(NamedTuple):
    """One header field: its name in lower case, and its value as bytes, unfolded."""

    name: str
    value: bytes

    @property
    def text(self) -> str:
        """The value as text on one line."""
        if self.name in VERBATIM:
            return one_line(self.value)
        return header_text(self.value).strip()


@dataclass(slots=True)
class Header:
    """The fields of one header, and where the body begins."""

    fields: list[Field] = field(default_factory=list)
    body_at: int = 0
    defects: list[str] = field(default_factory=list)

    @property
    def raw_bytes(self) -> bool:
        """Whether a field holds bytes that are neither ASCII nor UTF-8."""
        return any(not value.isascii() and not charset.is_utf8(value) for _, value in self.fields)

    def transcode(self, declared: str, only: Container[Field] | None = None) -> None:
        """Read raw 8-bit that is no UTF-8 in the charset which the body declares: it came from the same program."""
        for number, (name, value) in enumerate(self.fields):
            if only is not None and (name, value) not in only:
                continue
            if not value.isascii() and not charset.is_utf8(value):
                text, _ = charset.decoded(value, declared)
                self.fields[number] = Field(name, text.encode("utf-8", "replace"))

    def first(self, name: str) -> bytes:
        """The first value of a field (`name` in lower case), empty where it is missing."""
        return next((found.value for found in self.fields if found.name == name), b"")

    def every(self, name: str) -> list[bytes]:
        """Every value of a field (`name` in lower case)."""
        return [found.value for found in self.fields if found.name == name]


def one_line(value: bytes) -> str:
    """A value as it stands, without what would break or steer a line."""
    text = value.decode("utf-8", "replace")
    return text.strip() if text.isprintable() else charset.cleaned(" ".join(text.split()))


def read_header(data: bytes, start: int, end: int, *, part: bool = False) -> Header:
    """Read the header that begins at `start`. A part (unlike a mail) may have none at all."""
    header = Header()
    at = start if part else skip_leading(data, start, end)
    lines = 0
    pending: list[bytes] = []
    while at < end:
        if lines >= MOST_LINES or at - start > LARGEST_HEADER:
            header.defects.append("the header is too large, the rest of it is left out")
            blank = BLANK_LINE.search(data, at - 1, end)
            at = blank.end() if blank else end
            break
        lines += 1
        stop = data.find(b"\n", at, end)
        stop = end if stop < 0 else stop
        line = data[at : min(stop, at + LARGEST_HEADER)].rstrip(b"\r")
        if not line:
            at = stop + 1
            break
        if not take_line(header, pending, line, rest=(data, at, stop, end)):
            break
        at = stop + 1
    keep(header, pending)
    header.body_at = min(at, end)
    return header


def skip_leading(data: bytes, start: int, end: int) -> int:
    """Past blank lines, a byte order mark and the `From ` line of an mbox."""
    found = LEADING.match(data, start, end)
    return found.end() if found else start


def take_line(header: Header, pending: list[bytes], line: bytes, rest: tuple[bytes, int, int, int]) -> bool:
    """Take one line of the header; False where the body has begun without a blank line."""
    if line[:1] in (b" ", b"\t"):
        if pending:
            pending.append(line)
            return True
        if not line.strip():
            return False  # a first line of blanks: the body follows
    elif FIELD.match(line):
        keep(header, pending)
        pending.append(line)
        return True
    data, _, stop, end = rest
    if not goes_on(data, stop + 1, end):
        header.defects.append("no blank line between header and body")
        return False
    header.defects.append("a line in the header that is none was left out")
    return True


def goes_on(data: bytes, at: int, end: int) -> bool:
    """Whether the header goes on after a line that does not belong there."""
    window = data[at : min(end, at + 4_000)]
    blank = BLANK_LINE.search(b"\n" + window)
    if blank:
        window = window[: blank.start()]
    return any(WELL_KNOWN.match(line) for line in window.split(b"\n")[:40])


def keep(header: Header, pending: list[bytes]) -> None:
    """Put the field whose lines are pending into the header."""
    if not pending:
        return
    raw, _, first = pending[0].partition(b":")
    name = raw.strip().decode("ascii").lower()
    value = b"".join([first, *pending[1:]]).strip(b" \t\r")
    pending.clear()
    if len(header.fields) >= MOST_FIELDS and not WELL_KNOWN.match(raw + b":"):
        note(header, "more header fields than are read")
        return
    if len(header.fields) >= 2 * MOST_FIELDS:
        return
    if len(value) > LARGEST_FIELD:
        note(header, f"the header {raw[:40].decode('ascii', 'replace')} is too long, the rest of it is left out")
        value = shortened(value, name)
    header.fields.append(Field(name, value))


def shortened(value: bytes, name: str) -> bytes:
    """The beginning of a field that is too long; of References the end as well, where the nearest stand."""
    if name != "references":
        return value[:LARGEST_FIELD]
    half = LARGEST_FIELD // 2
    return value[:half] + b"<>" + value[-half:]  # which ends an ID that is cut through, and names none


def note(header: Header, defect: str) -> None:
    """Name a defect once."""
    if defect not in header.defects:
        header.defects.append(defect)
