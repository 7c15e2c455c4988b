"""By what the same mail is known again, when it comes twice over different relays."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from mailgateway.mime.headers import Header

PIECE = 1 << 18
"""Bytes of a body that are looked at together."""

# What a relay, a filter, a mailbox or a client adds on the way: two copies of one mail differ in it.
TRACE = frozenset(
    [
        "received",
        "return-path",
        "old-return-path",
        "delivered-to",
        "envelope-to",
        "apparently-to",
        "delivery-date",
        "dkim-signature",
        "domainkey-signature",
        "authentication-results",
        "x-authentication-results",
        "received-spf",
        "received-dkim",
        "x-received",
        "x-received-spf",
        "x-original-to",
        "x-delivered-to",
        "x-apparently-to",
        "x-rcpt-to",
        "x-resolved-to",
        "x-delivering-host",
        "x-sieve",
        "x-scanned-by",
        "status",
        "x-status",
        "x-uid",
        "x-uidl",
        "x-imapbase",
        "x-keywords",
        "x-gmail-labels",
        "x-gm-thrid",
        "x-gm-message-state",
        "x-google-smtp-source",
        "x-google-dkim-signature",
        "x-account-key",
        "content-length",
        "lines",
        "bytes",
        "xref",
        "x-evolution",
        "x-env-sender",
        "x-sender-ip",
        "x-eopattributedmessage",
        "x-mdarrival-date",
        "x-mdremoteip",
        "x-return-path",
        "x-to-header",
        "x-policyd-weight",
        "x-greylist",
    ]
)
TRACE_PREFIXES = (
    "arc-",
    "x-arc-",
    "x-spam",
    "x-spamd",
    "x-virus",
    "x-envelope",
    "x-amavis",
    "x-rspamd",
    "x-ms-exchange-",
    "x-microsoft-antispam",
    "x-forefront-",
    "x-mozilla-",
    "x-getmail-",
    "x-fetchmail",
    "x-proofpoint",
    "x-barracuda",
    "x-ironport",
    "x-mimecast",
    "x-dspam",
    "x-tm-as-",
    "x-kaspersky",
    "x-sophos",
    "x-provags-id",
    "x-ui-filterresults",
    "x-gmx-",
    "x-ui-out-",
)


def content_hash(data: bytes, header: Header) -> str:
    """SHA-256, in hex, of the headers without trace and of the body; line ends and folding make no difference."""
    digest = hashlib.sha256()
    for name, value in header.fields:
        if name not in TRACE and not name.startswith(TRACE_PREFIXES):
            digest.update(name.encode("ascii") + b":" + b" ".join(value.split()) + b"\n")
    digest.update(b"\n")
    for piece in body_pieces(data, header.body_at):
        digest.update(piece)
    return digest.hexdigest()


def body_pieces(data: bytes, at: int) -> Iterator[bytes]:
    """The body with line feeds alone, and none at its end: in pieces, so that a large one holds no other thread up."""
    feeds = 0
    while at < len(data):
        stop = at + PIECE
        if data[stop - 1 : stop + 1] == b"\r\n":
            stop += 1
        piece = data[at:stop].replace(b"\r\n", b"\n")
        kept = piece.rstrip(b"\n")
        if kept:
            yield b"\n" * feeds
            yield kept
            feeds = 0
        feeds += len(piece) - len(kept)
        at = stop
