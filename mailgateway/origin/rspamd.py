"""rspamd asked over its own protocol: how much a mail looks like spam."""

from __future__ import annotations

import http.client
import io
import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from mailgateway.origin.resolver import Deadline
from storage.errors import Unavailable
from threads.model import Envelope

LARGEST = 10 * 1024 * 1024
"""Bytes of a mail that are sent: spam is small."""
_LARGEST_ANSWER = 1024 * 1024
_PIECE = 16 * 1024
"""Bytes that TLS sends at once."""
_MOST_RECIPIENTS = 20
_MOST_SYMBOLS = 4


@dataclass(frozen=True, slots=True)
class Rating:
    """What rspamd makes of a mail."""

    action: str
    """What it would do: "no action", "greylist", "add header", "rewrite subject", "soft reject" or "reject"."""
    score: float
    required: float
    """From how many points on it would refuse the mail."""
    symbols: tuple[str, ...] = ()
    """What weighed most, the heaviest first."""


@dataclass(frozen=True, slots=True)
class Rspamd:
    """Where rspamd listens: its URL, as in http://127.0.0.1:11333."""

    url: str
    within: float = 5.0
    """Seconds that it has for one mail."""
    largest: int = LARGEST

    name = "rspamd"

    def rate(self, raw: bytes, envelope: Envelope) -> Rating:
        """Have a mail looked at. Raises `Unavailable` where that cannot be."""
        answer = self._ask("POST", "/checkv2", raw, list(_said_of(envelope)))
        try:
            return rating_in(json.loads(answer))
        except (ValueError, TypeError, RecursionError):
            raise Unavailable(f"rspamd at {self.url} gives an answer that cannot be read") from None

    def ping(self) -> None:
        """Ask whether it is there. Raises `Unavailable`."""
        self._ask("GET", "/ping", b"", [])

    def _ask(self, method: str, path: str, body: bytes, headers: list[tuple[str, str]]) -> bytes:
        deadline = Deadline.within(self.within)
        parts = urlsplit(self.url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=self.within)
        connection.response_class = _answering_until(deadline)  # type: ignore[assignment]  # any callable will do
        try:
            connection.putrequest(method, parts.path.rstrip("/") + path, skip_accept_encoding=True)
            for name, value in [*headers, ("Content-Length", str(len(body)))]:
                connection.putheader(name, value)
            connection.endheaders(_sent_until(deadline, connection, body))
            with connection.getresponse() as response:
                answer = _all_of(response)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Unavailable(f"rspamd at {self.url} does not answer: {str(error) or type(error).__name__}") from None
        finally:
            connection.close()
        if response.status != http.client.OK:
            raise Unavailable(f"rspamd at {self.url} says {response.status}; is it the address of its normal worker?")
        return answer


def _sent_until(deadline: Deadline, connection: http.client.HTTPConnection, body: bytes) -> Iterator[memoryview]:
    """What is sent, in pieces of which each gets what is left of the time for all of them."""
    view = memoryview(body)
    for at in range(0, len(view), _PIECE):
        connection.sock.settimeout(_left(deadline))
        yield view[at : at + _PIECE]


def _all_of(response: http.client.HTTPResponse) -> bytes:
    answer = response.read(_LARGEST_ANSWER + 1)
    if len(answer) > _LARGEST_ANSWER:
        raise ValueError("it says too much")
    return answer


def _left(deadline: Deadline) -> float:
    """Seconds until then. Raises `TimeoutError` once it has passed."""
    if not (left := deadline.left):
        raise TimeoutError("timed out")
    return left


def _answering_until(deadline: Deadline) -> Callable[..., http.client.HTTPResponse]:
    """Makes answers that are read until the deadline and no longer, whichever part of them drips."""

    def answer(sock: socket.socket, **options: Any) -> http.client.HTTPResponse:
        return http.client.HTTPResponse(_Until(sock, deadline), **options)  # type: ignore[arg-type]  # is asked for a file alone

    return answer


class _Until(io.RawIOBase):
    """What comes in over a socket. Each reading gets what is left of the time for all of them."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock, self._deadline = sock, deadline
        self._raw = sock.makefile("rb", buffering=0)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """As a socket gives it."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """What there is. Raises `TimeoutError` once the deadline has passed."""
        self._sock.settimeout(_left(self._deadline))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        """Let go of the socket."""
        self._raw.close()
        super().close()


def rating_in(answer: Any) -> Rating:
    """The rating in an answer. Raises `TypeError` or `ValueError` where it is none; without symbols it still is one."""
    if not isinstance(answer, dict) or not isinstance(answer.get("action"), str):
        raise TypeError("it is no rating")
    symbols = answer.get("symbols")
    symbols = symbols if isinstance(symbols, dict) else {}
    weights = {str(name): float(each.get("score", 0)) for name, each in symbols.items() if isinstance(each, dict)}
    heaviest = sorted((name for name in weights if weights[name] > 0), key=lambda name: -weights[name])
    return Rating(
        action=answer["action"],
        score=float(answer.get("score", 0)),
        required=float(answer.get("required_score") or 0),
        symbols=tuple(name[:60] for name in heaviest[:_MOST_SYMBOLS]),
    )


def _said_of(envelope: Envelope) -> Iterator[tuple[str, str]]:
    """What rspamd is told of the envelope."""
    said = [("IP", envelope.client), ("Helo", envelope.helo), ("From", envelope.mail_from or "")]
    said += [("Rcpt", each) for each in envelope.recipients[:_MOST_RECIPIENTS]]
    for name, value in said:
        if value and value.isascii() and value.isprintable():
            yield name, value[:1000]
