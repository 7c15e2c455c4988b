"""Where outgoing mail goes: a relay, or a folder where nothing else is set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from storage.outbox import OutgoingMail


@dataclass(frozen=True, slots=True)
class Handed:
    """What a transport said of each recipient: taken, to be tried again (4xx), or refused for good (5xx)."""

    answer: str
    """The last answer in one line."""
    accepted: tuple[str, ...] = ()
    deferred: Mapping[str, str] = field(default_factory=dict)
    """Recipient: answer."""
    refused: Mapping[str, str] = field(default_factory=dict)
    given_ids: tuple[str, ...] = ()
    """Message-IDs that it gave the mail in place of ours, where it named any."""
    away: bool = False
    """Nothing could be handed over at all: others need not be tried now."""


class Transport(Protocol):
    """Takes mails from us, one after another."""

    async def hand_over(self, mail: OutgoingMail, recipients: tuple[str, ...], data: bytes) -> Handed:
        """Hand a mail over for these recipients. Never raises for what the other side says or does."""

    async def close(self) -> None:
        """End what is open; `hand_over` opens it again."""
