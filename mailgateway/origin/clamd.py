"""clamd asked over its own protocol: whether something in a mail is known to do harm."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from mailgateway.origin.resolver import Deadline
from storage.errors import Unavailable

LARGEST = 25 * 1024 * 1024
"""Bytes of a mail that are sent; clamd refuses more than its own StreamMaxLength."""
_CHUNK = 64 * 1024
_LONGEST_ANSWER = 4096


@dataclass(frozen=True, slots=True)
class Scan:
    """What clamd found in a mail."""

    virus: str
    """Its name, "" where there is none."""


@dataclass(frozen=True, slots=True)
class Clamd:
    """Where clamd listens: "host:port", or the path of its socket."""

    address: str
    within: float = 5.0
    """Seconds that it has for one mail."""
    largest: int = LARGEST

    name = "clamd"

    def scan(self, raw: bytes) -> Scan:
        """Have a mail looked through. Raises `Unavailable` where that cannot be."""
        answer = self._ask(b"INSTREAM", raw)
        if answer == "stream: OK":
            return Scan("")
        if answer.startswith("stream: ") and answer.endswith(" FOUND"):
            return Scan(answer.removeprefix("stream: ").removesuffix(" FOUND")[:200])
        raise Unavailable(f"clamd at {self.address} says {answer[:200]!r}")

    def ping(self) -> None:
        """Ask whether it is there. Raises `Unavailable`."""
        answer = self._ask(b"PING")
        if answer != "PONG":
            raise Unavailable(f"clamd at {self.address} says {answer[:200]!r}")

    def _ask(self, command: bytes, stream: bytes | None = None) -> str:
        deadline = Deadline.within(self.within)
        try:
            with self._connected(deadline) as connection:
                connection.sendall(b"z" + command + b"\0")
                try:
                    for chunk in _chunks(stream) if stream is not None else ():
                        connection.settimeout(max(deadline.left, 0.001))
                        connection.sendall(chunk)
                except BrokenPipeError:
                    pass  # it said something before the end, and that can still be read
                return _answer(connection, deadline)
        except OSError as error:
            raise Unavailable(
                f"clamd at {self.address} does not answer: {str(error) or type(error).__name__}"
            ) from None

    @contextmanager
    def _connected(self, deadline: Deadline) -> Iterator[socket.socket]:
        if self.address.startswith("/"):
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        else:
            host, _, port = self.address.rpartition(":")
            connection = socket.create_connection((host.strip("[]"), int(port)), deadline.left)
        with connection:
            connection.settimeout(max(deadline.left, 0.001))
            if self.address.startswith("/"):
                connection.connect(self.address)
            yield connection


def _chunks(stream: bytes) -> Iterator[bytes]:
    """The stream as clamd wants it: each chunk behind its length, an empty one at the end."""
    view = memoryview(stream)
    for at in range(0, len(view), _CHUNK):
        chunk = view[at : at + _CHUNK]
        yield struct.pack("!L", len(chunk)) + chunk
    yield struct.pack("!L", 0)


def _answer(connection: socket.socket, deadline: Deadline) -> str:
    """What it says, up to the zero byte."""
    answer = b""
    while b"\0" not in answer and len(answer) < _LONGEST_ANSWER:
        connection.settimeout(max(deadline.left, 0.001))
        more = connection.recv(_LONGEST_ANSWER)
        if not more:
            break
        answer += more
    return answer.partition(b"\0")[0].decode("utf-8", "replace").strip()
