"""HTML of mail: turned into text for people to read, and sanitised for display.

`text_of` reads the tags one after another and builds no tree, so it is linear on anything. A tree is what makes
hostile HTML dear (a thousand `<font>` that never close, repeated in each `<p>`), so `sanitise` reckons its cost first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from typing import TYPE_CHECKING, NamedTuple

from mailgateway.mime.charset import cleaned
from mailgateway.mime.layout import Layout

if TYPE_CHECKING:
    import nh3

LARGEST = 1_000_000
MOST_TAGS = 25_000
"""What stands behind so many tags is left out of the text."""
LONGEST_TAG = 100_000
DEAREST = 300_000
"""How many nodes a tree of the HTML may have, reckoned from above."""

NAME = re.compile(r"(/?)([a-zA-Z][a-zA-Z0-9:-]{0,30})")
ATTRIBUTE = re.compile(r"([a-zA-Z][a-zA-Z0-9-]{0,30})\s?=\s?(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
UNSEEN_STYLE = re.compile(
    r"display\s?:\s?none|visibility\s?:\s?hidden|mso-hide\s?:\s?all|font-size\s?:\s?0(?:px|pt|em|%)?\s?(?:;|!|$)"
    r"|max-height\s?:\s?0(?:px)?\s?(?:;|$)",
    re.IGNORECASE,
)
MOST_AMPERSANDS = 75_000
"""The tree is built in a time that grows with their square."""
BLANKS = re.compile(r"[ \t\n\f\r\xa0]+")
INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff\u034f]")
UNREAD = frozenset({"script", "style", "title", "template", "xml", "select", "object", "svg", "iframe", "applet"})
VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "area", "base", "col", "wbr", "embed", "source", "o:p"})
CLOSED_BY_NEXT = frozenset({"p", "li", "td", "th", "tr", "option"})
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


def tags(html: str) -> Iterator[Tag | str]:
    """The tags of a document and the text between them (still with entities), in order; comments are left out."""
    at, end = 0, len(html)
    last_comment_end = html.rfind("-->")
    for _ in range(MOST_TAGS):
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


def text_of(html: str) -> str:
    """The text of a document as a person would read it. Never raises, in linear time."""
    layout = Layout()
    for token in seen(html[:LARGEST]):
        if isinstance(token, str):
            said = readable(token, keep_blanks=layout.preformatted)
            if said == " " and is_hollow(token):
                layout.hollow = not layout.line
            layout.text(said)
        elif token.closes:
            layout.close(token.name)
        else:
            layout.open(token.name, token.get)
    return layout.finished()


def readable(text: str, *, keep_blanks: bool) -> str:
    """Text between tags with its entities read and its blanks collapsed."""
    if "&" in text:
        text = cleaned(unescape(text))
    if not text.isascii():
        text = INVISIBLE.sub("", text)
    return text.replace("\xa0", " ") if keep_blanks else BLANKS.sub(" ", text)


def is_hollow(text: str) -> bool:
    """Whether blanks that do not break stand alone: in a block of their own they are a blank line."""
    return "\xa0" in text or "&nbsp;" in text or "&#160;" in text


def seen(html: str) -> Iterator[Tag | str]:
    """The tags and the text that a reader would see."""
    closings = closing_counts(html)
    hidden, depth = "", 0
    for token in tags(html):
        if isinstance(token, str):
            if not hidden:
                yield token
            continue
        closings[token.name] = closings.get(token.name, 0) - token.closes
        if hidden == token.name:
            depth += -1 if token.closes else 1
            if depth == 0 or (hidden in CLOSED_BY_NEXT and not token.closes):
                hidden = ""
        elif not hidden and hides(token, closings):
            hidden, depth = token.name, 1
        elif not hidden:
            yield token


def hides(tag: Tag, closings: dict[str, int]) -> bool:
    """Whether what stands in the element that opens here is not seen; one that is never closed hides nothing."""
    if tag.closes or tag.name in VOID or closings.get(tag.name, 0) < 1:
        return False
    return tag.name in UNREAD or tag.unseen


def closing_counts(html: str) -> dict[str, int]:
    """How often each element is closed in a document: one that is never closed can hide nothing."""
    counts: dict[str, int] = {}
    for name in re.findall(r"</([a-zA-Z][a-zA-Z0-9:-]{0,30})", html):
        key = name.lower()
        counts[key] = counts.get(key, 0) + 1
    return counts


@lru_cache(maxsize=1)
def cleaner() -> nh3.Cleaner:
    """What may be shown of a mail: no script, no style, nothing that is loaded from elsewhere."""
    import nh3

    attributes = {name: set(allowed) for name, allowed in nh3.ALLOWED_ATTRIBUTES.items()}
    attributes["img"] = {"src", "alt", "width", "height"}
    attributes["blockquote"] = {"type", "class"}
    return nh3.Cleaner(
        tags=set(nh3.ALLOWED_TAGS) - {"map", "area"},
        clean_content_tags={"script", "style", "title", "template"},
        attributes=attributes,
        attribute_filter=local,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer nofollow",
    )


def local(tag: str, attribute: str, value: str) -> str | None:
    """Keep an attribute unless it loads something from elsewhere."""
    if attribute in {"src", "background", "cite"} or (tag == "img" and attribute == "srcset"):
        return value if value.lower().startswith("cid:") else None
    return value


def sanitise(html: str) -> str:
    """HTML that is safe to show; "" where a tree of it would be too large to be built."""
    if not html or len(html) > LARGEST or html.count("&") > MOST_AMPERSANDS or cost(html) > DEAREST:
        return ""
    return cleaner().clean(html)


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
