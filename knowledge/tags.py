"""The tags of HTML and the text between them, one after another: no tree is built, so it is linear on anything.

A tree is what makes hostile HTML dear (a thousand `<font>` that never close, repeated in each `<p>`): whoever builds one reckons
its cost first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

MOST_TAGS = 25_000
"""What stands behind so many tags is left out."""
LONGEST_TAG = 100_000
DEAREST = 300_000
"""How many nodes a tree of the HTML may have, reckoned from above."""
MOST_AMPERSANDS = 75_000
"""The tree is built in a time that grows with their square."""

NAME = re.compile(r"(/?)([a-zA-Z][a-zA-Z0-9:-]{0,30})")
ATTRIBUTE = re.compile(r"([a-zA-Z][a-zA-Z0-9-]{0,30})\s?=\s?(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
UNSEEN_STYLE = re.compile(
    r"display\s?:\s?none|visibility\s?:\s?hidden|mso-hide\s?:\s?all|font-size\s?:\s?0(?:px|pt|em|%)?\s?(?:;|!|$)"
    r"|max-height\s?:\s?0(?:px)?\s?(?:;|$)",
    re.IGNORECASE,
)
VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "area", "base", "col", "wbr", "embed", "source", "o:p"})
FORMATTING = frozenset(
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"]
)


class Tag(NamedTuple):
    """A tag: its name in lower case, whether it closes, and its attributes as they stand."""

    name: str
    closes: bool
    attributes: str

    def get(self, attribute: str) -> str:
        """The value of an attribute (in lower case), "" where it is missing."""
        if attribute not in self.attributes.lower():
            return ""
        for found in ATTRIBUTE.finditer(self.attributes[:LONGEST_TAG]):
            if found[1].lower() == attribute:
                return unescape(found[2] or found[3] or found[4] or "")
        return ""

    @property
    def unseen(self) -> bool:
        """Whether a reader would not see what stands in it."""
        if not self.attributes:
            return False
        lower = self.attributes.lower()
        return ("style" in lower and bool(UNSEEN_STYLE.search(self.get("style")))) or lower.strip() == "hidden"


def tags(html: str, most: int = MOST_TAGS) -> Iterator[Tag | str]:
    """The tags of a document and the text between them (still with entities), in order; comments are left out, and what stands behind `most` of them."""
    at, end = 0, len(html)
    last_comment_end = html.rfind("-->")
    for _ in range(most):
        opening = html.find("<", at)
        if opening < 0:
            break
        if opening > at:
            yield html[at:opening]
        tag, at = tag_at(html, opening, commented=opening < last_comment_end)
        if tag:
            yield tag
    else:
        return
    if at < end:
        yield html[at:]


def tag_at(html: str, at: int, *, commented: bool) -> tuple[Tag | str, int]:
    """The tag that opens at `at` and where it ends; a lone `<` is text. `commented`: some comment ends behind it."""
    if commented and html.startswith("<!--", at):
        stop = html.find("-->", at + 2)
        return "", stop + 3 if stop >= 0 else len(html)
    name = NAME.match(html, at + 1)
    if name is None:
        if html[at + 1 : at + 2] in {"!", "?"}:
            stop = html.find(">", at)
            return "", stop + 1 if stop >= 0 else len(html)
        return "<", at + 1
    stop = tag_end(html, name.end())
    if stop < 0:
        return html[at:], len(html)
    return Tag(name[2].lower(), bool(name[1]), html[name.end() : stop]), stop + 1


def tag_end(html: str, at: int) -> int:
    """Where a tag ends: at the next `>` that is not inside quotes; -1 where there is none."""
    stop = html.find(">", at)
    if stop < 0:
        return -1
    inside = html[at:stop]
    for quote in "\"'":
        if inside.count(quote) % 2 and f"={quote}" in inside:
            closing = html.find(quote, stop, stop + 2_000)
            later = html.find(">", closing, closing + 2_000) if closing >= 0 else -1
            return later if later >= 0 else stop
    return stop


def cost(html: str) -> int:
    """An upper bound of the nodes a browser's tree would have: unclosed formatting is repeated in each block."""
    if html.count("<") < 2_000:
        return 0
    total, depth, open_formatting = 0, 0, 0
    if html.count("<") > MOST_TAGS:
        return DEAREST + 1
    for token in tags(html):
        if isinstance(token, str) or token.name in VOID:
            total += 1
        elif token.name in FORMATTING:
            open_formatting = max(0, open_formatting + (-1 if token.closes else 1))
            total += 1 + open_formatting  # each is compared with all that are open
        else:
            depth = max(0, depth + (-1 if token.closes else 1))
            total += 1 + open_formatting + max(0, depth - 200)
    return total
