"""The HTML of an outgoing mail, made from its text alone: paragraphs, links, quotations. Nothing remote, nothing that tells who read it.

Every character of the text is escaped by the template; no style but what stands in it, no picture, no script.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from templates import environment

DEEPEST = 8
"""Quotations within quotations; deeper ones stand at this depth."""
SIGNATURE = "-- "

_LINK = re.compile(r"https?://[^\s<>\"'`{}|\\^\[\]]{1,2000}")
_AFTER_LINK = ".,;:!?)*_"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a line; with a `link`, where it leads to."""

    text: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A step of the page: "open" and "close" a quotation, a "paragraph", or a "signature", with its lines."""

    kind: str
    lines: tuple[tuple[Span, ...], ...] = ()


def html_of(text: str, language: str = "") -> str:
    """A text as a whole HTML document."""
    return environment().get_template("mail/letter.html").render(parts=list(parts_of(text)), language=language)


def parts_of(text: str) -> Iterator[Part]:
    """The text as steps of the page, in order; each quotation that is opened is closed."""
    deep, lines = 0, list[str]()
    for line in [*text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), None]:
        now, said = (0, "") if line is None else _quoted(line)
        if lines and (line is None or now != deep or not said.strip()):
            yield _paragraph(lines)
            lines = []
        if said.strip() or line is None:
            yield from [Part("open")] * (now - deep) + [Part("close")] * (deep - now)
            deep = now
        if said.strip() or said == SIGNATURE:
            lines.append(said)


def _quoted(line: str) -> tuple[int, str]:
    """How deep a line is quoted, and what stands behind the signs."""
    deep, at = 0, 0
    while line[at : at + 1] == ">":
        deep, at = deep + 1, at + 1
        if line[at : at + 1] == " ":
            at += 1
    return min(deep, DEEPEST), line[at:]


def _paragraph(lines: list[str]) -> Part:
    kind = "signature" if lines[0] == SIGNATURE else "paragraph"
    return Part(kind, tuple(tuple(_spans(line.strip() if line != SIGNATURE else line)) for line in lines))


def _spans(line: str) -> Iterator[Span]:
    at = 0
    for found in _LINK.finditer(line):
        link = found[0].rstrip(_AFTER_LINK)
        if found.start() > at:
            yield Span(line[at : found.start()])
        yield Span(link, link)
        at = found.start() + len(link)
    if at < len(line) or not line:
        yield Span(line[at:])
