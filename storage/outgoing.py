"""Outgoing mail as a frozen value."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Mailable:
    """An address with the name that stands beside it."""

    address: str
    name: str = ""

    def as_json(self) -> dict[str, str]:
        """Plain values."""
        return {"address": self.address, "name": self.name}


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file that goes along: it is cut out of the mail that it came in when the one that goes out is composed."""

    name: str
    type: str
    raw_id: str
    part: int
    """The number of the MIME part."""


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """All that is needed to compose a mail: the same value always gives the same mail, with the one Message-ID."""

    message_id: str
    """In angle brackets, random."""
    envelope_from: str
    """"" is the null sender."""
    author: Mailable
    to: tuple[Mailable, ...]
    subject: str
    text: str
    date: str
    """RFC 5322, as it will stand in the Date header."""
    cc: tuple[Mailable, ...] = ()
    reply_to: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    language: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    """Further ones, such as Auto-Submitted."""
    html: bool = False
    """It carries its text as HTML, too."""
    enclosed: tuple[Enclosed, ...] = ()

    @property
    def recipients(self) -> tuple[str, ...]:
        """Every envelope recipient once."""
        return tuple(dict.fromkeys(each.address for each in self.to + self.cc))

    def as_json(self) -> dict[str, Any]:
        """Plain values for the outbox."""
        # not by `asdict`: it copies each text and header by itself, which for every mail that goes out costs ten times as much
        people = {name: [each.as_json() for each in getattr(self, name)] for name in ("to", "cc")}
        files = [asdict(each) for each in self.enclosed]
        given = {name: getattr(self, name) for name in _FIELDS}
        return given | people | {"author": self.author.as_json(), "enclosed": files}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> OutgoingMail:
        """The mail that `as_json` gave the values of."""
        given = dict(value)
        given["author"] = Mailable(**value["author"])
        given["to"] = tuple(Mailable(**each) for each in value["to"])
        given["cc"] = tuple(Mailable(**each) for each in value["cc"])
        given["enclosed"] = tuple(Enclosed(**each) for each in value.get("enclosed", ()))
        given["references"] = tuple(value["references"])
        given["headers"] = tuple((name, text) for name, text in value["headers"])
        return cls(**given)


_FIELDS = tuple(each.name for each in fields(OutgoingMail))
