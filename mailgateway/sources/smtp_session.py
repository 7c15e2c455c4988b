"""One client's session at the SMTP door."""

from __future__ import annotations

import asyncio
import collections
import ssl
from asyncio import sslproto
from dataclasses import dataclass
from typing import Any, Protocol, cast

from aiosmtpd.smtp import SMTP

from mailgateway import wire
from mailgateway.sources.bulk import Data
from mailgateway.sources.paths import client_of, path_and_rest

PIECE = 256 * 1024
"""Bytes of DATA that are taken at once."""

# asyncio's TLS has a buffer of 256 KB for each connection from the first byte on: silent ones are not worth that
sslproto.SSLProtocol.max_size = 32 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What a door and each of its clients may use. Loopback, where a relay of ours may stand, has no limit of its own."""

    recipients: int = 100
    connections: int = 200
    connections_of_a_client: int = 20
    commands: int = 100
    """Of each kind that does nothing, such as NOOP, in one session."""
    mails: int = 10_000
    """In one session."""
    refusals: int = 50
    """Recipients that are not ours in one session."""
    idle_for: float = 300.0
    """Seconds without a command or a piece of a mail."""
    session_for: float = 1800.0
    """Seconds that a session lasts at most, whatever it does."""
    arriving: int = 512 * 1024 * 1024
    """Bytes of all mails that are on their way at the same time."""
    proxy_within: float = 10.0
    """Seconds in which a load balancer names its client."""
    tls_within: int = 30
    """Seconds in which TLS from the first byte is agreed upon."""


class Door(Protocol):
    """What a session asks of the door that it came in by."""

    limits: Limits
    hostname: str
    starttls: ssl.SSLContext | None
    tls_at_once: ssl.SSLContext | None
    arriving: int

    @property
    def largest(self) -> int:
        """Bytes of the largest mail that is taken."""

    def admits(self, session: Session) -> bool:
        """Count a new session; False where it is one too many."""

    def forget(self, session: Session) -> None:
        """A session that was admitted has ended."""

    def is_proxy(self, client: str) -> bool:
        """Whether a client is a load balancer that names the real one."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep a mail, and give back the answer."""


