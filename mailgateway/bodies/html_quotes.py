"""Marks in HTML what mail programs themselves name as quoted or as a signature, before it becomes text."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape, unescape

from knowledge.tags import Tag, tags
from mailgateway.bodies.attributions import QUOTED
from mailgateway.bodies.quotes import CUT, SIGNED
from mailgateway.listed import words
from mailgateway.mime.html import LARGEST, text_of

_BEGIN = {"quoted": "\ue010", "bare": "\ue011", "signed": "\ue012"}
_END = "\ue013"
_REGIONS = {mark: region for region, mark in _BEGIN.items()}
_MARK = re.compile(f"[{''.join(_BEGIN.values())}{_END}]")
_PRIVATE = dict.fromkeys(range(0xE000, 0xE020))
_HOLDERS = frozenset({"div", "blockquote", "span", "table", "td", "section", "article"})
"""The elements that can hold a quotation."""

_QUOTED_CLASSES = words(
    """
    gmail_attr moz-cite-prefix yahoo_quoted protonmail_quote tutanota_quote zmail_extra quoted-message nylas-quote
    fsnotifreplyabove x_fsnotifreplyabove outlookmessageheader moz-email-headers-table moz-forward-container zm_quote
    front-blockquote ms-outlook-mobile-reference-message gmail_quote_attribution mail-quote previous-message
    """
)
_QUOTED_IDS = frozenset(
    {"olk_src_body_section", "yahoo_quoted", "appleoriginalcontents", "mailsplit", "isreplycontent"}
)
_CUT_IDS = frozenset(
    {"divrplyfwdmsg", "appendonsend", "stopspelling", "replysplit", "mail-editor-reference-message-container"}
)
_SIGNATURE = words(
    """
    gmail_signature moz-signature signature applemailsignature ms-outlook-mobile-signature protonmail_signature_block
    messagesignaturesection yahoo-signature zmail_signature_below protonmail_signature_block-user
    """
)
_OUTLOOK_RULE = re.compile(r"border-top:solid#(?:e1e1e1|b5c4df)")


@dataclass(slots=True)
class _Spot:
    """A place in the HTML where an element that may hold a quotation opens."""

    tag: Tag
    end: int = -1
    """The number of the piece that closes it."""
    quotes_before: int = 0
    """How many blockquotes opened before it."""
    quotes_within: int = 0


def marked_lines(html: str) -> list[str]:
    """The HTML as lines of text; those which it proves to be quoted begin with QUOTED, those of a bare blockquote with ">"."""
    return list(_lines(text_of(_marked(html[:LARGEST].translate(_PRIVATE)))))


def _spots(pieces: list[Tag | str]) -> dict[int, _Spot]:
    """The elements that can hold a quotation, by the number of the piece that opens each; misnested ones do no harm."""
    spots: dict[int, _Spot] = {}
    open_at: dict[str, list[int]] = defaultdict(list)
    quotes = 0
    for number, piece in enumerate(pieces):
        if isinstance(piece, str) or piece.name not in _HOLDERS:
            continue
        if piece.closes:
            if open_at[piece.name]:
                spot = spots[open_at[piece.name].pop()]
                spot.end, spot.quotes_within = number, quotes - spot.quotes_before
        else:
            quotes += piece.name == "blockquote"
            open_at[piece.name].append(number)
            spots[number] = _Spot(piece, quotes_before=quotes)
    for numbers in open_at.values():
        for number in numbers:
            spots[number].quotes_within = quotes - spots[number].quotes_before
    return spots


def _marked(html: str) -> str:
    """The HTML with a paragraph of a private character where a region begins or ends, and without its blockquotes."""
    pieces = list(tags(html))
    spots = _spots(pieces)
    out: list[str] = []
    ends: set[int] = set()
    for number, piece in enumerate(pieces):
        if isinstance(piece, str):
            out.append(escape(unescape(piece).translate(_PRIVATE), quote=False) if "&#" in piece else piece)
            continue
        region = "" if piece.closes else _region(piece, spots.get(number))
        if region == "cut":
            out.append(f"<p>{CUT}</p>")
        elif region and number in spots:
            out.append(f"<p>{_BEGIN[region]}</p>")
            ends.add(spots[number].end)
        name = "div" if piece.name == "blockquote" else piece.name
        out.append(f"</{name}>" if piece.closes else f"<{name} {piece.attributes}>")
        if number in ends:
            out.append(f"<p>{_END}</p>")
    return "".join(out)


def _region(tag: Tag, spot: _Spot | None) -> str:
    """Which region an opening tag begins: "quoted", "bare" (a blockquote of any kind), "signed", "cut", or ""."""
    if not tag.attributes.strip(" /"):
        return "bare" if tag.name == "blockquote" else ""
    classes = set(tag.get("class").lower().split())
    names = classes | {tag.get("id").lower().removeprefix("x_"), tag.get("name").lower()}
    if names & _CUT_IDS or _OUTLOOK_RULE.search(tag.get("style").lower().replace(" ", "")):
        return "cut"
    if names & _SIGNATURE:
        return "signed"
    if classes & _QUOTED_CLASSES or names & _QUOTED_IDS or (tag.name == "div" and tag.get("name") == "quote"):
        return "quoted"
    if tag.name == "blockquote":
        return "quoted" if tag.get("type").lower() == "cite" or "gmail_quote" in classes else "bare"
    return "quoted" if "gmail_quote" in classes and spot is not None and not spot.quotes_within else ""


def _lines(text: str) -> Iterator[str]:
    """The lines of the text, each with the mark of the region that counts most."""
    stack: list[str] = []
    depth: Counter[str] = Counter()
    for line in text.split("\n"):
        bare = line
        if _MARK.search(line):
            for letter in _MARK.findall(line):
                if letter in _REGIONS:
                    stack.append(_REGIONS[letter])
                    depth[stack[-1]] += 1
                elif stack:
                    depth[stack.pop()] -= 1
            bare = _MARK.sub("", line)
            if not bare.strip():
                continue
        yield _prefix(depth) + bare


def _prefix(depth: Counter[str]) -> str:
    if depth["quoted"]:
        return QUOTED
    if depth["signed"]:
        return SIGNED
    return "> " if depth["bare"] else ""
