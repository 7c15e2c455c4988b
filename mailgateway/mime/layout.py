"""Text laid out from the tags of HTML: paragraphs, lists, tables, quotations, links, preformatted text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "pre", "blockquote"})
LINES = frozenset(
    [
        "div",
        "tr",
        "li",
        "dt",
        "dd",
        "section",
        "article",
        "header",
        "footer",
        "address",
        "center",
        "form",
        "fieldset",
        "main",
        "nav",
        "aside",
        "figure",
        "figcaption",
        "body",
        "html",
        "head",
        "caption",
        "thead",
        "tbody",
        "tfoot",
        "option",
        "hgroup",
        "details",
        "summary",
        "legend",
    ]
)
CELLS = frozenset({"td", "th"})
DEEPEST_LIST = 20
DEEPEST_QUOTE = 20
LONGEST_LINK = 100
"""A longer address is for machines, and hides the text around it; it is in the HTML still."""
MANY_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(slots=True)
class Layout:
    """The text so far, and in what we stand."""

    lines: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    lists: list[int] = field(default_factory=list)
    """For each open list its last number; -1 for one with dashes."""
    quoted: int = 0
    preformatted: bool = False
    cells: int = 0
    gap: bool = False
    """A blank line is due before the next text."""
    links: list[tuple[str, int, int]] = field(default_factory=list)
    bullet: str = ""
    hollow: bool = False
    """The line that was begun holds only a blank that does not break: it is a blank line."""

    def text(self, text: str) -> None:
        """Text between tags."""
        if self.preformatted:
            first, *rest = text.split("\n")
            self.word(first)
            for each in rest:
                self.end_line(keep_blank=True)
                self.word(each)
            return
        if text == " ":
            if self.line and not self.line[-1].endswith(" "):
                self.line.append(" ")
        elif text:
            if not self.line or self.line[-1].endswith((" ", "\n")):
                text = text.lstrip(" ")
            self.word(text)

    def word(self, text: str) -> None:
        """Put text into the line, behind what is due before it."""
        if not text:
            return
        if not self.line:
            self.hollow = False
            if self.gap and self.lines:
                self.lines.append(self.prefix().rstrip())
            self.gap = False
            if self.bullet:
                self.line.append(self.bullet)
                self.bullet = ""
        self.line.append(text)

    def prefix(self) -> str:
        """What stands before each line inside a quotation."""
        return "> " * min(self.quoted, DEEPEST_QUOTE)

    def end_line(self, *, keep_blank: bool = False) -> None:
        """End the line, if one was begun."""
        if self.line or keep_blank:
            body = "".join(self.line)
            body = body if self.preformatted else body.rstrip(" |") if body.endswith("| ") else body.rstrip()
            self.lines.append((self.prefix() + body).rstrip())
            self.line.clear()
        elif self.hollow and self.lines and self.lines[-1]:
            self.lines.append(self.prefix().rstrip())
        self.hollow = False

    def open(self, name: str, get: Callable[[str], str]) -> None:
        """An element opens."""
        if name == "br":
            self.end_line(keep_blank=True)
        elif name in CELLS:
            if self.line and not self.bullet:
                self.line.append("" if self.line[-1].endswith("| ") else " | ")
        elif name == "a":
            self.end_link()  # a link does not stand in another
            self.links.append((get("href").strip(), len(self.lines), len(self.line)))
        elif name == "img":
            self.image(get("alt"))
        elif name == "hr":
            self.rule()
        elif name in PARAGRAPHS or name in LINES:
            self.open_block(name)

    def open_block(self, name: str) -> None:
        """A block opens: what follows stands on lines of its own."""
        self.end_line()
        self.gap = self.gap or (name in PARAGRAPHS and not self.bullet)
        if name == "li":
            self.bullet = self.next_bullet()
        elif name in {"ul", "ol"}:
            if len(self.lists) < DEEPEST_LIST:
                self.lists.append(0 if name == "ol" else -1)
            self.gap = len(self.lists) <= 1
        elif name == "blockquote":
            if self.lines and self.gap:
                self.lines.append(self.prefix().rstrip())
            self.gap = False
            self.quoted += 1
        elif name == "pre":
            self.preformatted = True

    def close(self, name: str) -> None:
        """An element closes."""
        if name == "a":
            self.end_link()
        elif name in PARAGRAPHS or name in LINES:
            self.end_line()
            self.close_block(name)

    def close_block(self, name: str) -> None:
        """A block closes."""
        if name in {"ul", "ol"} and self.lists:
            self.lists.pop()
            self.gap = not self.lists
        elif name in PARAGRAPHS:
            self.gap = True
        if name == "blockquote":
            self.quoted = max(0, self.quoted - 1)
        elif name == "pre":
            self.preformatted = False
        elif name == "li":
            self.bullet = ""

    def next_bullet(self) -> str:
        """A dash, or the next number of the list."""
        if not self.lists:
            return "- "
        indent = "  " * (len(self.lists) - 1)
        if self.lists[-1] < 0:
            return f"{indent}- "
        self.lists[-1] += 1
        return f"{indent}{self.lists[-1]}. "

    def image(self, alt: str) -> None:
        """An image is what its `alt` says."""
        if alt.strip() and len(alt) <= 200:
            self.text(" ".join(alt.split()))

    def rule(self) -> None:
        """A horizontal rule."""
        self.end_line()
        self.word("-" * 20)
        self.end_line()

    def end_link(self) -> None:
        """A link closes: its address is shown where the text does not say it."""
        if not self.links:
            return
        href, line, begin = self.links.pop()
        if len(href) > LONGEST_LINK or not href.lower().startswith(("http://", "https://")) or line != len(self.lines):
            return
        text = "".join(self.line[begin:]).strip()
        if text and bare(text) not in bare(href):
            self.word(f" <{href}>")

    def finished(self) -> str:
        """The whole text."""
        self.end_line()
        return MANY_BLANK_LINES.sub("\n\n", "\n".join(self.lines)).strip("\n")


def bare(address: str) -> str:
    """An address of the web without what people leave out when they write it."""
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", address.strip().lower()).rstrip("/")
