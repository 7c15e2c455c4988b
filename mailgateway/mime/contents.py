"""What a mail says and what it carries: its text, its HTML, and its attachments, out of its parts.

Walks the parts without recursion. Each piece of text is a `Block` in the order in which it is read; of alternatives
the plain text is taken, unless it is only a stub beside the HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import escape

from mailgateway.language import language_of
from mailgateway.mime import charset, transfer
from mailgateway.mime.armour import without_armour
from mailgateway.mime.calendar import Calendar, calendar_of
from mailgateway.mime.flowed import unflowed
from mailgateway.mime.html import text_of
from mailgateway.mime.names import attachment_name, safe_name
from mailgateway.mime.parts import Part, Tree
from mailgateway.mime.placing import (
    label,
    links_once,
    placed_in_html,
    placed_in_text,
    says_the_same,
    without_last_images,
)
from mailgateway.mime.smime import is_envelope
from mailgateway.mime.winmail import Opened, opened
from mailgateway.mime.words import header_text
from threads.model import SEALED, Attachment

LARGEST_TEXT = 300_000
"""How many characters of text a mail may have; the rest is in the raw mail."""
STUB = 0.34
"""A plain text with less than this share of the words of the HTML beside it is a stub."""
LONG_ENOUGH = 1_500

BODY_TYPES = frozenset({"text/plain", "text/html", "text/enriched", "text/richtext", "text/x-amp-html"})
HTML_TYPES = frozenset({"text/html", "text/xhtml", "application/xhtml+xml"})
REPORTS = frozenset({"message/delivery-status", "message/disposition-notification", "message/feedback-report"})
WINMAIL = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
LARGEST_WINMAIL = 50_000_000


@dataclass(slots=True)
class Block:
    """A piece of text, in one or both of its forms. None: not in that form."""

    plain: str | None = None
    html: str | None = None
    image: str = ""
    """The name of an image that stands between two texts, instead of a text."""

    def read(self, images: Mapping[str, str], named: Callable[[str], str]) -> str:
        """The form that serves a reader best, with `images` (by their Content-ID) where they stood."""
        if self.image:
            return named(self.image)
        plain = placed_in_text((self.plain or "").strip("\n"), images)
        if self.html is None:
            return plain
        plain = links_once(plain)
        if plain and len(plain) > LONG_ENOUGH and not images:
            return plain
        if not plain.strip():
            return text_of(placed_in_html(self.html, images))
        if len(self.html) < 2 * len(plain) and not images:
            return plain
        rendered = text_of(placed_in_html(self.html, images))
        shorter = len(plain.split()) < STUB * len(rendered.split()) and len(plain) <= LONG_ENOUGH
        return rendered if shorter or says_the_same(plain, rendered, images) else plain


@dataclass
class Contents:
    """What a mail says and carries."""

    blocks: list[Block] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    fallback: str = ""
    """Readable text of a part that is no body (a delivery report), where there is no other text."""
    calendars: list[Calendar] = field(default_factory=list)
    left: int = LARGEST_TEXT

    def note(self, defect: str) -> None:
        """Name a defect once."""
        if defect and defect not in self.defects:
            self.defects.append(defect)

    @cached_property
    def language(self) -> str:
        """The language of the body, or of the invitation that stands in its place."""
        bodies = (block.plain or text_of(block.html or "") for block in self.blocks if not block.image)
        said = next((body for body in bodies if body.strip()), "")
        return language_of(said or "\n".join(value for each in self.calendars for _, _, value in each.facts))

    def named(self, image: str) -> str:
        """What stands in the text for an image."""
        return label(image, self.language)

    @cached_property
    def images(self) -> dict[str, str]:
        """What stands in the text for each image that the HTML shows, by its Content-ID."""
        named = [each for each in self.attachments if each.content_id and each.type.startswith("image/")]
        return {each.content_id: self.named(each.name) for each in named}

    @cached_property
    def said(self) -> str:
        """The body as text, without the invitation beside it; an invitation alone is all that there is."""
        images = self.images if any(block.html and "cid:" in block.html.lower() for block in self.blocks) else {}
        pieces = [piece for piece in (block.read(images, self.named) for block in self.blocks) if piece.strip()]
        return without_last_images("\n\n".join(pieces), self.images.values()) or self.fallback or self.invitation

    @property
    def text(self) -> str:
        """The whole body as text."""
        invitation = self.invitation if any(each.asks for each in self.calendars) else ""
        return self.said if self.said == self.invitation else "\n\n".join(filter(None, (self.said, invitation)))

    @cached_property
    def invitation(self) -> str:
        """What the calendars of the mail say."""
        return "\n\n".join(filter(None, (each.words(self.language) for each in self.calendars)))

    @cached_property
    def html(self) -> str:
        """The whole body as HTML, "" where none of it was."""
        if not any(block.html for block in self.blocks):
            return ""
        return "\n".join(
            block.html or f"<pre>{escape(block.plain or '')}</pre>" for block in self.blocks if not block.image
        )

    @property
    def html_with_images(self) -> str:
        """The whole body as HTML, with what stands in the text for each image."""
        return placed_in_html(self.html, self.images) if "cid:" in self.html.lower() else self.html


def contents_of(tree: Tree) -> Contents:
    """Read the text and list the attachments of a mail."""
    contents = Contents()
    blocks: dict[int, Block] = {}
    enclosed: list[tuple[Part, transfer.Enclosed]] = []
    between: list[str] = []
    for part in tree.walk():
        if part.children:
            name_wrapper(part, contents)
        elif is_body(part):
            if part.parent is not None and part.parent.media == "multipart/mixed":
                contents.blocks += [Block(image=name) for name in between]
            between.clear()
            read_body(tree, part, contents, blocks, enclosed)
        elif not part.media.startswith("multipart/"):
            attach(tree, part, contents)
            if stands_between(part, contents):
                between.append(contents.attachments[-1].name)
    list_inner(tree, contents, enclosed)
    return contents


def stands_between(part: Part, contents: Contents) -> bool:
    """Whether an image stands behind a text of the same rank, as phones send them between two texts."""
    beside = part.parent is not None and part.parent.media == "multipart/mixed"
    return beside and part.disposition.value == "inline" and part.media.startswith("image/") and bool(contents.blocks)


def is_body(part: Part) -> bool:
    """Whether a part is text to be read, rather than a file."""
    if part.media not in BODY_TYPES and part.media not in HTML_TYPES:
        return False
    if part.disposition.value == "attachment" or is_resource(part):
        return False
    if not (part.disposition.get("filename") or part.type.get("name")):
        return True
    return part.parent is None or is_first(part)


def is_resource(part: Part) -> bool:
    """Whether a part of HTML belongs to the one that stands first beside it (RFC 2387)."""
    beside = part.parent
    return (
        part.media in HTML_TYPES
        and beside is not None
        and beside.media == "multipart/related"
        and beside.children[0] is not part
    )


def is_first(part: Part) -> bool:
    """Whether a part is the first of all leaves and not said to be a file: a body with a needless name."""
    if part.disposition.get("filename"):
        return False
    while part.parent is not None:
        if part.parent.children[0] is not part:
            return False
        part = part.parent
    return True


def read_body(
    tree: Tree,
    part: Part,
    contents: Contents,
    blocks: dict[int, Block],
    enclosed: list[tuple[Part, transfer.Enclosed]],
) -> None:
    """Read one text part into its block."""
    data = body_bytes(tree, part)
    html = part.media in HTML_TYPES
    if not html:
        files = transfer.enclosed(data)
        enclosed.extend((part, each) for each in files)
        data = without_files(data, files) if files else data
    place(part, read_text(part, data, contents, html=html), html, contents, blocks)


def read_text(part: Part, data: bytes, contents: Contents, *, html: bool) -> str:
    """The data of a part as text, as much of it as there is room for."""
    declared = part.charset or (charset.declared_inside(data) if html else "")
    text, defect = charset.decoded(data[: contents.left * 4], declared)
    contents.note(defect)
    if not html:
        text, armour = without_armour(text)
        contents.note(armour)
    if len(text) > contents.left:
        contents.note("the text is too long, the rest of it is only in the raw mail")
        text = text[: contents.left]
    contents.left -= len(text)
    if not html and part.type.get("format").lower() == "flowed":
        return unflowed(text, delete_space=part.type.get("delsp").lower() == "yes")
    return text


def without_files(data: bytes, files: Sequence[transfer.Enclosed]) -> bytes:
    """A text without the files in it, a paragraph's space in the place of each; put together once, however many they are."""
    ends, starts = [0, *(each.end for each in files)], [*(each.start for each in files), len(data)]
    between = [data[end:start] for end, start in zip(ends, starts, strict=True)]
    texts = [
        between[0].rstrip(),
        *(each.lstrip(b"\r\n").rstrip() for each in between[1:-1]),
        between[-1].lstrip(b"\r\n"),
    ]
    return b"\n\n".join(texts)