class Session(SMTP):
    """aiosmtpd's session with bounds on all that a client may use, and a bulk reader for DATA."""

    line_length_limit = PIECE // 2
    command_size_limit = 2048

    def __init__(self, door: Door, loop: asyncio.AbstractEventLoop) -> None:
        # of this session alone: aiosmtpd shares one between all, and each EHLO lets it grow
        self.command_size_limits = collections.defaultdict(lambda: 2048)
        super().__init__(
            door,
            data_size_limit=door.largest,
            enable_SMTPUTF8=True,
            hostname=door.hostname,
            ident="ESMTP",
            tls_context=door.starttls,
            timeout=door.limits.idle_for,
            command_call_limit=_calls(door.limits),
            loop=loop,
        )
        self.door = door
        self.client = ""
        """The peer's IP address."""
        self.speaks_tls = False
        """Whether TLS was spoken from the first byte."""
        self.refusals = 0
        """Recipients so far that were not ours."""
        self.nonsense = 0
        """Lines so far that were no commands."""
        self.ended = asyncio.Event()
        self._turned_away = False
        self._keeping = False
        self._leaving = False
        self._arrived = 0
        self._bound: asyncio.TimerHandle | None = None
        self._plain: asyncio.BaseTransport | None = None
        """The connection below TLS that is spoken from the first byte."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Admit the client, or turn it away with one line."""
        if self._original_transport is not None or self._plain is not None:  # the same connection, now with TLS
            self.speaks_tls = self._plain is not None
            super().connection_made(transport)
            return
        self.client = client_of(transport.get_extra_info("peername"))
        if self.door.is_proxy(self.client):
            self._proxy_timeout = self.door.limits.proxy_within
        if not self.door.admits(self):
            self._turned_away = True
            self._last_word(transport, "" if self.door.tls_at_once else wire.TOO_MANY_CONNECTIONS)
            return
        self._bound = self.loop.call_later(self.door.limits.session_for, self._hang_up)
        if self.door.tls_at_once is None:
            super().connection_made(transport)
            return
        # counted already: who never ends the handshake takes up a connection as everybody does
        self._begin_tls(transport, self.door.tls_at_once)

    def connection_lost(self, error: Exception | None) -> None:
        """Count the client out."""
        if self._turned_away:
            return
        if self._bound is not None:
            self._bound.cancel()
        self._release()
        if not self.ended.is_set():
            self.ended.set()
            self.door.forget(self)
        if self.session is not None:  # else it ended before TLS was agreed upon
            super().connection_lost(error)

    def _begin_tls(self, plain: asyncio.BaseTransport, tls: ssl.SSLContext) -> None:
        """Speak TLS first; then the connection is made once more, above it.

        Not by the loop's `start_tls`: that is told too late to be sure of the client's first bytes.
        """
        self._plain = plain
        agreed: asyncio.Future[None] = self.loop.create_future()
        agreed.add_done_callback(self._tls_ended)
        below = sslproto.SSLProtocol(
            self.loop, self, tls, agreed, server_side=True, ssl_handshake_timeout=self.door.limits.tls_within
        )
        plain.set_protocol(below)
        below.connection_made(plain)

    def _tls_ended(self, agreed: asyncio.Future[None]) -> None:
        """Count the client out where TLS was not agreed upon: asyncio does not always tell."""
        if agreed.exception() is not None or self.session is None:
            self.abort()
            self.connection_lost(None)

    def data_received(self, data: bytes) -> None:
        """Take bytes, except from one who was turned away."""
        if not self._turned_away:
            super().data_received(data)

    def eof_received(self) -> bool | None:
        """The client will say no more: hang up, which aiosmtpd leaves to chance where its greeting was not out yet."""
        if not self._turned_away:
            super().eof_received()
        return False

    def say_goodbye(self) -> None:
        """End the session: at once, or after the mail that is just being kept."""
        self._leaving = True
        if self.transport is None or self._agrees_on_starttls:
            self._hang_up()
        elif not self._keeping:
            self._last_word(self.transport, wire.CLOSING)

    def abort(self) -> None:
        """End the connection without a word."""
        transport = self.transport or self._plain
        if transport is not None:
            cast("asyncio.WriteTransport", transport).abort()

    def stands_for(self, client: str) -> bool:
        """Count the session for the client that a load balancer named; False where it is one too many."""
        self.door.forget(self)
        self.client = client
        admitted = self.door.admits(self)
        if not admitted:
            self.ended.set()
        return admitted

    async def push(self, status: Any) -> None:
        """Answer; 421 is the last word of a session."""
        if str(status).startswith("500"):
            self.nonsense += 1
            status = wire.TOO_MUCH_NONSENSE if self.nonsense > self.door.limits.commands else status
        await super().push(status)
        if str(status).startswith("421") and self.transport is not None:
            self.transport.close()
        elif self._reader._buffer:  # type: ignore[attr-defined]  # asyncio does not tell it
            # commands that came all at once would be answered in one go, and everybody else would wait
            await asyncio.sleep(0)

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd's name
        """Read a mail in large pieces, and keep it."""
        if not await self._may_send_data(arg):
            return
        recipients = len(self.envelope.rcpt_tos) if self.envelope else 0
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        try:
            status = await self._receive()
        finally:
            self._keeping = False
            self._release()
        self._set_rset_state()  # type: ignore[no-untyped-call]  # aiosmtpd's
        await self._answer(status, recipients)
        if self._leaving:
            self.say_goodbye()

    async def smtp_VRFY(self, _arg: str | None) -> None:  # noqa: N802 - aiosmtpd's name
        """Say nothing about who lives here."""
        await self.push(wire.NOT_OFFERED)

    async def smtp_EXPN(self, _arg: str | None) -> None:  # noqa: N802 - aiosmtpd's name
        """Say nothing about who lives here."""
        await self.push(wire.NOT_OFFERED)

    async def smtp_AUTH(self, _arg: str | None) -> None:  # noqa: N802 - aiosmtpd's name
        """Nobody logs in at this door."""
        await self.push(wire.NOT_OFFERED)

    async def _answer(self, status: str, _recipients: int) -> None:
        """Say what became of a mail: once, for all its recipients."""
        await self.push(status)

    async def _may_send_data(self, arg: str | None) -> bool:
        if await self.check_helo_needed():
            return False
        if arg:
            await self.push("501 5.5.4 Syntax: DATA")
            return False
        if self.envelope is None or not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 Error: need RCPT command")
            return False
        return True

    async def _receive(self) -> str:
        """Read the mail to its end and keep it; gives back the answer."""
        data = Data(self.door.largest)
        crowded = await self._read(data)
        if crowded or self.envelope is None:
            return wire.BUSY
        if data.too_much:
            return wire.TOO_BIG
        self.envelope.content = self.envelope.original_content = data.content()
        self._keeping = True
        # our own commit may take as long as it takes: the peer is not idle
        self._reset_timeout(self.door.limits.session_for)
        return await self.door.handle_DATA(self, self.session, self.envelope)

    async def _read(self, data: Data) -> bool:
        """Read to the end of the mail; True where the door had no room for it."""
        crowded = False
        while True:
            piece = await self._reader.read(PIECE)
            if not piece:
                raise ConnectionResetError("the client went away")
            self._reset_timeout()
            rest = data.feed(piece)
            crowded = crowded or self._crowds(data, len(piece))
            if rest is not None:
                # what was sent after the mail without waiting is the next command
                self._reader._buffer[:0] = rest  # type: ignore[attr-defined]  # asyncio has no way to put back
                return crowded

    def _crowds(self, data: Data, size: int) -> bool:
        if data.too_much:
            return False
        self._arrived += size
        self.door.arriving += size
        if self.door.arriving <= self.door.limits.arriving:
            return False
        data.drop()
        return True

    def _release(self) -> None:
        self.door.arriving -= self._arrived
        self._arrived = 0

    def _last_word(self, transport: asyncio.BaseTransport, status: str) -> None:
        if not transport.is_closing():
            # not isinstance: the transports of uvloop are of classes of their own
            if status:
                cast("asyncio.WriteTransport", transport).write(status.encode() + b"\r\n")
            transport.close()

    def _timeout_cb(self) -> None:
        """The client was idle for too long."""
        self._hang_up()

    def _hang_up(self) -> None:
        """End the connection. To close it alone would wait for ever for a client that does not read its answers."""
        transport = self.transport or self._plain
        if self._agrees_on_starttls:
            # asyncio tells nobody of a connection that ends before TLS was agreed upon
            cast("asyncio.WriteTransport", self._original_transport).abort()
            self.connection_lost(None)
        elif transport is not None and cast("asyncio.WriteTransport", transport).get_write_buffer_size():
            self.abort()
        elif transport is not None:
            transport.close()

    @property
    def _agrees_on_starttls(self) -> bool:
        """Whether STARTTLS was said, and TLS is not spoken yet."""
        return self._original_transport is not None and self.session is not None and self.session.ssl is None

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        return path_and_rest(arg)


def _calls(limits: Limits) -> dict[str, int]:
    """How often each command may be sent in one session."""
    of_mails = dict.fromkeys(("MAIL", "DATA", "RSET"), limits.mails)
    return {"*": limits.commands, "RCPT": limits.mails * 10, **of_mails}
