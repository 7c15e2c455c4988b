"""Outgoing mail as a frozen value."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Mailable:
    """An address with the name that stands beside it."""

    address: str
    name: str = ""


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

    @property
    def recipients(self) -> tuple[str, ...]:
        """Every envelope recipient once."""
        return tuple(dict.fromkeys(each.address for each in self.to + self.cc))

    def as_json(self) -> dict[str, Any]:
        """Plain values for the outbox."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> OutgoingMail:
        """The mail that `as_json` gave the values of."""
        fields = dict(value)
        fields["author"] = Mailable(**value["author"])
        fields["to"] = tuple(Mailable(**each) for each in value["to"])
        fields["cc"] = tuple(Mailable(**each) for each in value["cc"])
        fields["references"] = tuple(value["references"])
        fields["headers"] = tuple((name, text) for name, text in value["headers"])
        return cls(**fields)
