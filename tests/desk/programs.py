"""Mail programs: how each names its mails, marks an answer, and quotes what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random
from uuid import UUID

_WEEKDAYS = {"de": ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"), "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
_DAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LANGE_MONATE = ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember")  # fmt: skip


@dataclass(frozen=True)
class Quoted:
    """What is answered, as the program of who answers shows it."""

    name: str
    address: str
    to: str
    at: datetime
    subject: str
    text: str


Quote = Callable[[Quoted, str], str]
"""How a mail is quoted, in a language."""


@dataclass(frozen=True)
class Program:
    """A mail program."""

    name: str
    share: int
    """How many of a hundred people use it."""
    quote: Quote
    id: Callable[[Random, str], str]
    """A new Message-ID for who writes from a domain, in brackets."""
    prefix: dict[str, str]
    below: float = 0.0
    """How often the answer stands below the quotation."""
    exchange: bool = False
    """It gives its mails a Thread-Index."""
    footer: dict[str, str] | None = None


def _marked(text: str) -> str:
    return "\n".join(f"> {line}" if line and line[0] != ">" else f">{line}" for line in text.rstrip("\n").split("\n"))


def _outlook(mail: Quoted, language: str) -> str:
    if language == "en":
        at = mail.at.strftime("%d ") + _MONTHS[mail.at.month - 1] + mail.at.strftime(" %Y %H:%M")
        head = f"From: {mail.name} <{mail.address}>\nSent: {at}\nTo: {mail.to}\nSubject: {mail.subject}"
    else:
        at = f"{_DAYS[mail.at.weekday()]}, {mail.at.day}. {_LANGE_MONATE[mail.at.month - 1]} {mail.at:%Y %H:%M}"
        head = f"Von: {mail.name} <{mail.address}>\nGesendet: {at}\nAn: {mail.to}\nBetreff: {mail.subject}"
    return f"{head}\n\n{mail.text}"


def _thunderbird(mail: Quoted, language: str) -> str:
    said = f"On {mail.at:%d/%m/%Y %H:%M}, {mail.name} wrote:" if language == "en" else f"Am {mail.at:%d.%m.%y} um {mail.at:%H:%M} schrieb {mail.name}:"  # fmt: skip
    return f"{said}\n{_marked(mail.text)}"


def _apple(mail: Quoted, language: str) -> str:
    if language == "en":
        at = f"{mail.at.day} {_MONTHS[mail.at.month - 1]} {mail.at:%Y}, at {mail.at:%H:%M}"
        return f"> On {at}, {mail.name} <{mail.address}> wrote:\n> \n{_marked(mail.text)}"
    at = f"{mail.at.day}. {_LANGE_MONATE[mail.at.month - 1]} {mail.at:%Y} um {mail.at:%H:%M}"
    return f"> Am {at} schrieb {mail.name} <{mail.address}>:\n> \n{_marked(mail.text)}"


def _gmail(mail: Quoted, language: str) -> str:
    day = _WEEKDAYS[language][mail.at.weekday()]
    month = _MONTHS[mail.at.month - 1]
    if language == "en":
        said = f"On {day}, {mail.at.day} {month} {mail.at:%Y} at {mail.at:%H:%M}, {mail.name} <{mail.address}>\nwrote:"
    else:
        said = f"Am {day}., {mail.at.day}. {_LANGE_MONATE[mail.at.month - 1][:3]}. {mail.at:%Y} um {mail.at:%H:%M} Uhr schrieb {mail.name} <\n{mail.address}>:"
    return f"{said}\n\n{_marked(mail.text)}"


def _phone(mail: Quoted, language: str) -> str:
    head, by, on, to, about = (
        ("-------- Original message --------", "From", "Date", "To", "Subject")
        if language == "en"
        else ("-------- Ursprüngliche Nachricht --------", "Von", "Datum", "An", "Betreff")
    )
    at = f"{mail.at:%d.%m.%y %H:%M} (GMT+01:00)"
    return f"{head}\n{by}: {mail.name} <{mail.address}>\n{on}: {at}\n{to}: {mail.to}\n{about}: {mail.subject}\n\n{mail.text}"


def _webmail(mail: Quoted, language: str) -> str:
    by, on, to, about = ("From", "Sent", "To", "Subject") if language == "en" else ("Von", "Gesendet", "An", "Betreff")
    at = f"{_DAYS[mail.at.weekday()]}, {mail.at:%d. %m %Y um %H:%M Uhr}"
    lines = (f"{on}: {at}", f"{by}: {mail.name} <{mail.address}>", f"{to}: {mail.to}", f"{about}: {mail.subject}")
    return "\n".join(lines) + f"\n{_marked(mail.text)}"


def _uuid(dice: Random) -> str:
    return str(UUID(int=dice.getrandbits(128)))


def _letters(dice: Random, number: int) -> str:
    return "".join(dice.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-", k=number))


def exchange_id(dice: Random, _domain: str = "") -> str:
    """A Message-ID as Microsoft's servers make them, also in place of that of the program."""
    host = f"{dice.choice('ADFV')}{dice.choice('BMSP')}{dice.randint(1, 9)}PR{dice.randint(1, 20):02}MB{dice.randint(1000, 9999)}"
    return f"<{host}{_letters(dice, 24).upper()}@{host}.eurprd{dice.randint(1, 20):02}.prod.outlook.com>"


def relay_id(dice: Random, _domain: str = "") -> str:
    """A Message-ID as a sending service puts it in place of the sender's."""
    return f"<0102{dice.getrandbits(60):015x}-{_uuid(dice)}-000000@eu-west-1.amazonses.com>"


_RE = {"de": "Re: ", "en": "Re: "}
PROGRAMS = {
    each.name: each
    for each in (
        Program("outlook", 30, _outlook, exchange_id, {"de": "AW: ", "en": "RE: "}, exchange=True),
        Program("thunderbird", 16, _thunderbird, lambda dice, domain: f"<{_uuid(dice)}@{domain}>", _RE, below=0.4),
        Program("apple", 16, _apple, lambda dice, domain: f"<{_uuid(dice).upper()}@{domain}>", _RE,
                footer={"de": "Von meinem iPhone gesendet", "en": "Sent from my iPhone"}),
        Program("gmail", 18, _gmail, lambda dice, _: f"<CA{_letters(dice, 30)}+{_letters(dice, 14)}@mail.gmail.com>", _RE),
        Program("phone", 10, _phone, lambda dice, _: f"<{_letters(dice, 12).lower()}.{dice.getrandbits(40)}@email.android.com>",
                {"de": "AW: ", "en": "Re: "}, footer={"de": "Von meinem Samsung Galaxy Smartphone gesendet.", "en": "Sent from my Galaxy"}),
        Program("webmail", 10, _webmail, lambda dice, _: f"<trinity-{_uuid(dice)}-{dice.getrandbits(40)}@3c-app-gmx-bs{dice.randint(1, 60)}>",
                {"de": "Aw: ", "en": "Re: "}),
    )
}  # fmt: skip
