"""A saved web page as tokens and elements: what is no content is left out, and what is too large is refused."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from typing import TYPE_CHECKING

from knowledge.article import Wrong
from knowledge.pages.chrome import is_chrome, named
from knowledge.tags import DEAREST, MOST_AMPERSANDS, VOID, Tag, cost, tags

if TYPE_CHECKING:
    import nh3

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
DEEPEST = 400
"""Elements in each other; the pages of page builders have some fifty."""

_UNREAD = named(
    """
    script style title template noscript nav footer aside iframe object svg math canvas audio video select textarea
    datalist dialog applet
    """
)
_READ = named(
    """
    a abbr article b blockquote br button caption code dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr
    i img ins kbd label li main ol p pre q s samp section small span strong sub summary sup table tbody td tfoot th thead tr u ul
    """
)
_ATTRIBUTES = named(
    """
    id class lang href name alt role start colspan aria-controls aria-hidden data-target data-bs-target data-toggle
    data-bs-toggle data-w-id itemprop itemtype itemscope
    """
)
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, eq=False)
class Element:
    """An element of a page: where it begins and ends among the tokens, and what it stands in."""

    tag: Tag
    begin: int
    end: int
    """The token that closes it."""
    depth: int

    @property
    def name(self) -> str:
        """What it is called, in lower case."""
        return self.tag.name

    def holds(self, other: Element) -> bool:
        """Whether another stands in it."""
        return self.begin < other.begin and other.end <= self.end


@dataclass(slots=True)
class Page:
    """A page that was read."""

    tokens: list[Tag | str]
    elements: list[Element] = field(default_factory=list)
    """In the order in which they begin."""
    parents: dict[Element, Element] = field(default_factory=dict)
    by_id: dict[str, Element] = field(default_factory=dict)
    _begins: list[int] = field(default_factory=list)

    def within(self, element: Element) -> Sequence[Element]:
        """The elements that stand in one."""
        return self.between(element.begin, element.end)

    def between(self, begin: int, end: int) -> Sequence[Element]:
        """The elements that begin between two tokens."""
        return self.elements[bisect_right(self._begins, begin) : bisect_right(self._begins, end)]

    def above(self, element: Element) -> Iterator[Element]:
        """What an element stands in, from within."""
        at = self.parents.get(element)
        while at is not None:
            yield at
            at = self.parents.get(at)

    def around(self, begin: int) -> Iterator[Element]:
        """The element that begins at a token, and what it stands in, from within."""
        at = bisect_right(self._begins, begin) - 1
        if at >= 0 and self._begins[at] == begin:
            yield self.elements[at]
            yield from self.above(self.elements[at])

    def text(self, begin: int, end: int) -> str:
        """The words between two tokens, without what is for the eye alone."""
        pieces = []
        for token in shown(self.tokens[begin:end]):
            if isinstance(token, str):
                pieces.append(token)
            elif token.name not in _INLINE:
                pieces.append(" ")
        return _BLANKS.sub(" ", unescape("".join(pieces))).strip()

    def finish(self) -> Page:
        """Once all elements are in."""
        self.elements.sort(key=lambda each: each.begin)
        self._begins = [each.begin for each in self.elements]
        standing: list[Element] = []
        for each in self.elements:
            while standing and standing[-1].end < each.begin:
                standing.pop()
            if standing:
                self.parents[each] = standing[-1]
            standing.append(each)
            if known := each.tag.get("id"):
                self.by_id.setdefault(known, each)
        return self


_INLINE = named("a abbr b code del em i ins kbd q s samp small span strong sub sup u")


def shown(tokens: Iterable[Tag | str]) -> Iterator[Tag | str]:
    """The tokens of a line without elements that are hidden from those who listen: an arrow, a plus."""
    hidden = 0
    for token in tokens:
        if hidden:
            hidden += _step(token)
        elif isinstance(token, Tag) and _is_ornament(token):
            hidden = 1
        else:
            yield token


def _is_ornament(tag: Tag) -> bool:
    return not tag.closes and tag.name in _INLINE and tag.get("aria-hidden") == "true"


def page_of(html: str) -> Page:
    """The content of a page. Raises `Wrong` where it is too large to be read."""
    if cost(html) > DEAREST or html.count("&") > MOST_AMPERSANDS:
        raise Wrong("the page holds too many tags, or tags that never end; save the part with the questions alone")
    page, standing, chrome = Page([]), list[tuple[Tag, int]](), 0
    for token in tags(_cleaner().clean(html), 4 * DEAREST):
        if chrome:
            chrome += _step(token)
        elif isinstance(token, Tag) and not token.closes and token.name not in VOID and is_chrome(token):
            chrome = 1
        else:
            page.tokens.append(token)
            _note(page, token, standing)
    return page.finish()


def _note(page: Page, token: Tag | str, standing: list[tuple[Tag, int]]) -> None:
    """Take note of an element that begins or ends: the cleaner has closed each at its place."""
    at = len(page.tokens) - 1
    step = _step(token)
    if step > 0 and isinstance(token, Tag):
        if len(standing) >= DEEPEST:
            raise Wrong(f"the page is nested more than {DEEPEST} deep; save the part with the questions alone")
        standing.append((token, at))
    elif step < 0 and standing:
        tag, begin = standing.pop()
        page.elements.append(Element(tag, begin, at, len(standing)))


def _step(token: Tag | str) -> int:
    if isinstance(token, str) or token.name in VOID:
        return 0
    return -1 if token.closes else 1


@lru_cache(maxsize=1)
def _cleaner() -> nh3.Cleaner:
    """What of a page is read: its text and structure; no script, no frame, no navigation, no comment."""
    import nh3

    return nh3.Cleaner(
        tags=set(_READ),
        clean_content_tags=set(_UNREAD),
        attributes={"*": set(_ATTRIBUTES)},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )
