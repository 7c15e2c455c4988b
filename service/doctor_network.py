"""Whether the relay answers, and whether our own addresses are free or ours."""

from __future__ import annotations

import asyncio
import socket

from service.doctor import Check, State
from service.ports import open_socket
from service.setting_types import host_and_port
from service.settings import Settings
from storage.errors import Unavailable

PATIENCE = 5.0
"""Seconds that another machine has to answer."""


def relay_check(settings: Settings) -> Check:
    """Whether the relay can be reached, speaks SMTP, and shows a certificate that holds."""
    if not settings.relay.url:
        return Check("relay", State.OK, f"none is set; outgoing mail is kept in {settings.data / 'sent'}")
    try:
        said = asyncio.run(_greeted(settings))
    except Unavailable as error:
        return Check("relay", State.WRONG, str(error))
    return Check("relay", State.OK, said)


async def _greeted(settings: Settings) -> str:
    """Say EHLO and QUIT to the relay, with TLS and password as they are set."""
    import aiosmtplib

    from mailgateway.transports.relay import relay_address

    address = relay_address(settings.relay.url, settings.relay.password)
    name = f"{address.host}:{address.port}"
    client = aiosmtplib.SMTP(
        hostname=address.host,
        port=address.port,
        username=address.user or None,
        password=address.password if address.user else None,
        local_hostname=settings.smtp.hostname,
        timeout=PATIENCE,
        use_tls=address.tls,
        start_tls=False if address.tls else address.starttls,
        cert_bundle=str(settings.relay.certificate) if settings.relay.certificate else None,
    )
    try:
        async with asyncio.timeout(PATIENCE), client:
            return f"{name} answers"
    except TimeoutError:
        raise Unavailable(f"{name} did not answer within {PATIENCE:.0f} s; is [relay] url right?") from None
    except (aiosmtplib.SMTPException, OSError) as error:
        said = " ".join(str(error).split()) or type(error).__name__
        raise Unavailable(f"{name}: {said}; is [relay] right?") from None


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
