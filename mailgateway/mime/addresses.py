"""Addresses out of headers, in one pass over tokens: whatever stands there, something sensible comes back.

Commas in names without quotes, `"a@b" <c@d>`, groups, comments, missing brackets and quotes, encoded words anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from mailgateway.mime.words import header_text
from threads.model import Address

MOST_ADDRESSES = 1_000
LONGEST_NAME = 500
LONGEST_ADDRESS = 320
DEEPEST_COMMENT = 5
MOST_STRAY = 20
"""After so many parentheses that never close none is taken for a comment."""
LONGEST_PHRASE = 20
"""How many tokens, parted by commas, may belong to one name."""

TOKEN = re.compile(
    rb"(?P<word>=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*\?=)"
    rb"|(?P<angle><[^<>]*>)"
    rb"|(?P<unclosed><[^\s<>,;\"]*)"
    rb"|(?P<comma>[,;])"
    rb"|(?P<colon>:)"
    rb"|(?P<open>\()"
    rb"|(?P<text>[^\"<>,;:(=]+|[^\"])",
    re.DOTALL,
)
QUOTED = re.compile(rb"\"[^\"\\]*(?:\\.[^\"\\]*)*\"", re.DOTALL)
IN_COMMENT = re.compile(rb"\\.|[()]", re.DOTALL)
SIMPLE = re.compile(rb"([A-Za-z0-9 ._-]*)<([A-Za-z0-9._+=-]+@[A-Za-z0-9.-]+)>")
ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
SPACED_AT = re.compile(r"\s*@\s*")
AROUND = " \t\r\n\"'<>,;()[]"


class Token(NamedTuple):
    """One token of an address header."""

    kind: str
    raw: bytes


def addresses_in(value: bytes) -> tuple[Address, ...]:
    """Every address of a header in order. Never raises; empty where there is none."""
    simple = SIMPLE.fullmatch(value)
    if simple:
        return (Address(simple[2].decode("ascii").lower(), simple[1].decode("ascii").strip()),)
    found = Collector().of(value)
    if not any("@" in each.address for each in found) and b"=?" in value:
        whole = header_text(value).encode()
        if b"@" in whole:  # the address itself stood inside an encoded word
            found = Collector().of(whole)
    return tuple(found)


def tokens(value: bytes) -> Iterator[Token]:
    """The tokens of an address header, in linear time: a quote that never closes is looked for once."""
    at, hopeless, stray = 0, False, 0
    while at < len(value):
        found = TOKEN.match(value, at)
        if found is None:
            quoted = None if hopeless else QUOTED.match(value, at)
            hopeless = quoted is None  # a quote that never closes is no quote, nor is any after it
            at = quoted.end() if quoted else at + 1
            if quoted:
                yield Token("quoted", quoted[0])
            continue
        kind = str(found.lastgroup)
        at = found.end()
        if kind == "open" and stray < MOST_STRAY:
            at, comment = comment_at(value, found.start())
            stray += at == found.end()
            yield Token("comment", comment)
        elif kind == "unclosed":
            yield Token("angle" if b"@" in found[0] else "text", found[0])
        else:
            yield Token(kind, found[0])


def comment_at(value: bytes, at: int) -> tuple[int, bytes]:
    """Where the comment that opens at `at` ends, and what it says; one that never closes is no comment."""
    depth = 0
    for found in IN_COMMENT.finditer(value, at, at + LONGEST_NAME):
        depth += {b"(": 1, b")": -1}.get(found[0], 0)
        if depth == 0:
            return found.end(), value[at + 1 : found.start()]
        if depth > DEEPEST_COMMENT:
            break
    return at + 1, b""


class Collector:
    """Gathers the addresses of one header out of its tokens."""

    def __init__(self) -> None:
        self.found: list[Address] = []
        self.phrase: list[Token] = []
        self.comments: list[bytes] = []
        self.complete = False

    def of(self, value: bytes) -> list[Address]:
        """Every address of a header value."""
        for token in tokens(value):
            if len(self.found) >= MOST_ADDRESSES:
                return self.found
            self.take(token)
        self.finish(last=True)
        return self.found

    def take(self, token: Token) -> None:
        """Take one token."""
        if token.kind == "angle":
            self.take_angle(token.raw)
        elif token.kind == "comma":
            self.finish(separator=token)
        elif token.kind == "comment":
            self.comments.append(token.raw)
        elif token.kind == "colon":
            self.take_colon(token)
        else:
            self.phrase.append(token)

    def take_colon(self, token: Token) -> None:
        """A colon ends the name of a group, unless an address was begun."""
        if any(b"@" in each.raw for each in self.phrase):
            self.phrase.append(token)
        else:
            self.phrase.clear()

    def take_angle(self, raw: bytes) -> None:
        """What stands in angle brackets is the address, and what stood before them the name."""
        address = in_brackets(raw)
        name = self.name()
        if not address and "@" in name:
            return  # `a@b <>`: the phrase holds the address
        if address or name:
            self.add(address, name or self.comment())
        self.phrase.clear()
        self.comments.clear()
        self.complete = True

    def finish(self, separator: Token | None = None, *, last: bool = False) -> None:
        """An element ends at a comma, or at the end."""
        if self.complete:
            self.phrase.clear()
            self.comments.clear()
            self.complete = False
            return
        texts = [part for part in self.phrase if part.kind == "text"]
        if any(b"@" in part.raw for part in texts) or (last and self.phrase):
            self.add_bare(last=last)
        elif self.phrase and separator is not None:
            if separator.raw == b"," and len(self.phrase) < LONGEST_PHRASE:
                self.phrase.append(Token("text", separator.raw))  # Doe, John <john@example.org>
            else:
                self.phrase.clear()

    def add_bare(self, *, last: bool) -> None:
        """An element without brackets: each word with an @ is an address, the rest a name."""
        local = self.quoted_local()
        if local:
            self.add(local, self.comment())
            self.phrase.clear()
            self.comments.clear()
            return
        words = phrase_text(self.phrase).split()
        spots = [word.strip(AROUND) for word in words if "@" in word.strip(AROUND)]
        rest = " ".join(word for word in words if "@" not in word).strip(AROUND)
        if not spots and last:
            lone = rest if rest and len(words) == 1 else ""
            if not self.found and rest:
                self.add(lone, "" if lone else rest)
        name = (self.comment() or rest) if len(spots) == 1 else ""
        for spot in spots:
            self.add(spot, name)
        self.phrase.clear()
        self.comments.clear()

    def quoted_local(self) -> str:
        """An address whose local part stands in quotes (`"john doe"@example.org`), "" where there is none."""
        for quoted, following in pairwise(self.phrase):
            if quoted.kind == "quoted" and following.raw.startswith(b"@"):
                return header_text(quoted.raw + following.raw.split()[0].rstrip(b">;"))
        return ""

    def name(self) -> str:
        """The phrase as a display name."""
        return phrase_text(self.phrase).strip().strip(",;").strip()

    def comment(self) -> str:
        """The first comment: older programs write the name there."""
        return header_text(self.comments[0]).strip() if self.comments else ""

    def add(self, address: str, name: str) -> None:
        """Add one address."""
        address = SPACED_AT.sub("@", address.removeprefix("mailto:").strip()).lower()[:LONGEST_ADDRESS]
        name = name.strip()
        if len(name) > 1 and name[0] == name[-1] and name[0] in "'\"":
            name = name[1:-1].strip()
        self.found.append(Address(address, name[:LONGEST_NAME]))


def in_brackets(raw: bytes) -> str:
    """The address of `<...>`: without a route, blanks at its ends, and quotes around the whole."""
    text = header_text(raw.strip(b"<>")).strip()
    if text.startswith("@") and ":" in text:
        text = text.partition(":")[2]
    return text.removeprefix("mailto:").strip().strip("'").strip()


def phrase_text(phrase: list[Token]) -> str:
    """Words, quoted strings and encoded words as one text."""
    joined = b"".join(ESCAPED.sub(rb"\1", part.raw[1:-1]) if part.kind == "quoted" else part.raw for part in phrase)
    return " ".join(header_text(joined).split())
