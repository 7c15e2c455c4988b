"""An account on an IMAP server, as the settings name it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from storage.errors import Unavailable
from storage.reasons import in_words

if TYPE_CHECKING:
    from mailgateway.oauth import OAuth  # which loads what it needs to speak HTTP


class After(StrEnum):
    """What is done with a mail on the server once it is kept."""

    MARK = "mark"
    MOVE = "move"
    LEAVE = "leave"


class Security(StrEnum):
    """How a connection is kept secret."""

    TLS = "tls"
    STARTTLS = "starttls"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a server may take, in seconds, before it is said to hang."""

    connect: float = 10.0
    answer: float = 60.0
    """For each step of an answer."""
    whole: float = 1800.0
    """For an answer from its first byte to its last: one that drips makes steps without end."""
    idle: float = 300.0
    """After which IDLE is begun anew: below the 29 minutes of RFC 2177, and before routers forget a silent connection."""
    lease: float = 60.0
    """For how long a process has a folder for itself, unless it says again that it lives."""
    leave: float = 3.0
    """For what is begun, when the desk ends; then the connection is cut."""


class Misconfigured(Unavailable):
    """A setting of an account cannot be used; the desk works without that account until it is mended."""


@dataclass(frozen=True, slots=True)
class ImapAccount:
    """Where mail is fetched, as whom, and what is done with it there."""

    server: str
    user: str
    mailbox: str
    """The address of ours that a mail is for where its headers name none."""
    port: int = 993
    security: Security = Security.TLS
    certificate: Path | None = None
    """A CA certificate to trust besides those of the system."""
    password: str = field(default="", repr=False)
    password_file: Path | None = None
    oauth: OAuth | None = None
    folders: tuple[str, ...] = ("INBOX",)
    after: After = After.MARK
    move_to: str = ""
    since_at: datetime | None = None
    """From when on mail that lies there at first sight is taken in; None takes none of it."""
    idle: bool = True
    poll: timedelta = timedelta(minutes=1)
    patience: Patience = Patience()

    @property
    def name(self) -> str:
        """How it is called in the log, and in the database."""
        return f"{self.user} at {self.server}"

    def secret(self) -> str:
        """The password. Raises `Misconfigured` where its file cannot be read, or holds none."""
        if self.password_file is None:
            return self.password
        try:
            secret = self.password_file.read_text(encoding="utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            raise Misconfigured(f"[[imap]] password_file {self.password_file} is no UTF-8 text") from None
        except OSError as error:
            raise Misconfigured(
                f"[[imap]] password_file {self.password_file} cannot be read: {in_words(error)}"
            ) from None
        if not secret:
            raise Misconfigured(f"[[imap]] password_file {self.password_file} is empty")
        return secret
