"""The SMTP door: it listens, takes mail for our mailboxes only, and says 250 once a mail is on disk."""

from __future__ import annotations

import asyncio
import collections
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import Future
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any
from uuid import UUID

import structlog
from aiosmtpd.proxy_protocol import ProxyData

from mailgateway import wire
from mailgateway.receive import LARGE, Keeper
from mailgateway.sources.paths import NULL_SENDER, address_in, is_loopback, same_client
from mailgateway.sources.smtp_session import Limits, Session
from storage.errors import Unavailable
from threads.model import Envelope, Source

__all__ = ["Limits", "SmtpDoor"]

log = structlog.get_logger(__name__)

LEAVE_WITHIN = 10.0
"""Seconds that mails being kept are waited for when the door is closed."""


class SmtpDoor:
    """Listens for mail. `start` opens it, `stop` closes it; both on the loop that serves it."""

    source = Source.SMTP
    session: type[Session] = Session
    setting = "[smtp] listen"

    def __init__(
        self,
        keeper: Keeper,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        hostname: str = "",
        limits: Limits | None = None,
        tls: ssl.SSLContext | None = None,
        at_once: bool = False,
        proxies: Iterable[str] = (),
        bound: socket.socket | None = None,
    ) -> None:
        self.keeper = keeper
        self.limits = limits or Limits()
        self.hostname = hostname or socket.gethostname()
        self.starttls = None if at_once else tls
        """Certificate and key for STARTTLS, which is offered only where this is set."""
        self.tls_at_once = tls if at_once else None
        """Certificate and key for TLS from the first byte."""
        self._proxies = tuple(ip_network(each) for each in proxies)
        """Load balancers that begin each connection with the PROXY protocol."""
        self.arriving = 0
        """Bytes of the mails that are on their way just now."""
        self._host, self._port = host, port
        self._bound = bound
        """A socket that is bound already: it is listened on instead of host and port."""
        self._server: asyncio.Server | None = None
        self._open: set[Session] = set()
        self._of_client: collections.Counter[str] = collections.Counter()

    def show(self, tls: ssl.SSLContext) -> None:
        """Speak TLS with another certificate from the next connection on."""
        if self.tls_at_once is not None:
            self.tls_at_once = tls
        else:
            self.starttls = tls

    async def start(self) -> None:
        """Open the door. Raises `Unavailable` where the address cannot be listened on."""
        loop = asyncio.get_running_loop()
        serve: Callable[..., Awaitable[asyncio.Server]] = loop.create_server
        where: dict[str, Any] = {"host": self._host, "port": self._port}
        if self._bound is not None:
            where = {"sock": self._bound}
            serve = loop.create_unix_server if self._bound.family == socket.AF_UNIX else loop.create_server
        try:
            self._server = await serve(lambda: self.session(self, loop), backlog=1024, **where)
        except OSError as error:
            raise Unavailable(
                f"cannot listen for mail on {self._host}:{self._port}: {error.strerror or error}; "
                f"choose another address in {self.setting}"
            ) from error

    async def stop(self) -> None:
        """Take no new connections, answer for the mails that are just being kept, and end every session."""
        if self._server is None:
            return
        self._server.close()
        sessions = list(self._open)
        for session in sessions:
            session.say_goodbye()
        if sessions:
            waits = [asyncio.ensure_future(session.ended.wait()) for session in sessions]
            _, late = await asyncio.wait(waits, timeout=LEAVE_WITHIN)
            for each in late:
                each.cancel()
        for session in list(self._open):
            session.abort()
        self._server = None

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens: the host and the real port, or a path in the file system and 0."""
        if self._server is None:
            return self._host, self._port
        where = self._server.sockets[0].getsockname()
        return (where, 0) if isinstance(where, str) else (str(where[0]), int(where[1]))

    @property
    def largest(self) -> int:
        """Bytes of the largest mail that is taken."""
        return self.keeper.largest

    def admits(self, session: Session) -> bool:
        """Count a new session; False where it is one too many."""
        client = same_client(session.client)
        if len(self._open) >= self.limits.connections:
            return False
        if self._of_client[client] >= self.limits.connections_of_a_client and not self._is_at_home(session.client):
            return False
        self._open.add(session)
        self._of_client[client] += 1
        return True

    def forget(self, session: Session) -> None:
        """A session that was admitted has ended."""
        client = same_client(session.client)
        self._open.discard(session)
        self._of_client[client] -= 1
        if self._of_client[client] <= 0:
            del self._of_client[client]

    def is_proxy(self, client: str) -> bool:
        """Whether a client is a load balancer that names the real one."""
        address = address_in(client) if self._proxies else None
        return address is not None and any(address in each for each in self._proxies)

    def _is_at_home(self, client: str) -> bool:
        """Whether a client is of this machine, or a load balancer: many stand behind it."""
        return not client or is_loopback(client) or self.is_proxy(client)

    # aiosmtpd calls these by their names

    async def handle_PROXY(  # noqa: N802 - aiosmtpd's name
        self, server: Session, _session: Any, _envelope: Any, said: ProxyData
    ) -> bool:
        """Take over the client that a load balancer names; its own probes (LOCAL, UNKNOWN) go on as itself."""
        named = address_in(str(said.src_addr or ""))
        if named is None or server.stands_for(str(named)):
            return True
        await server.push(wire.TOO_MANY_CONNECTIONS)
        return False

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        """Offer what is offered: neither AUTH nor HELP."""
        session.host_name = hostname
        offered = [each for each in responses if not each[4:].startswith(("AUTH", "HELP"))]
        return [*offered[:-1], f"250 {offered[-1][4:]}"]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Session, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        """Take a recipient only where it is a mailbox of ours: nothing is relayed."""
        if not self.keeper.answers_for(address):
            server.refusals += 1
            return wire.TOO_MANY_REFUSALS if server.refusals > self.limits.refusals else wire.NOT_OURS
        if len(envelope.rcpt_tos) >= self.limits.recipients:
            return wire.TOO_MANY_RECIPIENTS
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server: Session, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep the mail; 250 only after it is on disk."""
        kept = Envelope(
            source=self.source,
            mail_from="" if envelope.mail_from == NULL_SENDER else envelope.mail_from,
            recipients=tuple(dict.fromkeys(envelope.rcpt_tos)),
            received_at=datetime.now(UTC),
            client=server.client,
            helo=(session.host_name or "")[:255],
            tls=session.ssl is not None or server.speaks_tls,
        )
        try:
            # shielded: a client that goes away must not cancel a commit that others wait for too
            await asyncio.shield(asyncio.wrap_future(await self._handed_in(kept, envelope.content)))
        except Exception as error:
            log.warning("a mail was not kept", error=str(error) or type(error).__name__, client=server.client)
            return wire.reply_to(error)
        return wire.KEPT

    async def _handed_in(self, kept: Envelope, content: bytes) -> Future[UUID]:
        """Hand a mail in, a large one from a thread of its own: packing it must not hold up the other clients."""
        if len(content) > LARGE:
            return await asyncio.to_thread(self.keeper.keep, kept, content)
        return self.keeper.keep(kept, content)

    async def handle_exception(self, error: Exception) -> str:
        """An error of ours is temporary for the peer."""
        log.error("a session failed", error=f"{type(error).__name__}: {error}")
        return wire.reply_to(error)
