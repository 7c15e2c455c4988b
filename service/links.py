"""What a link to a correspondence carries, sealed: for whom it was made, at which address, and until when."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from service.keys import Keys

CORRESPONDENCE = "correspondence"
FILE = "correspondence file"


@dataclass(frozen=True, slots=True)
class Pass:
    """What somebody may read who holds its token."""

    person: UUID
    address: str
    """The one that the link was mailed to: it ends where that is another person's."""
    until: datetime
    message: UUID | None = None
    """Of an attached file: the letter in which it came, and its number there, from 0."""
    number: int = 0


def token_of(keys: Keys, purpose: str, held: Pass) -> str:
    """The token of a pass, for one purpose."""
    message = held.message.hex if held.message else ""
    values = [held.person.hex, held.address, int(held.until.timestamp()), message, held.number]
    return keys.seal(purpose, json.dumps(values).encode())


def pass_of(keys: Keys, purpose: str, token: str) -> Pass | None:
    """The pass that a token was made of for this purpose; None where we never made it."""
    data = keys.unseal(purpose, token)
    if data is None:
        return None
    person, address, until, message, number = json.loads(data)
    at = datetime.fromtimestamp(until, UTC)
    return Pass(UUID(person), address, at, UUID(message) if message else None, number)
