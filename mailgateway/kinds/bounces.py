"""Reads delivery reports: those of RFC 3464, and what mail servers wrote before it or beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from email import message_from_string
from email.message import Message
from itertools import islice

from mailgateway.kinds.bounce_phrases import (
    DAEMON_NAMES,
    DAEMONS,
    DELAYED,
    FAILED_SUBJECTS,
    FAILED_TEXTS,
    GIVEN_UP,
    ORIGINAL_BELOW,
)
from mailgateway.kinds.speech import speaks_to_us
from mailgateway.mime.words import header_text
from threads.model import DeliveryStatus, RecipientStatus

LOOKED_AT = frozenset({"from", "to", "subject", "x-failed-recipients", "content-type"})
"""The headers of a mail by which it is told to be a report."""
_MOST_PARTS = 60
_MOST_RECIPIENTS = 100
_LONGEST = 60_000
"""Characters of a report that are looked at."""
_ADDRESS = re.compile(r"[^\s<>\[\]()\"',;:|{}\\]{1,64}@[a-zA-Z0-9][a-zA-Z0-9.-]{0,252}[a-zA-Z0-9]")
_FIELD = re.compile(
    r"^[ \t>]*(action|final-recipient|original-recipient|status|diagnostic-code|x-failed-recipients):(.*)$",
    re.IGNORECASE | re.MULTILINE,
)
_ID = re.compile(r"^[ \t>]*message-id:\s{0,3}(<[^<>\s]{1,900}>)", re.IGNORECASE | re.MULTILINE)
_STATUS = re.compile(r"(?<![.\d])([245]\.\d{1,3}\.\d{1,3})(?![.\d])")
_REPLY = re.compile(r"(?<![.\d])[45]\d\d[ -]")
"""The enhanced status code, and the reply code, of a server's answer."""
_NOTIFIED = "bouncedRecipients"
"""Stands in the notices that Amazon sends as JSON."""
_ENCLOSED = frozenset({"message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global"})
_HEADER = re.compile(r"(?:received|return-path|message-id|x-[a-z-]{2,40}): ", re.IGNORECASE)
_HEADINGS = tuple(ORIGINAL_BELOW)
_SCRIPT = re.compile(r'emailAddress\\?"\s{0,3}:\s{0,3}\\?"([^"\s\\]{3,320})')


def status(message: Message, text: str) -> DeliveryStatus | None:
    """What the mail reports of a delivery, None where it is no delivery report."""
    parts = list(islice(message.walk(), _MOST_PARTS))
    groups = [group for part in parts for group in _groups(part)]
    reported = bool(groups) or any(part.get_content_type() == "message/delivery-status" for part in parts)
    if not reported and not from_daemon(message) and not _says_so(message, text):
        return None
    failed, delayed = _by_action(groups)
    if not (failed or delayed):
        failed, delayed = _by_text(message, text[:_LONGEST], reported)
    if not (failed or delayed) and failed_text(text):
        failed = _sole_recipient(parts)
    delayed = tuple(address for address in delayed if address not in failed)
    details = _details(groups or list(_groups_in(text[:_LONGEST])), (*failed, *delayed), text)
    return DeliveryStatus(failed, delayed, _original_id(parts, text), details)


def answered(address: str, answer: str) -> RecipientStatus:
    """What a server's answer says of a recipient, in the terms of a report."""
    return RecipientStatus(address.lower(), _code(answer), _one_line(answer))


def from_daemon(message: Message) -> bool:
    """Whether a mail server's own address, or its name, stands in From."""
    sender = str(message.get("From", ""))[:1000].lower()
    found = _ADDRESS.search(sender)
    local = found[0].partition("@")[0] if found else sender.strip('<> \t"')
    return is_daemon(local) or any(name in sender for name in DAEMON_NAMES)


def is_daemon(local: str) -> bool:
    """Whether a local part is that of a mail server."""
    return local in DAEMONS or local.startswith(("mailer-daemon", "postmaster-", "bounce-daemon"))


def says_delayed(subject: str, text: str) -> bool:
    """Whether the report says that the server goes on trying."""
    said = f"{subject}\n{_report(text)}".lower()[:_LONGEST]
    return any(phrase in said for phrase in DELAYED) and not any(phrase in said for phrase in GIVEN_UP)


def failed_subject(subject: str) -> bool:
    """Whether the subject is that of a mail which came back."""
    said = subject.lower()[:300]
    return any(phrase in said for phrase in FAILED_SUBJECTS)


def failed_text(text: str) -> bool:
    """Whether the text says that a mail was not delivered."""
    said = _report(text).lower()
    return any(phrase in said for phrase in FAILED_TEXTS)


def _says_so(message: Message, text: str) -> bool:
    """Whether a mail of an ordinary address is a report: subject and text say so, or the failed recipient stands in a header."""
    if message.get("X-Failed-Recipients"):
        return True
    subject = _subject(message)
    if subject.strip().lower().startswith(("re:", "aw:", "fwd:", "fw:", "wg:")):
        return False
    looked_at = text[:_LONGEST]
    if _NOTIFIED in looked_at:
        return True
    return (
        failed_subject(subject)
        and failed_text(looked_at)
        and (bool(_ADDRESS.search(looked_at)) or _encloses(message))
        and not speaks_to_us(looked_at)
    )


def _encloses(message: Message) -> bool:
    """Whether a mail came back with the report."""
    return any(part.get_content_type() in _ENCLOSED for part in islice(message.walk(), _MOST_PARTS))


def _subject(message: Message) -> str:
    return header_text(str(message.get("Subject", ""))[:1000].encode("utf-8", "replace"))


