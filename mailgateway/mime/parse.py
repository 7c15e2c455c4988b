"""Raw bytes to an `InboundMail`: everything that a mail says, with what was wrong with it in plain words.

`parse` never raises, and its work is bounded: limits on header, parts, depth and text stand in `headers`, `parts` and
`contents`. The tree of the standard library is made only for delivery reports, of the beginning of the mail.
"""

from __future__ import annotations

import email
from collections.abc import Callable
from datetime import datetime
from email.message import Message
from typing import TypeVar

from mailgateway import language
from mailgateway.bodies.forwarded import forwarded, is_forward
from mailgateway.bodies.written import written
from mailgateway.kinds import bounces
from mailgateway.mime.addresses import addresses_in
from mailgateway.mime.contents import Contents, attachment_bytes, contents_of
from mailgateway.mime.dates import date_in
from mailgateway.mime.fingerprint import content_hash
from mailgateway.mime.html import sanitise
from mailgateway.mime.identifiers import ids_in, own_id
from mailgateway.mime.parts import ENCLOSED, Tree, tree_of
from mailgateway.mime.smime import unsigned
from threads.model import Address, DeliveryStatus, Forwarded, InboundMail

REPORT_LOOKED_AT = 200_000
"""How much of a mail is looked through for a delivery report."""
MOST_ADDRESS_BYTES = 200_000
MOST_DEFECTS = 50
LARGEST_ATTACHED = 20_000_000
"""A larger attached mail is not opened to learn who wrote it."""
ONCE = ("from", "to", "cc", "subject", "date", "message-id")
"""RFC 5322 allows each of these once."""

T = TypeVar("T")


def parse(raw: bytes) -> InboundMail:
    """Read a mail. Never raises; what is wrong with it stands in `defects`."""
    tree = opened(raw)
    contents, defects = read_contents(tree)
    return Reading(tree, contents, defects).mail(len(raw))


def attachment(raw: bytes, number: int) -> bytes | None:
    """The decoded bytes of the attachment whose `part` is that number; None where there is none."""
    return attachment_bytes(opened(raw), number)


def opened(raw: bytes) -> Tree:
    """A mail cut into its parts, or the mail that a signature wraps."""
    return unsigned(tree_of(with_line_feeds(raw)))


def with_line_feeds(raw: bytes) -> bytes:
    """The mail with line feeds, where its lines end with carriage returns alone."""
    return raw.replace(b"\r", b"\n") if b"\r" in raw and b"\n" not in raw else raw


def read_contents(tree: Tree) -> tuple[Contents, list[str]]:
    """The text and attachments of a mail; what fails for a reason that nobody thought of is named."""
    defects: list[str] = []
    return attempt(lambda: contents_of(tree), Contents(), defects, "its body could not be read"), defects


def attempt(work: Callable[[], T], otherwise: T, defects: list[str], defect: str) -> T:
    """What `work` returns; where it fails, `otherwise`, and the defect is named: one bad mail must not stop the rest."""
    try:
        return work()
    except Exception as error:
        defects.append(f"{defect} ({type(error).__name__})")
        return otherwise


