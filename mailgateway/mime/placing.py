"""Images put where they stood in a text, and links that a mail program wrote twice written once."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from html import escape
from urllib.parse import unquote

WORDS = {
    "de": "Bild",
    "es": "Imagen",
    "it": "Immagine",
    "nl": "Afbeelding",
    "pl": "Obraz",
    "pt": "Imagem",
    "sv": "Bild",
    "da": "Billede",
}
"""What an image is called in a language; otherwise "Image"."""
IMAGE = re.compile(r"<img\b[^<>]{0,2000}?\bsrc\s?=\s?[\"']?cid:([^\"'\s<>]{1,300})[^<>]{0,3000}>", re.IGNORECASE)
BY_ID = re.compile(r"[\[<]cid:([^\]>\s]{1,300})[\]>]")
BY_NAME = re.compile(r"\[image: ([^\]\n]{1,200})\]")
SECOND = re.compile(r" ?<((?:https?://|mailto:)[^<>\s]{1,2000})>")
SIZE = re.compile(r"\b(?:height|width)\s?=\s?[\"']?(\d{1,5})\b(?!%)", re.IGNORECASE)
SMALL = 50
"""Pixels; no screenshot is that low or narrow."""
WORD = re.compile(r"\w+")
LONGEST_LINK = 2_000


def label(name: str, language: str) -> str:
    """What stands in a text for an image: "[Bild: riss.png]"."""
    return f"[{WORDS.get(language, 'Image')}: {name}]"


def placed_in_html(html: str, images: Mapping[str, str]) -> str:
    """The HTML with the label of each image that the mail brings along in place of the image."""
    if "cid:" not in html.lower():
        return html
    shown = {name: escape(each, quote=False) for name, each in images.items()}
    return IMAGE.sub(lambda found: found[0] if is_small(found[0]) else shown.get(unquote(found[1]), found[0]), html)


def is_small(tag: str) -> bool:
    """Whether an image is shown so small that it can only adorn: a logo, a bullet, a flag."""
    return any(int(size) <= SMALL for size in SIZE.findall(tag))


def placed_in_text(text: str, images: Mapping[str, str]) -> str:
    """A plain text with the labels in place of what mail programs set there: "[cid:...]", "[image: riss.png]"."""
    if "cid:" in text:
        text = BY_ID.sub(lambda found: images.get(found[1], found[0]), text)
    if "[image: " in text:
        ends = {each.partition(": ")[2]: each for each in images.values()}
        text = BY_NAME.sub(lambda found: ends.get(f"{found[1]}]", found[0]), text)
    return text


def says_the_same(plain: str, rendered: str, images: Mapping[str, str]) -> bool:
    """Whether the text of the HTML is the plain one, only that it shows where the images stood."""
    missing = [each for each in images.values() if each in rendered and each not in plain]
    if not missing:
        return False
    for each in missing:
        rendered = rendered.replace(each, " ")
    return WORD.findall(plain) == WORD.findall(rendered)


def without_last_images(text: str, labels: Collection[str]) -> str:
    """The text without images behind its last word: what stands below all else is told by the list of attachments."""
    if not labels:
        return text
    lines = text.split("\n")
    known = set(labels)
    while lines and (not lines[-1].strip() or lines[-1].strip("> ") in known):
        lines.pop()
    return "\n".join(lines)


def links_once(text: str) -> str:
    """A plain text in which Outlook set each link's address behind the same address, with it said once."""
    if "<http" not in text and "<mailto:" not in text:
        return text
    return SECOND.sub(lambda found: "" if said_before(found) else found[0], text)


def said_before(found: re.Match[str]) -> bool:
    """Whether the word before an address in brackets is that address."""
    before = found.string[max(0, found.start() - LONGEST_LINK) : found.start()].rsplit(None, 1)
    return bool(before) and bare(before[-1].strip("<(\"'")) == bare(found[1])


def bare(address: str) -> str:
    """An address without what people and programs leave out."""
    return re.sub(r"^(?:mailto:|https?://)?(?:www\.)?", "", address.strip().lower()).rstrip("/")
