"""From the tokens of a page to Markdown: paragraphs, lists, tables, headings, code and links; all else is text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import quote, urljoin

from knowledge.pages.chrome import named
from knowledge.pages.page import HEADINGS, shown
from knowledge.tags import Tag

_SCHEMES = ("http://", "https://", "mailto:", "tel:")
_BLOCKS = frozenset(HEADINGS) | named(
    """
    address article blockquote button caption dd details div dl dt figcaption figure hr li main ol p pre section summary table
    tbody tfoot thead tr ul
    """
)
_MARKS = {"b": "**", "strong": "**", "em": "*", "i": "*", "code": "`", "kbd": "`", "samp": "`"}
_STRONG_BLOCKS = frozenset({"summary", "dt", "button"})
"""What opens a question within an answer stands out in it."""
_COLUMNS = 20
_DIGITS = 4

_BLANKS = re.compile(r"[ \t\n\f\r\xa0]+")
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
_SPECIAL = re.compile(r"[\\`*\[\]|]|<(?=[a-zA-Z/!?])|&(?=#?\w{1,31};)|(?<![^\W_])_|_(?![^\W_])")
_BEGINNING = re.compile(r"(\d{0,9})(#{1,6}(?= |$)|(?<!\d)[-+>=]|~~~|(?<=\d)[.)](?= |$))")
_TICKS = re.compile("`+")


@dataclass(slots=True)
class _Mark:
    """Something of a line that is open: bold, code, a link."""

    kind: str
    at: int
    """The piece of the line that it begins with."""
    url: str = ""


@dataclass(slots=True)
class _Prefix:
    """What the lines of an item or a quotation begin with."""

    first: str
    others: str
    fresh: bool = True


@dataclass(slots=True)
class _List:
    """A list that is open."""

    number: int
    """Of the next item; 0 is a list without numbers."""
    fresh: bool = True


@dataclass(slots=True)
class _Table:
    """A table that is open: the rows as they come; the text of its cells is collected on the way."""

    rows: list[list[str]] = field(default_factory=list)
    head: bool = False
    """The first row names the columns."""
    cell: list[str] | None = None
    width: int = 1


def markdown_of(tokens: Iterable[Tag | str], base: str = "") -> str:
    """The Markdown for tokens of a page; a link that leads nowhere without its page is kept as its words."""
    writer = _Writer(base)
    for token in shown(tokens):
        if isinstance(token, str):
            writer.text(token)
        elif token.closes:
            writer.close(token.name)
        else:
            writer.open(token)
    return writer.finished()


class _Writer:
    """Writes Markdown as tags open and close; no tag opens another call, however deep they stand."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._lines: list[str] = []
        self._pieces: list[str] = []
        self._marks: list[_Mark] = []
        self._prefixes: list[_Prefix] = []
        self._lists: list[_List] = []
        self._tables: list[_Table] = []
        self._heading = 0
        self._verbatim: list[str] | None = None
        self._openers: dict[str, Callable[[Tag], None]] = {
            **dict.fromkeys(HEADINGS, self._open_heading),
            **dict.fromkeys(("ul", "ol"), self._open_list),
            **dict.fromkeys(("td", "th"), self._open_cell),
            **{name: lambda tag: self._mark(_MARKS[tag.name]) for name in _MARKS},
            **dict.fromkeys(_STRONG_BLOCKS, lambda _tag: self._mark("**")),
            "li": self._open_item,
            "tr": self._open_row,
            "br": self._break,
            "img": lambda tag: self.text(tag.get("alt")),
            "a": lambda tag: self._mark("a", self._url(tag.get("href"))),
            "blockquote": lambda _tag: self._prefixes.append(_Prefix("> ", "> ")),
            "pre": lambda _tag: self._begin_verbatim(),
            "table": lambda _tag: self._tables.append(_Table()),
        }
        self._closers: dict[str, Callable[[], None]] = {
            **dict.fromkeys(HEADINGS, self._close_heading),
            **dict.fromkeys(("ul", "ol"), self._close_list),
            **dict.fromkeys(("td", "th"), self._close_cell),
            **dict.fromkeys(("li", "blockquote"), self._close_prefix),
            "table": self._close_table,
        }

    def text(self, text: str) -> None:
        """Text between tags."""
        text = _INVISIBLE.sub("", unescape(text))
        if self._verbatim is not None:
            self._verbatim.append(text)
            return
        text = _BLANKS.sub(" ", text)
        in_code = any(mark.kind == "`" for mark in self._marks)
        self._say(text if in_code else _SPECIAL.sub(lambda found: "\\" + found[0], text))

    def open(self, tag: Tag) -> None:
        """A tag that opens."""
        if self._verbatim is not None:
            if tag.name == "br":
                self._verbatim.append("\n")
            return
        if tag.name in _BLOCKS:
            self._flush()
        if opener := self._openers.get(tag.name):
            opener(tag)

    def close(self, name: str) -> None:
        """A tag that closes."""
        if self._verbatim is not None:
            if name == "pre":
                self._fence("".join(self._verbatim))
            return
        if name in _MARKS or name == "a" or name in _STRONG_BLOCKS:
            self._unmark()
        if name in _BLOCKS:
            self._flush()
        if closer := self._closers.get(name):
            closer()

    def finished(self) -> str:
        """All that was written."""
        self._flush()
        return "\n".join(self._lines).strip("\n")

    def _break(self, _tag: Tag) -> None:
        self._say(" " if self._tables else "\\\n")

    def _open_heading(self, tag: Tag) -> None:
        self._heading = max(3, min(int(tag.name[1]), 5))

    def _close_heading(self) -> None:
        self._heading = 0

    def _open_list(self, tag: Tag) -> None:
        start = tag.get("start")
        number = int(start) if start.isdecimal() and len(start) < _DIGITS else 1
        self._lists.append(_List(number if tag.name == "ol" else 0))

    def _close_list(self) -> None:
        if self._lists:  # a piece of a page may end what began above it
            self._lists.pop()

    def _close_prefix(self) -> None:
        if self._prefixes:
            self._prefixes.pop()

    def _open_row(self, _tag: Tag) -> None:
        if self._tables:
            self._tables[-1].rows.append([])

    def _open_item(self, _tag: Tag) -> None:
        if not self._lists:
            self._lists.append(_List(0))  # an item without a list
        now = self._lists[-1]
        marker = f"{now.number}. " if now.number else "- "
        now.number += bool(now.number)
        self._prefixes.append(_Prefix(marker, " " * len(marker)))

    def _open_cell(self, tag: Tag) -> None:
        if not self._tables:
            return
        self._flush()
        table = self._tables[-1]
        if not table.rows:
            table.rows.append([])
        table.head = table.head or (tag.name == "th" and len(table.rows) == 1 and bool(table.rows[0]))
        wide = tag.get("colspan")
        table.cell, table.width = [], min(int(wide), _COLUMNS) if wide.isdecimal() and len(wide) < _DIGITS else 1

    def _close_cell(self) -> None:
        self._flush()
        if self._tables and (cell := self._tables[-1].cell) is not None:
            table = self._tables[-1]
            table.rows[-1] += [" ".join(cell), *[""] * (table.width - 1)]
            table.cell = None

    def _mark(self, kind: str, url: str = "") -> None:
        # bold in bold is bold, and a heading is so by itself
        doubled = any(mark.kind == kind for mark in self._marks) or (kind == "**" and self._heading > 0)
        self._marks.append(_Mark("" if doubled else kind, len(self._pieces), url))

    def _unmark(self) -> None:
        if self._marks:
            mark = self._marks.pop()
            self._pieces[mark.at :] = _wrapped(mark, "".join(self._pieces[mark.at :]))

    def _say(self, text: str) -> None:
        if text:
            self._pieces.append(text)

    def _flush(self) -> None:
        """End the paragraph; what is open in it goes on in the next."""
        if not self._pieces:
            return
        for mark in reversed(self._marks):
            self._pieces[mark.at :] = _wrapped(mark, "".join(self._pieces[mark.at :]))
            mark.at = 0
        paragraph = _in_line(self._pieces)
        self._pieces = []
        if self._heading and paragraph:
            paragraph = f"{'#' * self._heading} {paragraph.replace(chr(92) + chr(10), ' ')}"
        if paragraph:
            self._emit(paragraph.split("\n"))

    def _emit(self, lines: list[str]) -> None:
        for table in self._tables:
            if table.cell is not None:
                table.cell.append(" ".join(self._first_prefix() + line for line in lines))
                return
        if self._lines and not self._goes_on():
            self._lines.append("".join(each.others for each in self._prefixes if not each.fresh).rstrip())
        for line in lines:
            self._lines.append((self._first_prefix() + line).rstrip())
        for open_list in self._lists:
            open_list.fresh = False

    def _goes_on(self) -> bool:
        """Whether an item follows directly on the one before it, or on the one that it stands in."""
        begins = bool(self._prefixes) and self._prefixes[-1].fresh
        return begins and bool(self._lists) and not (self._lists[-1].fresh and len(self._lists) == 1)

    def _first_prefix(self) -> str:
        now = "".join(each.first if each.fresh else each.others for each in self._prefixes)
        for each in self._prefixes:
            each.fresh = False
        return now

    def _begin_verbatim(self) -> None:
        self._verbatim = []

    def _fence(self, text: str) -> None:
        self._verbatim = None
        fence = "`" * max(3, 1 + max(map(len, _TICKS.findall(text)), default=0))
        if text.strip():
            self._emit([fence, *text.strip("\n").split("\n"), fence])

    def _close_table(self) -> None:
        if not self._tables:
            return
        table = self._tables.pop()
        rows = [row[:_COLUMNS] for row in table.rows if any(row)]
        columns = max(map(len, rows), default=0)
        if columns < 2:  # made for its looks
            for row in rows:
                self._emit([row[0]])
            return
        if not table.head:
            rows.insert(0, [""] * columns)
        filled = [row + [""] * (columns - len(row)) for row in rows]
        filled.insert(1, ["---"] * columns)
        self._emit([f"| {' | '.join(row)} |" for row in filled])

    def _url(self, href: str) -> str:
        url = urljoin(self._base, href.strip()) if self._base and not href.startswith("#") else href.strip()
        return quote(url, safe="%/:?#[]@!$&'*+,;=~-._") if url.lower().startswith(_SCHEMES) else ""


