"""The certificate that the doors for mail show: read when a door opens, and again whenever the settings are."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import structlog

from storage.errors import WrongUse

log = structlog.get_logger()


class Shows(Protocol):
    """Who speaks TLS with a certificate."""

    def show(self, tls: ssl.SSLContext) -> None:
        """Speak TLS with it from the next connection on."""


@dataclass
class Shown:
    """The certificate that a door shows, and the files that it lies in."""

    name: str
    door: Shows
    certificate: Path | None
    key: Path | None
    trouble: str = ""
    """Why what lies there now is not shown; "" where it is."""

    def renew(self) -> None:
        """Show what lies there now. Where that cannot be used the one before stays, and it is told."""
        try:
            tls = tls_of(self.certificate, self.key)
        except WrongUse as error:
            self.trouble = f"{error}; {self.name} shows the one before"
            log.error("the certificate stays the one before", door=self.name, because=str(error))
            return
        self.trouble = ""
        if tls is not None:
            self.door.show(tls)


def tls_of(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """What TLS is spoken with, None where no certificate is set. Raises `WrongUse` where it cannot be used."""
    if certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        # the password: without one OpenSSL would ask for it on the terminal, and wait
        context.load_cert_chain(certificate, key, password="")
    except (OSError, ssl.SSLError) as error:
        because = error.strerror or error
        raise WrongUse(f"[smtp] certificate {certificate} with key {key} cannot be used: {because}") from None
    return context
