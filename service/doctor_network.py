"""Whether the relay answers, and whether our own addresses are free or ours."""

from __future__ import annotations

import asyncio
import socket

from mailgateway.transports.relay import Relay
from service.doctor import Check, State
from service.ports import open_socket
from service.setting_types import host_and_port
from service.settings import Settings
from storage.errors import Unavailable

PATIENCE = 5.0
"""Seconds that another machine has to answer."""


def relay_check(settings: Settings) -> Check:
    """Whether the relay can be reached, speaks SMTP, and shows a certificate that holds."""
    from service.running import transport_of

    transport = transport_of(settings)
    if not isinstance(transport, Relay):
        return Check("relay", State.OK, f"none is set; outgoing mail is kept in {settings.data / 'sent'}")
    try:
        asyncio.run(transport.greet(PATIENCE))
    except Unavailable as error:
        return Check("relay", State.WRONG, f"{error}; is [relay] right?")
    return Check("relay", State.OK, f"{transport.address.host}:{transport.address.port} answers")


def port_checks(settings: Settings) -> list[Check]:
    """Whether the addresses to listen on are free, or answered by a desk."""
    return [
        _port("smtp", settings.smtp.listen, b"", b"220 "),
        _port("web", settings.web.listen, b"GET /healthz HTTP/1.0\r\n\r\n", b"HTTP/1."),
    ]


def _port(name: str, listen: str, question: bytes, answer: bytes) -> Check:
    try:
        open_socket(listen, f"[{name}] listen", may_move=False).close()
    except Unavailable as error:
        if _answers(listen, question, answer):
            return Check(name, State.OK, f"{listen} is answered, by the desk that runs")
        return Check(name, State.WARNING, str(error))
    return Check(name, State.OK, f"{listen} is free")


def _answers(listen: str, question: bytes, answer: bytes) -> bool:
    try:
        with socket.create_connection(host_and_port(listen), PATIENCE) as connection:
            connection.settimeout(PATIENCE)
            connection.sendall(question)
            return connection.recv(100).startswith(answer)
    except OSError:
        return False
