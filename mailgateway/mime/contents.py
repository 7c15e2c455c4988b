"""What a mail says and what it carries: its text, its HTML, and its attachments, out of its parts.

Walks the parts without recursion. Each piece of text is a `Block` in the order in which it is read; of alternatives
the plain text is taken, unless it is only a stub beside the HTML.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

from mailgateway.mime import charset, transfer
from mailgateway.mime.calendar import readable_calendar
from mailgateway.mime.flowed import unflowed
from mailgateway.mime.html import text_of
from mailgateway.mime.names import attachment_name, safe_name
from mailgateway.mime.parts import Part, Tree
from mailgateway.mime.words import header_text
from threads.model import Attachment

LARGEST_TEXT = 300_000
"""How many characters of text a mail may have; the rest is in the raw mail."""
STUB = 0.34
"""A plain text with less than this share of the words of the HTML beside it is a stub."""
LONG_ENOUGH = 1_500

BODY_TYPES = frozenset({"text/plain", "text/html", "text/enriched", "text/richtext", "text/x-amp-html"})
HTML_TYPES = frozenset({"text/html", "text/xhtml", "application/xhtml+xml"})
REPORTS = frozenset({"message/delivery-status", "message/disposition-notification", "message/feedback-report"})


@dataclass(slots=True)
class Block:
    """A piece of text, in one or both of its forms. None: not in that form."""

    plain: str | None = None
    html: str | None = None

    def read(self) -> str:
        """The form that serves a reader best."""
        plain = (self.plain or "").strip("\n")
        if self.html is None or (plain and len(plain) > LONG_ENOUGH):
            return plain
        if not plain.strip():
            return text_of(self.html)
        if len(self.html) < 2 * len(plain):
            return plain
        rendered = text_of(self.html)
        return rendered if len(plain.split()) < STUB * len(rendered.split()) else plain


@dataclass(slots=True)
class Contents:
    """What a mail says and carries."""

    blocks: list[Block] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    fallback: str = ""
    """Readable text of a part that is no body (an invitation, a delivery report), where there is no other text."""
    left: int = LARGEST_TEXT

    def note(self, defect: str) -> None:
        """Name a defect once."""
        if defect and defect not in self.defects:
            self.defects.append(defect)

    @property
    def text(self) -> str:
        """The whole body as text."""
        pieces = [piece for piece in (block.read() for block in self.blocks) if piece.strip()]
        return "\n\n".join(pieces) or self.fallback

    @property
    def html(self) -> str:
        """The whole body as HTML, "" where none of it was."""
        if not any(block.html for block in self.blocks):
            return ""
        return "\n".join(block.html or f"<pre>{escape(block.plain or '')}</pre>" for block in self.blocks)


def contents_of(tree: Tree) -> Contents:
    """Read the text and list the attachments of a mail."""
    contents = Contents()
    blocks: dict[int, Block] = {}
    enclosed: list[tuple[Part, transfer.Enclosed]] = []
    for part in tree.walk():
        if part.children:
            name_wrapper(part, contents)
        elif is_body(part):
            read_body(tree, part, contents, blocks, enclosed)
        elif not part.media.startswith("multipart/"):
            attach(tree, part, contents)
    list_enclosed(contents, enclosed, last=max((part.number for part in tree.walk()), default=0))
    return contents


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
        for each in reversed(transfer.enclosed(data)):
            enclosed.append((part, each))
            data = data[: each.start] + data[each.end :]
    text, defect = charset.decoded(data[: contents.left * 4], part.charset or (declared_inside(data) if html else ""))
    contents.note(defect)
    if len(text) > contents.left:
        contents.note("the text is too long, the rest of it is only in the raw mail")
        text = text[: contents.left]
    contents.left -= len(text)
    if not html and part.type.get("format").lower() == "flowed":
        text = unflowed(text, delete_space=part.type.get("delsp").lower() == "yes")
    place(part, text, html, contents, blocks)


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


def declared_inside(data: bytes) -> str:
    """The charset that HTML names in its own head, "" where it names none."""
    head = data[:2_000].lower()
    at = head.find(b"charset=")
    if at < 0 or b"<meta" not in head[:at]:
        return ""
    rest = head[at + 8 : at + 50].strip(b"\"' ")
    end = next((number for number, byte in enumerate(rest) if byte in b"\"' ;/>"), len(rest))
    return rest[:end].decode("latin-1")


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
    if media in {"application/pkcs7-mime", "application/x-pkcs7-mime"}:
        signed = "signed" in part.type.get("smime-type")
        contents.note(f"{'signed' if signed else 'encrypted'} with S/MIME, it cannot be read here")
    elif media in {"application/ms-tnef", "application/vnd.ms-tnef"} or name.lower() == "winmail.dat":
        contents.note("winmail.dat: attachments in the format of Outlook alone, kept closed")
    elif media in {"text/calendar", *REPORTS} and not contents.fallback:
        text = charset.decoded(part.content(tree.data)[:LARGEST_TEXT], part.charset).text
        contents.fallback = readable_calendar(text) if media == "text/calendar" else text.strip()


def name_wrapper(part: Part, contents: Contents) -> None:
    """Say of a multipart that it is signed or encrypted."""
    protocol = part.type.get("protocol").lower()
    if part.media == "multipart/encrypted":
        contents.note(f"encrypted with {'PGP' if 'pgp' in protocol else 'an unknown method'}, it cannot be read here")


def list_enclosed(contents: Contents, found: list[tuple[Part, transfer.Enclosed]], last: int) -> None:
    """List uuencoded files, numbered behind all parts."""
    for number, (_, each) in enumerate(sorted(found, key=lambda one: (one[0].number, one[1].start)), start=last + 1):
        name = safe_name(header_text(each.name)) or f"attachment-{number}"
        contents.attachments.append(Attachment(name, "application/octet-stream", len(each.data), number))


def attachment_bytes(tree: Tree, number: int) -> bytes | None:
    """The decoded bytes of the attachment with that number; None where there is none."""
    parts = list(tree.walk())
    if number < len(parts):
        return parts[number].content(tree.data) if number >= 0 else None
    found = [
        each
        for part in parts
        if not part.children and is_body(part) and part.media not in HTML_TYPES
        for each in transfer.enclosed(body_bytes(tree, part))
    ]
    return found[number - len(parts)].data if number - len(parts) < len(found) else None
