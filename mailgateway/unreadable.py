"""A mail that could not be read or taken in, made presentable: nobody may overlook that it came."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from threads.model import Address, Attachment, InboundMail

_LOOKED_AT = 64 * 1024
_LONGEST = 300


def unreadable(raw: bytes, because: str, sender: str = "") -> InboundMail:
    """The least that can be said of a mail, without reading it: who and what in plain text, and the whole mail attached.

    Where its headers name nobody it is from the envelope's `sender`.
    Its content hash is not that of the mail as read, so that a later, better reading is no duplicate of this one.
    """
    header = dict(reversed(list(_plain_headers(raw))))
    address = _address(header.get("from", "")) or _address(sender)
    return InboundMail(
        message_id=None,
        in_reply_to=(),
        references=(),
        sent_at=None,
        language="de",
        author=Address(address) if address else None,
        sender=None,
        reply_to=(),
        to=(),
        cc=(),
        subject=header.get("subject", ""),
        text="",
        reply="",
        attachments=(Attachment(name="mail.eml", type="message/rfc822", size=len(raw), part=-1),),
        headers=tuple(header.items()),
        content_type="",
        content_hash="unread:" + hashlib.sha256(raw).hexdigest(),
        size=len(raw),
        defects=(f"this mail could not be read ({because}); the whole of it is attached",),
    )


def _plain_headers(raw: bytes) -> Iterator[tuple[str, str]]:
    """The first lines that look like headers, undecoded."""
    for line in raw[:_LOOKED_AT].split(b"\n")[:200]:
        if not line.strip():
            return
        name, colon, value = line.partition(b":")
        if colon and not line[:1].isspace():
            text = value.strip().decode("utf-8", "replace")[:_LONGEST]
            yield name.decode("ascii", "replace").strip().lower(), "".join(c for c in text if c.isprintable())


def _address(value: str) -> str:
    """What stands in angle brackets, or the whole, where it looks like an address."""
    inner = value.rpartition("<")[2].partition(">")[0].strip().lower()
    local, at, domain = inner.partition("@")
    return inner if at and local and domain and " " not in inner and "@" not in domain else ""