def _groups(part: Message) -> Iterator[dict[str, str]]:
    """The fields of each recipient in a delivery-status part, whether it was parsed into groups or left as text."""
    if part.get_content_type() not in ("message/delivery-status", "message/global-delivery-status"):
        return
    payload = part.get_payload()
    if isinstance(payload, list):
        for group in payload[:_MOST_RECIPIENTS]:
            if isinstance(group, Message):
                yield {name.lower(): str(value) for name, value in group.items()[:60]}
    elif isinstance(payload, str):
        yield from _groups_in(payload[:_LONGEST])


def _groups_in(text: str) -> Iterator[dict[str, str]]:
    for block in text.replace("\r\n", "\n").split("\n\n")[:_MOST_RECIPIENTS]:
        fields = {found[1].lower(): found[2] for found in _FIELD.finditer(block)}
        if fields:
            yield fields


def _by_action(groups: Iterable[dict[str, str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The recipients that failed, and those that are delayed."""
    failed: dict[str, None] = {}
    delayed: dict[str, None] = {}
    for group in groups:
        address = _recipient(group.get("original-recipient", "")) or _recipient(group.get("final-recipient", ""))
        action = group.get("action", "").strip().lower().partition(" ")[0]
        code = group.get("status", "").strip()
        if not address:
            continue
        if action in ("failed", "failure", "error", "expired") or (not action and code.startswith("5")):
            failed[address] = None
        elif action == "delayed" or (not action and code.startswith("4")):
            delayed[address] = None
    return tuple(failed), tuple(delayed)


def _details(groups: Iterable[dict[str, str]], addresses: tuple[str, ...], text: str) -> tuple[RecipientStatus, ...]:
    """The status code and the server's words of each recipient: out of its fields, else out of the report's text."""
    found: dict[str, RecipientStatus] = {}
    for group in groups:
        said = _one_line(group.get("diagnostic-code", "").partition(";")[2])
        code = _code(group.get("status", "")) or _code(said)
        for name in ("original-recipient", "final-recipient"):
            address = _recipient(group.get(name, ""))
            if address:
                found.setdefault(address, RecipientStatus(address, _exact(code, said), said))
    spoken = _one_line(next(iter(_spoken(_report(text))), ""))
    other = RecipientStatus("", _code(spoken), spoken)
    details = (found.get(address) or replace(other, address=address) for address in addresses)
    return tuple(each for each in details if each.code or each.said)


def _exact(code: str, said: str) -> str:
    """The status code, or that in the server's own words where it only says that something failed."""
    return (_code(said) or code) if code.endswith(".0.0") else code


def _code(text: str) -> str:
    found = _STATUS.search(text[:1000])
    return found[1] if found else ""


def _spoken(report: str) -> Iterator[str]:
    """The lines of a report that hold an answer of a server."""
    for line in report.split("\n")[:200]:
        if _STATUS.search(line[:1000]) or _REPLY.search(line[:1000]):
            yield line


def _one_line(text: str) -> str:
    return " ".join(text[:2000].split())[:300]


def _recipient(value: str) -> str:
    """The address of "rfc822; anna@example.org"."""
    found = _ADDRESS.search(value[:1000].rpartition(";")[2])
    return found[0].lower() if found else ""


def _by_text(message: Message, text: str, reported: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The recipients from a header or the words of the report."""
    failed, delayed = _by_action(_groups_in(text))
    if failed or delayed:
        return failed, delayed
    named = _addresses(str(message.get("X-Failed-Recipients", "")))
    if named:
        return named, ()
    subject = _subject(message)
    found = tuple(_SCRIPT.findall(text)) if _NOTIFIED in text else _addresses(_report(text))
    own = set(_addresses(str(message.get("From", ""))) + _addresses(str(message.get("To", ""))))
    found = tuple(address for address in found if address not in own and not is_daemon(address.partition("@")[0]))
    if says_delayed(subject, text):
        return (), found
    if reported and not failed_text(text):
        return (), ()
    return found, ()


def _addresses(text: str) -> tuple[str, ...]:
    found = (match[0].lower().strip(".") for match in islice(_ADDRESS.finditer(text), 40))
    return tuple(dict.fromkeys(found))


def _report(text: str) -> str:
    """The words of the report, without the mail that came back below them."""
    at = 0
    for line in text[:_LONGEST].split("\n"):
        core = line.strip(" \t\r-=*|#:.>").lower()
        if at > 40 and (_HEADER.match(line) or (len(core) < 90 and core.startswith(_HEADINGS))):
            return text[:at]
        at += len(line) + 1
    return text[:_LONGEST]


def _enclosed(parts: Iterable[Message]) -> Iterator[Message]:
    """The mail that came back, or its header."""
    for part in parts:
        if part.get_content_type() not in _ENCLOSED:
            continue
        payload = part.get_payload()
        if isinstance(payload, list) and payload and isinstance(payload[0], Message):
            yield payload[0]
        elif isinstance(payload, str):
            yield message_from_string(payload[:_LONGEST])


def _original_id(parts: Iterable[Message], text: str) -> str | None:
    """The Message-ID of the mail that the report is about."""
    for mail in _enclosed(parts):
        if mail.get("Message-ID"):
            return str(mail["Message-ID"]).strip() or None
    found = _ID.search(text[:_LONGEST])
    return found[1] if found else None


def _sole_recipient(parts: Iterable[Message]) -> tuple[str, ...]:
    """To whom the mail went that came back, if to one address alone."""
    named = next((_addresses(str(mail.get("To", ""))[:2000]) for mail in _enclosed(parts)), ())
    return named if len(named) == 1 else ()
