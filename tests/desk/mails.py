"""Letters written down as mails: headers, quotations and bytes, as programs make them and the way leaves them."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from random import Random
from zoneinfo import ZoneInfo

from tests.desk.damage import Damage
from tests.desk.letters import Letter
from tests.desk.people import SUPPORT
from tests.desk.programs import Quoted, exchange_id, relay_id

_BERLIN = ZoneInfo("Europe/Berlin")
_FOREIGN = (
    "Antw: ",
    "SV: ",
    "RE : ",
    "Réf : ",
    "Odp: ",
    "R: ",
    "YNT: ",
    "回复: ",
    "VS: ",
    "Re[2]: ",
    "Rif: ",
    "RES: ",
    "Vá: ",
    "AW: AW: ",
)
_TAGS = ("[EXTERN] ", "[support] ", "[EXT] ", "***SPAM*** ", "[kunden-liste] ")


@dataclass(frozen=True)
class Mail:
    """One mail as it lies before the desk, with the truth about it."""

    letter: Letter
    raw: bytes
    arrives: datetime
    again: bool = False
    """It came before."""


@dataclass(frozen=True)
class _Written:
    """How a letter was written down, for whoever answers it."""

    letter: Letter
    sent_id: str
    seen_id: str
    references: tuple[str, ...]
    subject: str
    body: str
    thread_index: bytes = b""

    def id_for(self, letter: Letter) -> str:
        """The Message-ID under which the writer of a letter has this one."""
        mine = letter.author is self.letter.author or (letter.out and self.letter.out)
        return self.sent_id if mine else self.seen_id


def mails(letters: Sequence[Letter], damage: Damage, dice: Random) -> list[Mail]:
    """What reaches the desk and what lies in its Sent folder, in the order in which it comes."""
    written: dict[int, _Written] = {}
    names = {address: letter.author.name for letter in letters for address in letter.author.addresses}
    found: list[Mail] = []
    for letter in letters:
        raw = _write(letter, written, names, damage, dice)
        if letter.forwards:
            continue
        arrives = letter.at + timedelta(days=damage.late * dice.random())
        found.append(Mail(letter, _received(letter, dice) + raw, arrives))
        if dice.random() < damage.twice:
            again = arrives + timedelta(minutes=dice.uniform(1, 2000))
            found.append(Mail(letter, _received(letter, dice) + raw, again, again=True))
    return sorted(found, key=lambda mail: mail.arrives)


def _write(
    letter: Letter, written: dict[int, _Written], names: Mapping[str, str], damage: Damage, dice: Random
) -> bytes:
    """The bytes of a letter; how it was written down is kept for who answers it."""
    program, answered = letter.author.program, written.get(-1 if letter.answers is None else letter.answers)
    sent_id = program.id(dice, letter.address.rpartition("@")[2])
    seen_id = dice.choice((exchange_id, relay_id))(dice, "") if dice.random() < damage.rewritten else sent_id
    subject = _subject(letter, answered, damage, dice)
    references = (*answered.references, answered.id_for(letter)) if answered else ()
    body = _body(letter, answered, names, damage, dice)
    index = _thread_index(answered, dice) if program.exchange else b""
    written[letter.number] = _Written(letter, sent_id, seen_id, references, subject, body, index)
    headers = [
        f"From: {_named(letter.author.name, letter.address)}",
        f"To: {', '.join(_named(names.get(each, ''), each) for each in letter.to)}",
        *([f"Cc: {', '.join(_named(names.get(each, ''), each) for each in letter.cc)}"] if letter.cc else ()),
        f"Subject: {_encoded(subject)}",
        f"Date: {format_datetime(letter.at.astimezone(_BERLIN))}",
        f"Message-ID: {sent_id if letter.out else seen_id}",
        *(_referring(references, damage, dice) if references else ()),
        *([f"Thread-Topic: {_encoded(subject)}", f"Thread-Index: {base64.b64encode(index).decode()}"] if index else ()),
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
    ]
    return ("\r\n".join(headers) + "\r\n\r\n" + body.replace("\n", "\r\n")).encode()


def _referring(references: tuple[str, ...], damage: Damage, dice: Random) -> list[str]:
    """In-Reply-To and References, as far as they are left."""
    if dice.random() < damage.lost:
        return []
    if dice.random() < damage.cut:
        references = references[-1:]
    if dice.random() < damage.bare:
        references = tuple(each.strip("<>") for each in references)
    return [f"In-Reply-To: {references[-1]}", "References: " + "\r\n ".join(references)]


def _subject(letter: Letter, answered: _Written | None, damage: Damage, dice: Random) -> str:
    if answered is None or letter.subject:
        return letter.subject
    if letter.forwards:
        return f"WG: {answered.subject}"
    prefix = letter.author.program.prefix[letter.author.language]
    if dice.random() >= damage.prefixed:
        return answered.subject if answered.subject.startswith(prefix) else prefix + answered.subject
    if dice.random() < 0.6:
        return dice.choice(_FOREIGN) + answered.subject
    tag = dice.choice(_TAGS)
    return tag + prefix + answered.subject if dice.random() < 0.6 else prefix + tag + answered.subject


def _body(letter: Letter, answered: _Written | None, names: Mapping[str, str], damage: Damage, dice: Random) -> str:
    program, language = letter.author.program, letter.author.language
    text = letter.text + (f"\n{program.footer[language]}\n" if program.footer and dice.random() < 0.6 else "")
    if answered is None or (letter.subject and dice.random() < 0.5):
        return text
    it = answered.letter
    to = ", ".join(names.get(each, each) for each in it.to)
    mail = Quoted(it.author.name, it.address, to, it.at.astimezone(_BERLIN), answered.subject, answered.body)
    quotation = program.quote(mail, language)
    if dice.random() < damage.unquoted:
        lines = quotation.split("\n")
        quotation = "\n".join(lines[: dice.randint(6, 9)]) if dice.random() < 0.5 else ""
    if dice.random() < program.below:
        return f"{quotation}\n\n{text}".lstrip("\n")
    return f"{text}\n{quotation}\n"


def _thread_index(answered: _Written | None, dice: Random) -> bytes:
    """Exchange's: 22 bytes that a conversation keeps, and 5 more for each answer."""
    if answered is not None and answered.thread_index:
        return answered.thread_index + dice.randbytes(5)
    return b"\x01" + dice.randbytes(21)


def _received(letter: Letter, dice: Random) -> bytes:
    """The trace of the last hop; a mail out of the Sent folder has none."""
    if letter.out:
        return b""
    domain, at = letter.address.rpartition("@")[2], format_datetime(letter.at)
    return f"Received: from mx{dice.randint(1, 9)}.{domain} by mail.desk.example with ESMTPS; {at}\r\n".encode()


def _named(name: str, address: str) -> str:
    name = "Desk Support" if address == SUPPORT and not name else name
    return f"{_encoded(name)} <{address}>" if name else address


def _encoded(text: str) -> str:
    """A header's text: as it is, or in encoded words of fifteen letters."""
    if text.isascii():
        return text
    pieces = [text[at : at + 15] for at in range(0, len(text), 15)]
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(each.encode()).decode()}?=" for each in pieces)