def body_bytes(tree: Tree, part: Part) -> bytes:
    """The bytes of a text: uuencoded files are still in it, and what is not the base64 it claims to be is as it stands."""
    if part.encoding in transfer.UU_NAMES:
        return part.raw(tree.data)
    if part.encoding == "base64" and not transfer.is_base64(part.raw(tree.data)):
        return part.raw(tree.data)
    return part.content(tree.data)


def place(part: Part, text: str, html: bool, contents: Contents, blocks: dict[int, Block]) -> None:
    """Put a text into the block of its alternative, or make a block of its own."""
    alternative = part
    while alternative.parent is not None and alternative.media != "multipart/alternative":
        alternative = alternative.parent
    shared = alternative.media == "multipart/alternative" and alternative is not part
    block = blocks.get(id(alternative)) if shared else None
    if block is None:
        block = Block()
        contents.blocks.append(block)
        if shared:
            blocks[id(alternative)] = block
    if html:
        block.html = text if block.html is None else block.html + "\n" + text
    elif block.plain is None or part.parent is not alternative:
        block.plain = text if block.plain is None else block.plain + "\n" + text


def attach(tree: Tree, part: Part, contents: Contents) -> None:
    """List a part as an attachment, and name what wraps the mail so that it cannot be read."""
    media = part.media
    name = attachment_name(tree.data, part, taken={each.name for each in contents.attachments[-100:]})
    inline = part.disposition.value == "inline" or (part.disposition.value == "" and bool(part.content_id))
    contents.attachments.append(
        Attachment(
            name, media, part.size(tree.data), part.number, part.content_id, inline and media.startswith("image/")
        )
    )
    if is_envelope(part):
        signed = "signed" in part.type.get("smime-type")
        contents.note(f"{'signed' if signed else 'encrypted'} with S/MIME, {SEALED}")
    elif media == "text/calendar":
        text = charset.decoded(part.content(tree.data)[:LARGEST_TEXT], part.charset).text
        contents.calendars.append(calendar_of(text))
    elif media in REPORTS and not contents.fallback:
        contents.fallback = charset.decoded(part.content(tree.data)[:LARGEST_TEXT], part.charset).text.strip()


