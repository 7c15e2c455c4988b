"""HTML of mail: turned into text for people to read, and sanitised for display.

`text_of` reads the tags one after another and builds no tree, so it is linear on anything; `sanitise` builds one, and reckons
its cost first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from typing import TYPE_CHECKING

from knowledge.tags import DEAREST, MOST_AMPERSANDS, VOID, Tag, cost, tags
from mailgateway.mime.charset import cleaned
from mailgateway.mime.layout import Layout

if TYPE_CHECKING:
    import nh3

LARGEST = 1_000_000
BLANKS = re.compile(r"[ \t\n\f\r\xa0]+")
INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff\u034f]")
UNREAD = frozenset({"script", "style", "title", "template", "xml", "select", "object", "svg", "iframe", "applet"})
CLOSED_BY_NEXT = frozenset({"p", "li", "td", "th", "tr", "option"})


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
