"""The contact form: what a visitor typed, what is wrong with it, and the mail that it becomes."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

TRAP = "website"
"""A field that no person sees: programs that fill in everything give themselves away."""
LONGEST_NAME = 100
LONGEST_SUBJECT = 200
LONGEST_ADDRESS = 254
_NUMBER = frozenset("0123456789 ()/.-–+")
"""What a telephone number is written with."""

_LOCAL = frozenset("abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+/=?^_`{|}~-.")
_HOST = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


@dataclass(frozen=True, slots=True)
class Typed:
    """What a visitor typed: one line each, but for the message."""

    name: str = ""
    address: str = ""
    subject: str = ""
    message: str = ""
    trap: str = ""
    phone: str = ""
    """Where they wish to be called; "" where they do not."""


def typed_from(fields: Mapping[str, str]) -> Typed:
    """What was typed, without characters that have no place in a mail."""
    return Typed(
        name=one_line(fields.get("name", "")),
        address=one_line(fields.get("address", "")),
        subject=one_line(fields.get("subject", "")),
        message=_lines(fields.get("message", "")),
        trap=one_line(fields.get(TRAP, "")),
        phone=one_line(fields.get("phone", "")),
    )


def complaints(typed: Typed, ours: Collection[str], longest_message: int) -> dict[str, str]:
    """What is wrong, by field: the name of the text that says so. `ours` are the addresses of the desk, in lower case."""
    wrong = {
        "name": "name_long" if len(typed.name) > LONGEST_NAME else "",
        "address": about_address(typed.address, ours),
        "subject": _about(typed.subject, "subject", LONGEST_SUBJECT),
        "message": _about(typed.message, "message", longest_message),
        "phone": "" if not typed.phone or _is_number(typed.phone) else "phone_wrong",
        TRAP: "trap_filled" if typed.trap else "",
    }
    return {field: text for field, text in wrong.items() if text}


def mail_of(
    typed: Typed, *, mailbox: str, language: str, now: datetime, name: str = "", call_me: str = "{number}"
) -> bytes:
    """The mail that the visitor would have written. Only for what has no complaints. `name` begins its Message-ID.

    Who typed a telephone number wishes to be called, which `call_me` says above their message.
    """
    address = mail_address(typed.address) or ""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = HeaderAddress(display_name=typed.name, addr_spec=address)
    mail["To"] = HeaderAddress(addr_spec=mailbox)
    mail["Subject"] = typed.subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{name or secrets.token_hex(16)}@{mailbox.rpartition('@')[2]}>"
    wish = f"{call_me.format(number=typed.phone)}\n\n" if typed.phone else ""
    mail.set_content(f"{wish}{typed.message}\n", charset="utf-8", cte="quoted-printable")
    mail["Content-Language"] = language
    return mail.as_bytes()


def mail_address(text: str) -> str | None:
    """The address in lower case, its domain in ASCII, or None where it is none that mail can be sent to."""
    local, at, domain = text.strip().lower().rpartition("@")
    if not at or not local or len(local) > 64 or not _LOCAL.issuperset(local) or "" in local.split("."):
        return None
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    labels = domain.split(".")
    good = len(labels) > 1 and all(map(_is_label, labels)) and not labels[-1].isdigit()
    whole = f"{local}@{domain}"
    return whole if good and len(whole) <= LONGEST_ADDRESS else None


def one_line(text: str) -> str:
    """The text on one line, without control characters: nothing that could begin another header."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _lines(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(letter for letter in text if letter.isprintable() or letter in "\n\t").strip()


def _about(text: str, field: str, most: int) -> str:
    if not text:
        return f"{field}_missing"
    return f"{field}_long" if len(text) > most else ""


def about_address(text: str, ours: Collection[str]) -> str:
    """The name of the text that says what is wrong with an address; "" where it is a visitor's."""
    if not text:
        return "address_missing"
    address = mail_address(text)
    if address is None:
        return "address_wrong"
    local, _, domain = address.rpartition("@")
    return "address_ours" if {address, f"{local.partition('+')[0]}@{domain}"} & set(ours) else ""


def _is_number(text: str) -> bool:
    return _NUMBER.issuperset(text) and 5 <= sum(map(str.isdigit, text)) <= 17 and len(text) <= 30


def _is_label(label: str) -> bool:
    return 0 < len(label) <= 63 and _HOST.issuperset(label) and not (label.startswith("-") or label.endswith("-"))