def name_wrapper(part: Part, contents: Contents) -> None:
    """Say of a multipart that it is signed or encrypted."""
    protocol = part.type.get("protocol").lower()
    method = "PGP" if "pgp" in protocol else "S/MIME" if "pkcs7" in protocol else "an unknown method"
    if part.media == "multipart/encrypted":
        contents.note(f"encrypted with {method}, {SEALED}")
    elif part.media == "multipart/signed":
        contents.note(f"signed with {method}, the signature is not checked")


def is_winmail(part: Part) -> bool:
    """Whether a part is a file in the format of Outlook alone."""
    if part.children:
        return False
    return part.media in WINMAIL or part.disposition.get("filename").lower() == "winmail.dat"


def winmail_of(tree: Tree, part: Part) -> Opened | None:
    """What a winmail.dat holds, None where it cannot be opened."""
    return opened(part.content(tree.data)) if part.end - part.header.body_at <= LARGEST_WINMAIL else None


def list_inner(tree: Tree, contents: Contents, enclosed: list[tuple[Part, transfer.Enclosed]]) -> None:
    """List uuencoded files, and then those inside a winmail.dat, numbered behind all parts."""
    found = [
        (header_text(each.name), each.data)
        for _, each in sorted(enclosed, key=lambda one: (one[0].number, one[1].start))
    ]
    for part in tree.walk():
        if is_winmail(part):
            inside = winmail_of(tree, part)
            contents.note(
                "" if inside else "winmail.dat: a file in the format of Outlook alone, it could not be opened"
            )
            found += [(file.name, file.data) for file in inside.files] if inside else []
            if inside and not any(block.plain or block.html for block in contents.blocks):
                contents.blocks.append(Block(inside.plain or None, inside.html or None))
    first = sum(1 for _ in tree.walk())
    for number, (name, data) in enumerate(found, start=first):
        called = safe_name(name) or f"attachment-{number}"
        contents.attachments.append(Attachment(called, "application/octet-stream", len(data), number))


def attachment_bytes(tree: Tree, number: int) -> bytes | None:
    """The decoded bytes of the attachment with that number; None where there is none."""
    parts = list(tree.walk())
    if number < len(parts):
        return parts[number].content(tree.data) if number >= 0 else None
    found = [
        each.data
        for part in parts
        if not part.children and is_body(part) and part.media not in HTML_TYPES
        for each in transfer.enclosed(body_bytes(tree, part))
    ]
    for inside in (winmail_of(tree, part) for part in parts if is_winmail(part)):
        found += [file.data for file in inside.files] if inside else []
    return found[number - len(parts)] if number - len(parts) < len(found) else None
