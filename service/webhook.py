"""A webhook as it is told: signed, to an address that was looked at, within bounded time."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_address
from time import monotonic
from urllib.parse import urlsplit

from storage.reasons import in_words
from threads.escalation.calling import Answered

WEBHOOK_WITHIN = 10.0
"""Seconds for all of a webhook."""
_GONE = http.client.GONE
_TLS = {
    "WRONG_VERSION_NUMBER": "no TLS is spoken there",
    "HTTP_REQUEST": "no TLS is spoken there",
    "RECORD_LAYER_FAILURE": "no TLS is spoken there",
}


def signature(secret: str, at: datetime, body: bytes) -> str:
    """What stands in `Brief-Signature`: the moment, and the HMAC-SHA256 of it, a full stop and the body."""
    moment = str(int(at.timestamp()))
    signed = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={signed}"


def post(
    url: str, body: bytes, secret: str, now: datetime, *, private: bool, within: float = WEBHOOK_WITHIN
) -> Answered:
    """Post a body to a URL, signed. A redirect is not followed, and an address within a private network not asked."""
    parts = urlsplit(url)
    place = _Place(parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
    until = monotonic() + within
    connection: _Connection | None = None
    try:
        addresses = place.addresses(within)
        if not private and not all(map(is_public, addresses)):
            # all of them are looked at: a name that leads in and out is not to be trusted with either
            said = f"{place.host} lies in a private network; [escalation] webhook_private = true allows that"
            return Answered(done=False, said=said, for_good=True)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "briefwechsel",
            "Brief-Signature": signature(secret, now, body),
        }
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection = _Connection(place, addresses, secure=parts.scheme == "https", until=until)
        with _ended_in_time(connection):
            connection.request("POST", target, body, headers)
            status = connection.getresponse().status
    except (OSError, http.client.HTTPException, ValueError) as error:
        reached, late = (connection.reached, connection.is_over) if connection else (False, monotonic() >= until)
        return Answered(done=False, said=_failed(place, error, within, reached=reached, late=late))
    return _judged(place.host, status)


def _judged(host: str, status: int) -> Answered:
    if 200 <= status < 300:
        return Answered(done=True, said=f"{host} answered {status}")
    if 300 <= status < 400:
        return Answered(done=False, said=f"{host} answered {status}: redirects are not followed", for_good=True)
    return Answered(done=False, said=f"{host} answered {status}", for_good=status == _GONE)


def _failed(place: _Place, error: Exception, within: float, *, reached: bool, late: bool) -> str:
    """Why there is no answer. What hung up as its time was over did not answer in time, whatever the error is called."""
    host = place.host
    if late or isinstance(error, TimeoutError):
        return f"{host} {'did not answer' if reached else 'could not be reached'} within {within:g} s"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"{host} shows a certificate that is not trusted: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        reason = error.reason or "it broke off"
        return f"{host} could not be reached by TLS: {_TLS.get(reason) or reason.replace('_', ' ').lower()}"
    if isinstance(error, socket.gaierror):
        return f"{host} could not be reached: the DNS knows no address of it ({error.strerror or error})"
    if isinstance(error, ConnectionRefusedError):
        return f"{host} could not be reached: nothing listens at its port {place.port}"
    if reached and isinstance(error, ConnectionError):  # http.client's RemoteDisconnected is one
        return f"{host} hung up without an answer"
    if isinstance(error, http.client.HTTPException):
        return f"{host} answered something that is no HTTP"
    return f"{host} could not be reached: {in_words(error) if isinstance(error, OSError) else error}"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a webhook leads."""

    host: str
    port: int

    def addresses(self, within: float) -> list[str]:
        """All of its addresses. Raises `OSError` where there is none, `TimeoutError` where nobody says so in time."""
        found: list[str] = []
        wrong: list[OSError | ValueError] = []

        def ask() -> None:
            try:
                answers = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
            except (OSError, ValueError) as error:
                wrong.append(error)
                return
            found.extend(dict.fromkeys(str(each[4][0]) for each in answers))

        # the system's own look-up has no bound: it goes on beside this, and its answer comes too late
        asking = threading.Thread(target=ask, name="look-up", daemon=True)
        asking.start()
        asking.join(within)
        if wrong:
            raise wrong[0]
        if asking.is_alive() or not found:
            raise TimeoutError
        return found


def is_public(address: str) -> bool:
    """Whether an IP address lies in the world, whatever it is wrapped in."""
    ip: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        ip = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None) or _of_nat64(ip) or ip
    return ip.is_global and not ip.is_multicast


def _of_nat64(ip: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that a translator would ask (RFC 6052)."""
    return IPv4Address(int(ip) & 0xFFFFFFFF) if int(ip) >> 32 == 0x64FF9B << 64 else None


class _Connection(http.client.HTTPConnection):
    """A connection to one of the addresses that were looked at; nobody is asked for them a second time."""

    def __init__(self, place: _Place, addresses: Sequence[str], *, secure: bool, until: float) -> None:
        super().__init__(place.host, place.port)
        self._addresses, self._secure, self.until = addresses, secure, until
        self.reached = False

    @property
    def left(self) -> float:
        """Seconds until its time is over. Raises `TimeoutError` where it is."""
        left = self.until - monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    @property
    def is_over(self) -> bool:
        """Whether its time is over."""
        return monotonic() >= self.until

    def connect(self) -> None:
        """Connect to the first address that answers, and speak TLS with the host."""
        sock = self._first_that_answers()
        self.reached = True
        try:
            sock.settimeout(self.left)  # of the whole handshake
            secure = ssl.create_default_context().wrap_socket(sock, server_hostname=self.host) if self._secure else sock
        except BaseException:
            sock.close()
            raise
        self.sock = secure
        self.sock.settimeout(self.left)

    def _first_that_answers(self) -> socket.socket:
        """Each address gets its share of the time: one that is dead, as IPv6 often is, keeps nobody from the next."""
        failed: OSError = TimeoutError()
        for tried, address in enumerate(self._addresses):
            try:
                return socket.create_connection((address, self.port), self.left / (len(self._addresses) - tried))
            except OSError as error:
                failed = error
        raise failed

    def end(self) -> None:
        """Shut its socket."""
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


@contextmanager
def _ended_in_time(connection: _Connection) -> Iterator[None]:
    """However slowly it answers: when its time is over its socket is shut."""
    timer = threading.Timer(connection.left, connection.end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        connection.close()