def _wrapped(mark: _Mark, inner: str) -> list[str]:
    """What a mark makes of the text in it: blanks go outside, and what is empty is nothing."""
    bare = inner.strip(" ")
    before, after = " " * inner.startswith(" "), " " * inner.endswith(" ")
    if not bare.strip("\\\n ") or not mark.kind or (mark.kind == "a" and not mark.url):
        return [inner]
    if mark.kind == "a":
        return [before, f"[{bare}](<{mark.url}>)" if "*" in mark.url else f"[{bare}]({mark.url})", after]
    if mark.kind == "`":
        fence = "`" * (1 + max(map(len, _TICKS.findall(bare)), default=0))
        edge = " " if bare.startswith("`") or bare.endswith("`") else ""
        return [before, f"{fence}{edge}{bare}{edge}{fence}", after]
    return [before, _Strong(f"{mark.kind}{bare}{mark.kind}"), after]


class _Strong(str):
    """Text that stands out: its marks are read as such only where a blank or a sign stands beside them."""

    __slots__ = ()


def _in_line(pieces: list[str]) -> str:
    """A paragraph of its pieces, its lines without blanks at their ends, nothing at their beginning read as a mark."""
    line = ""
    for number, piece in enumerate(pieces):
        follows = next((each[0] for each in pieces[number + 1 :] if each), "")
        if isinstance(piece, _Strong):
            inner = piece.strip("*")
            line += " " if line[-1:].isalnum() and not inner[:1].isalnum() else ""
            line += piece + (" " if follows.isalnum() and not inner[-1:].isalnum() else "")
        else:
            line += piece
    parts = (_BLANKS.sub(" ", part).strip() for part in re.split(r"\\\n", line))
    return "\\\n".join(
        _BEGINNING.sub(r"\1\\\2", part, count=1) if _BEGINNING.match(part) else part for part in parts if part
    )