class Reading:
    """One mail being read: its parts, its contents, and what is wrong with it."""

    def __init__(self, tree: Tree, contents: Contents, defects: list[str]) -> None:
        self.tree = tree
        self.header = tree.root.header
        self.contents = contents
        self.defects = defects

    def mail(self, size: int) -> InboundMail:
        """The mail as read."""
        text = attempt(lambda: self.contents.text, "", self.defects, "its text could not be laid out")
        html, subject = self.contents.html, self.text("subject")
        author, sent_at = self.author(), date_in(self.text("date"))
        reply = self.guarded(lambda: self.reply(subject), text, "quotations could not be told apart")
        return InboundMail(
            message_id=own_id(self.header.first("message-id")),
            in_reply_to=ids_in(b" ".join(self.header.every("in-reply-to"))),
            references=ids_in(b" ".join(self.header.every("references"))),
            sent_at=sent_at,
            language=self.guarded(
                lambda: language.language_of(reply or text or subject), "en", "its language is unknown"
            ),
            author=author,
            sender=next(iter(self.addresses("sender")), None),
            reply_to=self.addresses("reply-to"),
            to=self.addresses("to"),
            cc=self.addresses("cc"),
            subject=subject,
            text=text,
            reply=reply,
            attachments=tuple(self.contents.attachments),
            headers=tuple((field.name, field.text) for field in self.header.fields),
            content_type=self.tree.root.media,
            content_hash=content_hash(self.tree.data, self.header),
            size=size,
            forwarded=self.guarded(
                lambda: forwarded(subject, text) or self.attached_mail(subject),
                None,
                "a forwarded mail could not be read",
            ),
            status=self.guarded(lambda: self.status(text), None, "a delivery report could not be read"),
            html=self.guarded(lambda: sanitise(html), "", "its HTML could not be made safe"),
            defects=self.every_defect(sent_at),
        )

    def reply(self, subject: str) -> str:
        """Only what the writer wrote."""
        return written(self.contents.said, self.contents.html_with_images, subject)

    def attached_mail(self, subject: str) -> Forwarded | None:
        """The mail that this one forwards as its only attached mail: its subject says so, or nothing else does it say."""
        attached = [part for part in self.tree.walk() if part.media in ENCLOSED]
        if len(attached) != 1 or self.tree.root.media == "multipart/report":
            return None
        if (self.contents.said.strip() and not is_forward(subject)) or attached[0].size(
            self.tree.data
        ) > LARGEST_ATTACHED:
            return None
        tree = opened(attached[0].content(self.tree.data))
        inner = Reading(tree, *read_contents(tree))
        author, about = inner.author(), inner.text("subject")
        return Forwarded(author, about, inner.contents.said, inner.reply(about)) if author else None

    def author(self) -> Address | None:
        """The first address of From; where that holds none, who else the mail says it is from."""
        named = self.addresses("from")
        found = next((each for each in named if "@" in each.address), None)
        if found or (named and named[0].address):
            return found or named[0]
        for name in ("sender", "reply-to", "return-path"):
            other = next((each for each in self.addresses(name) if "@" in each.address), None)
            if other:
                self.defects.append(f"no address in From, it is taken from {name.title()}")
                return Address(other.address, other.name or (named[0].name if named else ""))
        return named[0] if named else None

    def every_defect(self, sent_at: datetime | None) -> tuple[str, ...]:
        """What is wrong with this mail, each thing once."""
        found = [*self.tree.defects, *self.contents.defects, *self.defects]
        lacking = (name for name in ("from", "date", "message-id") if not self.header.first(name))
        found += [f"no {name.title().replace('Id', 'ID')}" for name in lacking]
        if self.header.first("date") and sent_at is None:
            found.append("its Date is none")
        found += [f"several {name.title()}" for name in ONCE if len(self.header.every(name)) > 1]
        return tuple(dict.fromkeys(found))[:MOST_DEFECTS]

    def guarded(self, work: Callable[[], T], otherwise: T, defect: str) -> T:
        """`attempt`, with the defect named at this mail."""
        return attempt(work, otherwise, self.defects, defect)

    def text(self, name: str) -> str:
        """The first value of a header as text."""
        return next((field.text for field in self.header.fields if field.name == name), "")

    def addresses(self, name: str) -> tuple[Address, ...]:
        """The addresses of every header of that name."""
        values = self.header.every(name)
        if len(values) == 1:
            return addresses_in(values[0])
        return tuple(found for value in values[:20] for found in addresses_in(value[:MOST_ADDRESS_BYTES]))

    def status(self, text: str) -> DeliveryStatus | None:
        """What a delivery report says. Only where the headers and the text look like one is the mail read for it."""
        if not any(part.media.startswith("message/") for part in self.tree.walk()):
            shallow = Message()
            for name, value in self.header.fields:
                if name in bounces.LOOKED_AT:
                    shallow[name] = value.decode("ascii", "surrogateescape")
            if bounces.status(shallow, text) is None:
                return None
        return bounces.status(email.message_from_bytes(self.tree.data[:REPORT_LOOKED_AT]), text)
