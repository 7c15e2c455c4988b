"""Markdown as HTML that is safe to show, and as plain text. Raw HTML in it is shown, never obeyed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

LARGEST = 400_000
"""Characters of Markdown that are read; the rest is left away."""

SCHEMES = ("http://", "https://", "mailto:", "tel:")


def to_html(markdown: str) -> str:
    """The Markdown as HTML: links carry `rel="nofollow noopener"`, and only safe schemes are links."""
    html: str = _reader().render(markdown[:LARGEST])
    return html


def to_text(markdown: str) -> str:
    """The Markdown as plain text: a block a paragraph, an item or a row a line, a link as its words and where it leads."""
    lines = [line.rstrip() for line in _text_lines(markdown[:LARGEST])]
    kept = [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
    return "\n".join(kept).strip()


@dataclass(frozen=True, slots=True)
class Title:
    """A heading in Markdown: its words as they stand, and its lines."""

    level: int
    text: str
    begin: int
    end: int


def headings_of(markdown: str) -> list[Title]:
    """The headings that stand in no list, quotation or code."""
    tokens = _blocks().parse(markdown[:LARGEST])
    return [
        Title(int(token.tag[1]), tokens[number + 1].content, *token.map)
        for number, token in enumerate(tokens)
        if token.type == "heading_open" and token.level == 0 and token.map
    ]


def plain(line: str) -> str:
    """A line of Markdown as plain text on one line."""
    return " ".join(_words(_reader().parseInline(line)[0].children or ()).split())


_BETWEEN = re.compile(r"\n(?:[ \t]*\n)+")
_WORD = r"(?:[^\W\d_]|[\"'(„“‚‘»«›‹]|\d+(?![\d.)]))"
_REST = r"(?:[^\x00-\x1f\x7f\\`*_<>&|]|&(?= ))*"
_PLAIN = re.compile(f"{_WORD}{_REST}(?:\n{_WORD}{_REST})*")
"""Lines that begin with a word, and hold nothing that Markdown could mean."""
_FAR = re.compile(r"```|~~~|\]:|[\r\0]")
"""What reaches beyond its own paragraph, or is replaced before all else."""


def _text_lines(markdown: str) -> Iterator[str]:
    """The lines of a text. Most of what people write are plain paragraphs: these are what they say, and are not parsed."""
    if _FAR.search(markdown):
        yield from _lines(_reader().parse(markdown))
        return
    begin = end = 0  # what is not plain, so far
    for start, stop in _paragraphs(markdown):
        paragraph = markdown[start:stop]
        if _PLAIN.fullmatch(paragraph) and "](" not in paragraph:
            if begin < end:
                yield from _lines(_reader().parse(markdown[begin:end]))
            yield from paragraph.split("\n")
            yield ""
            begin = stop
        end = stop
    if begin < end:
        yield from _lines(_reader().parse(markdown[begin:end]))


def _paragraphs(markdown: str) -> Iterator[tuple[int, int]]:
    """Where each stands, of lines without an empty one between them."""
    begin = 0
    for found in _BETWEEN.finditer(markdown):
        yield begin, found.start()
        begin = found.end()
    yield begin, len(markdown)


@cache
def _blocks() -> MarkdownIt:
    """Reads blocks alone, in linear time: the marks within lines are dear where they are many."""
    reader = _reader_of_all()
    reader.core.ruler.enableOnly(["normalize", "block"])
    return reader


@cache
def _reader() -> MarkdownIt:
    reader = _reader_of_all()
    reader.validateLink = _is_safe  # type: ignore[method-assign]  # the documented way to set it
    reader.add_render_rule("link_open", _link_open)
    return reader


def _reader_of_all() -> MarkdownIt:
    from markdown_it import MarkdownIt

    # one kind of rule is enough, and bounded: no raw HTML, no images fetched from elsewhere
    return MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable("table").disable("image")


def _is_safe(url: str) -> bool:
    start = url.strip().lower()
    if start.startswith(SCHEMES):
        return True
    # a path of our own site; "//host" is another's, and a scheme has its colon before any slash
    return not start.startswith(("//", "/\\", "\\")) and ":" not in start.split("/")[0]


def _link_open(renderer: Any, tokens: Sequence[Token], number: int, options: Any, environment: Any) -> str:
    if str(tokens[number].attrGet("href") or "").lower().startswith(("http://", "https://")):
        tokens[number].attrSet("rel", "nofollow noopener")
    html: str = renderer.renderToken(tokens, number, options, environment)
    return html


def _lines(tokens: Iterable[Token]) -> list[str]:
    lines: list[str] = []
    marks: list[str] = []  # one a list that is open: "- ", or the number of the next item
    pending = ""
    for token in _with_rows(tokens):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            marks.append("- " if token.type == "bullet_list_open" else str(token.attrGet("start") or 1))
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            marks.pop()
            lines.append("")
        elif token.type == "list_item_open":
            pending = _item(marks)
        elif token.type == "list_item_close":
            pending = ""  # an item without words is none
        elif token.content:
            body = _words(token.children or ()) if token.type == "inline" else token.content.rstrip("\n")
            lines.extend((pending + body).split("\n"))
            pending = ""
        elif token.type in ("paragraph_close", "heading_close", "fence", "table_close") and not marks:
            lines.append("")
    return lines


def _with_rows(tokens: Iterable[Token]) -> Iterator[Token]:
    """The tokens, with each row of a table as the one line that it is."""
    row: list[str] = []
    for token in tokens:
        if token.type in ("th_open", "td_open"):
            row.append("")
        elif token.type == "inline" and row:
            row[-1] = _words(token.children or ())
        elif token.type == "tr_close":
            token.content, row = " | ".join(row), []
            yield token
        else:
            yield token


def _item(marks: list[str]) -> str:
    indent = "  " * (len(marks) - 1)
    if marks[-1] == "- ":
        return f"{indent}- "
    number = int(marks[-1])
    marks[-1] = str(number + 1)
    return f"{indent}{number}. "


def _words(inline: Iterable[Token]) -> str:
    parts: list[str] = []
    opened: list[tuple[str, int]] = []
    for token in inline:
        if token.type == "link_open":
            opened.append((str(token.attrGet("href") or ""), len(parts)))
        elif token.type == "link_close" and opened:
            href, begin = opened.pop()
            if "".join(parts[begin:]) not in (href, href.removeprefix("mailto:")):
                parts.append(f" ({href})")
        elif token.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        else:
            parts.append(token.content)
    return "".join(parts)
