"""The settings of the doors that mail comes in by."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field

from service.setting_types import Duration, Listen, ListenAnywhere, Network, Section, Size


class SmtpSettings(Section):
    """[smtp]: the door for mail."""

    listen: Listen = "127.0.0.1:2525"
    tls_listen: Listen | Literal[""] = ""
    """Where TLS is spoken from the first byte (RFC 8314); nowhere where it is not set."""
    hostname: str = "localhost"
    certificate: Path | None = None
    key: Path | None = None
    largest: Size = 50 * 1024 * 1024
    proxy_from: tuple[Network, ...] = ()
    """Networks of load balancers that begin each connection with the PROXY protocol."""
    connections: int = Field(default=200, ge=1)
    connections_of_a_client: int = Field(default=20, ge=1)
    recipients: int = Field(default=100, ge=100)
    """In one mail; RFC 5321, section 4.5.3.1.8 wants at least 100."""
    idle_for: Duration = timedelta(minutes=5)
    session_for: Duration = timedelta(minutes=30)
    trusted_authserv_id: str = ""
    """The authserv-id of a relay of ours whose topmost Authentication-Results is believed."""


class LmtpSettings(Section):
    """[lmtp]: the door for a mail server in front; closed until `listen` is set."""

    listen: ListenAnywhere | Literal[""] = ""
