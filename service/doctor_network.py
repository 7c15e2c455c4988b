"""Whether the relay answers, and whether our own addresses are free or ours."""

from __future__ import annotations

import asyncio
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailgateway.transports import Transport
from mailgateway.transports.relay import Relay
from service.certificates import tls_of
from service.check import Check, State
from service.ports import open_socket
from service.presence import listening
from service.setting_types import UNIX, host_and_port
from service.settings import Settings
from storage.errors import Unavailable, WrongUse

RENEW_WITHIN = timedelta(days=14)
"""How long before its end a certificate should be renewed."""
PATIENCE = 5.0
"""Seconds that another machine has to answer."""


def relay_checks(settings: Settings) -> list[Check]:
    """Whether each relay can be reached, speaks SMTP, lets us in, and shows a certificate that holds."""
    from service.relays import relays_of

    return [_relay_check(name, transport, settings) for name, transport in relays_of(settings).items()]


def _relay_check(name: str, transport: Transport, settings: Settings) -> Check:
    if not isinstance(transport, Relay):
        return Check(name, State.OK, f"none is set; outgoing mail is kept in {settings.data / 'sent'}")
    try:
        asyncio.run(transport.greet(PATIENCE))
    except Unavailable as error:
        return Check(name, State.WRONG, f"{error}; is [relay] right?")
    return Check(name, State.OK, f"{transport.address.host}:{transport.address.port} answers")


def port_checks(settings: Settings) -> list[Check]:
    """Whether the addresses to listen on are free, or answered by a desk."""
    smtp, lmtp, web = settings.smtp, settings.lmtp, settings.web
    ours = {each.where for each in listening(settings.data)}
    found = [_port("smtp", "[smtp] listen", smtp.listen, ours)]
    if smtp.tls_listen:
        found.append(_port("smtps", "[smtp] tls_listen", smtp.tls_listen, ours))
    if lmtp.listen:
        found.append(_port("lmtp", "[lmtp] listen", lmtp.listen, ours))
    return [*found, _port("web", "[web] listen", web.listen, ours)]


def certificate_check(settings: Settings) -> list[Check]:
    """Whether the certificate of the mail door holds, and how long it still will; nothing where none is set."""
    from cryptography import x509

    path = settings.smtp.certificate
    if path is None:
        return []
    try:
        tls_of(path, settings.smtp.key)
        ends_at = x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
    except WrongUse as error:
        return [Check("certificate", State.WRONG, f"{error}; a desk that runs shows the one before")]
    except (OSError, ValueError) as error:
        return [Check("certificate", State.WRONG, f"[smtp] certificate {path} cannot be read: {error}")]
    said = f"{path} ends on {ends_at:%Y-%m-%d}"
    if ends_at <= datetime.now(UTC):
        return [Check("certificate", State.WRONG, f"{said}: mail servers that verify it bring no mail; renew it")]
    soon = ends_at - datetime.now(UTC) < RENEW_WITHIN
    return [Check("certificate", State.WARNING if soon else State.OK, f"{said}; renew it" if soon else said)]


def _port(name: str, setting: str, listen: str, ours: set[str]) -> Check:
    if listen.startswith(UNIX):
        return _in_file_system(name, listen)
    try:
        open_socket(listen, setting, may_move=False).close()
    except Unavailable as error:
        if listen in ours:
            return Check(name, State.OK, f"{listen} is answered, by the desk that runs")
        if _answers(listen):
            said = (
                f"{listen} is answered by another program, or by a desk of other data; set {setting} to a free address"
            )
            return Check(name, State.WARNING, said)
        return Check(name, State.WARNING, str(error))
    return Check(name, State.OK, f"{listen} is free")


def _in_file_system(name: str, listen: str) -> Check:
    """A socket in the file system is not tried out: that would take it from the desk that runs."""
    path = Path(listen.removeprefix(UNIX))
    if not path.parent.is_dir():
        return Check(name, State.WRONG, f"cannot listen on {listen}: {path.parent} is no folder; make it")
    return Check(name, State.OK, f"{listen} {'is there' if path.exists() else 'is made at the start'}")


def _answers(listen: str) -> bool:
    try:
        socket.create_connection(host_and_port(listen), PATIENCE).close()
    except OSError:
        return False
    return True
