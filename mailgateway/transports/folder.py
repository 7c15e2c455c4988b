"""Outgoing mail kept in a Maildir, so that a newcomer sees each mail that would go out."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from mailgateway.transports import Handed
from storage.outbox import OutgoingMail
from storage.private import cannot, sync_folder


class Folder:
    """Writes each mail to a Maildir, durably and once: its name comes from its Message-ID, however often it is tried."""

    def __init__(self, path: Path) -> None:
        self.path = path

    async def hand_over(self, mail: OutgoingMail, recipients: tuple[str, ...], data: bytes) -> Handed:
        """Keep a mail; it is on disk when this comes back. Where it cannot be written it is deferred."""
        try:
            keep(self.path, mail.message_id, data)
        except OSError as error:
            said = str(cannot("write to", self.path, error))
            return Handed(answer=said, deferred=dict.fromkeys(recipients, said), away=True)
        return Handed(answer=f"kept in {self.path.name}", accepted=recipients)

    async def close(self) -> None:
        """Nothing is open."""


def keep(folder: Path, message_id: str, data: bytes) -> Path:
    """Write a mail into a Maildir: first into `tmp`, then, once it is on disk, into `new`. Gives back where it lies."""
    for name in ("tmp", "new", "cur"):
        (folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
    name = file_name(message_id)
    place = folder / "new" / name
    read = next((folder / "cur").glob(f"{name}:*"), None)
    if read is not None or place.exists():
        return read or place
    draft = folder / "tmp" / f"{name}.{os.getpid()}"
    with open(draft, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, place)
    sync_folder(place.parent)
    return place


def file_name(message_id: str) -> str:
    """The name of a mail's file: the same for the same Message-ID."""
    return f"{hashlib.sha256(message_id.encode('utf-8', 'replace')).hexdigest()[:32]}.brief"
