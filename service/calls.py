"""The calls of an escalation as they are made: a webhook, signed, to a checked address; a command, without a shell."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any
from urllib.parse import urlsplit

from storage.reasons import in_words
from threads.escalation.calling import Answered, Call
from threads.escalation.ladder import Ladder, step_called

WEBHOOK_WITHIN = 10.0
"""Seconds for all of a webhook."""
COMMAND_WITHIN = 30.0
"""Seconds after which a command is ended."""
LARGEST_OUTPUT = 4096
"""Bytes of what a command says that are kept."""
_GONE = http.client.GONE


@dataclass(frozen=True, slots=True)
class Caller:
    """Makes calls as the settings say."""

    ladders: tuple[Ladder, ...]
    secret: str
    private: bool
    """Whether webhooks may lead into private networks."""
    now: Callable[[], datetime]

    def __call__(self, call: Call) -> Answered:
        """Make a call; whatever goes wrong is said, not raised."""
        step = step_called(self.ladders, call.step)
        if step is None or not (step.webhook if call.kind == "webhook" else step.command):
            return Answered(done=False, said=f"the settings name no {call.kind} for this step any more", for_good=True)
        if call.kind == "command":
            return run(step.command, _body(call))
        return post(step.webhook, _body(call), self.secret, self.now(), private=self.private)


def _body(call: Call) -> bytes:
    return json.dumps({**call.payload, "attempt": call.attempt}).encode()


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
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    try:
        address = _address_of(host, port, private=private)
        if address is None:
            said = f"{host} lies in a private network; [escalation] webhook_private = true allows that"
            return Answered(done=False, said=said, for_good=True)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "briefwechsel",
            "Brief-Signature": signature(secret, now, body),
        }
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection = _Connection(host, port, address, secure=parts.scheme == "https", within=within)
        with _ended_after(within, connection):
            connection.request("POST", target, body, headers)
            status = connection.getresponse().status
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answered(
            done=False, said=f"{host} could not be reached: {in_words(error) if isinstance(error, OSError) else error}"
        )
    return _judged(host, status)


def _judged(host: str, status: int) -> Answered:
    if 200 <= status < 300:
        return Answered(done=True, said=f"{host} answered {status}")
    if 300 <= status < 400:
        return Answered(done=False, said=f"{host} answered {status}: redirects are not followed", for_good=True)
    return Answered(done=False, said=f"{host} answered {status}", for_good=status == _GONE)


def _address_of(host: str, port: int, *, private: bool) -> str | None:
    """An address of a host that may be asked, None where none may. Raises `OSError` for a host that is not there."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(each[4][0]) for each in found]
    # all of them are looked at: a name that leads in and out is not to be trusted with either
    if private or all(is_public(each) for each in addresses):
        return addresses[0]
    return None


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
    """A connection to an address that was looked at; nobody is asked for it a second time."""

    def __init__(self, host: str, port: int, address: str, *, secure: bool, within: float) -> None:
        super().__init__(host, port, timeout=within)
        self._at, self._secure = address, secure
        self._over = False

    def connect(self) -> None:
        """Connect to the address, and speak TLS with the host."""
        sock = socket.create_connection((self._at, self.port), self.timeout)
        self.sock = ssl.create_default_context().wrap_socket(sock, server_hostname=self.host) if self._secure else sock
        if self._over:
            raise TimeoutError

    def end(self) -> None:
        """Shut its socket, or let it have none any more."""
        self._over = True
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


@contextmanager
def _ended_after(within: float, connection: _Connection) -> Iterator[None]:
    """However slowly it answers: after so many seconds its socket is shut."""
    timer = threading.Timer(within, connection.end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        connection.close()


def run(command: tuple[str, ...], body: bytes, within: float = COMMAND_WITHIN) -> Answered:
    """Run a program with a body as its input; done where it ends with 0. It gets no settings of ours in its environment."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BRIEF_")}
    with tempfile.TemporaryFile() as given:
        given.write(body + b"\n")
        given.seek(0)
        try:
            program = subprocess.Popen(  # noqa: S603 - the settings name it, and no shell reads it
                command, stdin=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment,
                start_new_session=True,
            )  # fmt: skip
        except (OSError, ValueError) as error:
            said = in_words(error) if isinstance(error, OSError) else str(error)
            return Answered(done=False, said=f"{command[0]} could not be started: {said}")
    reader = _Reader(program.stdout)
    reader.start()
    try:
        code: int | None = program.wait(within)
    except subprocess.TimeoutExpired:
        code = None
    with suppress(ProcessLookupError):
        os.killpg(program.pid, signal.SIGKILL)  # and all that it started
    program.wait()
    reader.join(1.0)
    said = reader.kept.decode("utf-8", "replace").strip()
    if code is None:
        return Answered(done=False, said=f"{command[0]} was ended after {within:g} s: {said}")
    return Answered(done=code == 0, said=said if code == 0 else f"{command[0]} ended with {code}: {said}")


class _Reader(threading.Thread):
    """Reads all that a program says, and keeps the beginning."""

    def __init__(self, stream: Any) -> None:
        super().__init__(daemon=True)
        self._stream = stream
        self.kept = b""

    def run(self) -> None:
        """Until the program says no more."""
        with self._stream:
            while chunk := self._stream.read1(65536):
                self.kept = (self.kept + chunk)[:LARGEST_OUTPUT]
