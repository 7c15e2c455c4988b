"""Mails as they stand in an mbox: `mailgateway.archive` and mail programs read them again."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_FROM = re.compile(rb"^(>*From )", re.MULTILINE)


def mbox_entry(mail: bytes, sender: str, at: datetime) -> bytes:
    """A mail with the line that begins it, and the empty one that ends it; what looks like such a line is quoted (mboxrd)."""
    author = "".join(sender.split()).encode("ascii", "ignore").decode() or "MAILER-DAEMON"
    begins = f"From {author} {at.astimezone(UTC).ctime()}\n".encode()
    lines = _FROM.sub(rb">\1", mail.replace(b"\r\n", b"\n"))
    return begins + lines + (b"\n" if lines.endswith(b"\n") else b"\n\n")
