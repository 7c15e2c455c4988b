"""What the gateway would make of a mail, as one plain object: `brief mail inspect`.

It answers as for an unknown sender who opens a conversation: no settings, no history, no network. Our mailbox is the
first address in To, so its domain counts as ours.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from mailgateway.kinds.classify import Own, classify
from mailgateway.mime.addresses import addresses_in
from mailgateway.mime.parse import parse
from threads.model import Address, Classification, Envelope, InboundMail, Kind, Mailbox, Source
from threads.priority import BUILT_IN, prioritise

NOBODY = "support@localhost"
"""Our mailbox, where To names none."""


def inspected(source: str, raw: bytes) -> dict[str, Any]:
    """What would be made of a mail, as the public contract shows it. Never raises: there is one object a mail."""
    try:
        return seen(source, parse(raw))
    except Exception as error:
        return unreadable(source, error)


def seen(source: str, mail: InboundMail) -> dict[str, Any]:
    """What would be made of a mail that was read."""
    own, mailbox = ours(mail)
    classification = classify(mail, envelope_of(mail), own)
    urgency = prioritise(mail, classification, mailbox, BUILT_IN)
    return {
        "source": printable(source),
        "message_id": mail.message_id,
        "date": mail.sent_at.isoformat() if mail.sent_at else None,
        "language": mail.language,
        "from": person(mail.author),
        "to": [person(each) for each in mail.to],
        "cc": [person(each) for each in mail.cc],
        "subject": mail.subject,
        "text": mail.text,
        "reply": mail.reply,
        "attachments": [{"name": each.name, "type": each.type, "size": each.size} for each in mail.attachments],
        "kind": classification.kind.value,
        "acknowledge": classification.acknowledge,
        "because": classification.because,
        "customer": person(customer_of(mail, mailbox)),
        "failed_recipients": list(classification.failed_recipients),
        "priority": urgency.priority.value,
        "defects": list(mail.defects),
    }


def ours(mail: InboundMail) -> tuple[Own, Mailbox]:
    """What counts as ours where no settings say so: the first address in To, and its domain."""
    first = next((each for each in mail.to if "@" in each.address), None)
    address = first.address if first else NOBODY
    own = frozenset() if mail.author and mail.author.address == address else frozenset({address})
    return Own(addresses=own, marks=frozenset()), Mailbox(address)


def envelope_of(mail: InboundMail) -> Envelope:
    """The envelope, as far as a file tells it: the last relay wrote the envelope sender into Return-Path."""
    return Envelope(
        source=Source.FILE,
        mail_from=return_path(mail),
        recipients=tuple(each.address for each in mail.recipients if each.address),
        received_at=mail.sent_at or datetime.now(UTC),
    )


def return_path(mail: InboundMail) -> str | None:
    """The envelope sender that a relay noted: "" for the null sender, None where it noted none."""
    values = mail.all_headers("return-path")
    if not values:
        return None
    found = addresses_in(values[0].encode())
    return found[0].address if found else ""


def customer_of(mail: InboundMail, mailbox: Mailbox) -> Address | None:
    """Whom to answer: the From, or the original writer inside a mail that somebody of our domain forwards."""
    if mail.forwarded and mail.author and "@" in mail.forwarded.author.address:
        forwards = mail.author.domain == mailbox.domain
        if forwards and mail.forwarded.author.address != mailbox.address:
            return mail.forwarded.author
    return mail.author


def person(address: Address | None) -> dict[str, str] | None:
    """An address as an object."""
    return {"name": address.name, "address": address.address} if address else None


def printable(source: str) -> str:
    """A path as text: one that is no UTF-8 loses what it has of other bytes."""
    return source.encode("utf-8", "replace").decode("utf-8")


def unreadable(source: str, error: Exception) -> dict[str, Any]:
    """The object of a mail on which something of ours failed."""
    classification = Classification(
        Kind.PERSON, acknowledge=False, because="it could not be read, so a person must look"
    )
    return {
        "source": printable(source),
        "message_id": None,
        "date": None,
        "language": "en",
        "from": None,
        "to": [],
        "cc": [],
        "subject": "",
        "text": "",
        "reply": "",
        "attachments": [],
        "kind": classification.kind.value,
        "acknowledge": classification.acknowledge,
        "because": classification.because,
        "customer": None,
        "failed_recipients": [],
        "priority": "normal",
        "defects": [f"it could not be read ({type(error).__name__})"],
    }
