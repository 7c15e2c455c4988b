"""The envelope of a mail that lay in a mailbox: its headers tell what the door of another server knew."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from mailgateway.mime.addresses import addresses_in
from mailgateway.mime.headers import Header, read_header
from mailgateway.receive import is_ours
from threads.model import Envelope, Mailbox, Source

_TRACE = ("delivered-to", "x-original-to", "envelope-to")
"""Where the server that delivered a mail says to whom."""
_NAMED = ("to", "cc")
_MOST_FIELDS = 20
_LARGEST_FIELD = 10_000
_MOST_RECIPIENTS = 100


def envelope_of(raw: bytes, mailbox: str, mailboxes: Iterable[Mailbox], received_at: datetime) -> Envelope:
    """The envelope of a mail out of an account that feeds `mailbox`.

    `received_at` is when the server took it: the customer waits since then, however long we were away.
    """
    header = read_header(raw, 0, len(raw))
    ours = tuple(mailboxes)
    named = dict.fromkeys(each for each in _addresses(header) if is_ours(each, ours))
    return Envelope(
        source=Source.IMAP,
        mail_from=_mail_from(header),
        recipients=tuple(named)[:_MOST_RECIPIENTS] or (mailbox,),
        received_at=received_at,
    )


def reached_by_detail(raw: bytes, mailbox: str) -> tuple[str, ...]:
    """The addresses mailbox+detail by which alone a mail can have come: To and Cc do not name the mailbox itself too."""
    header = read_header(raw, 0, len(raw))
    named = set(_addresses(header, _NAMED))
    local, _, domain = mailbox.partition("@")
    if mailbox in named:
        return ()
    return tuple(each for each in named if each.startswith(f"{local}+") and each.endswith(f"@{domain}"))


def _mail_from(header: Header) -> str | None:
    """The topmost Return-Path, which the last server wrote; None where there is none that can be read."""
    value = next(iter(header.every("return-path")), None)
    if value is None:
        return None
    if value.strip() == b"<>":
        return ""
    return next((each.address for each in addresses_in(value[:_LARGEST_FIELD]) if "@" in each.address), None)


def _addresses(header: Header, names: Iterable[str] = (*_TRACE, *_NAMED)) -> list[str]:
    return [
        found.address
        for name in names
        for value in header.every(name)[:_MOST_FIELDS]
        for found in addresses_in(value[:_LARGEST_FIELD])
    ]
