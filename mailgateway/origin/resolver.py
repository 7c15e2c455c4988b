"""Asking the DNS: with a deadline, a bounded cache, and one error for everything that is no answer.

A name that does not exist, and one without such a record, are answers: an empty tuple. Whether the DNS can be asked at
all is another matter: a server that is silent, refuses or fails raises `NoAnswer`.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from storage.errors import Unavailable

if TYPE_CHECKING:
    import dns.resolver

MOST_CACHED = 5000
"""Answers that are remembered; the oldest go first."""
LONGEST_CACHED = 3600.0
"""Seconds that an answer is remembered at most, whatever its TTL says."""
SHORTEST_CACHED = 5.0
FAILURE_CACHED = 5.0
"""Seconds for which a question that got no answer is not asked again. Other questions are: a sender whose own DNS is
silent must not be able to switch the checks of everybody else off."""
MOST_RECORDS = 100
"""Of one answer."""
_TRY_FOR = 0.7
"""Seconds after which a question is sent once more: packets get lost."""


class NoAnswer(Unavailable):
    """The DNS gave no answer: it was silent for too long, or failed."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment until which everything has to be done, however many questions that takes."""

    at: float
    """By `time.monotonic`."""

    @classmethod
    def within(cls, seconds: float) -> Deadline:
        """The moment in so many seconds."""
        return cls(time.monotonic() + seconds)

    @property
    def left(self) -> float:
        """Seconds until then; 0 where it has passed."""
        return max(0.0, self.at - time.monotonic())


@dataclass(frozen=True, slots=True)
class _Cached:
    until: float
    values: tuple[Any, ...] | None
    """None: there was no answer."""


class Resolver:
    """Asks the DNS; one for many mails and threads. `nameservers` are "address" or "address:port", none: the system's."""

    def __init__(self, nameservers: Sequence[str] = (), *, most_cached: int = MOST_CACHED) -> None:
        self._nameservers = tuple(nameservers)
        self._most_cached = most_cached
        self._cache: OrderedDict[tuple[str, str], _Cached] = OrderedDict()
        self._lock = threading.Lock()
        self._asking: dns.resolver.Resolver | None = None

    def txt(self, name: str, deadline: Deadline) -> tuple[bytes, ...]:
        """The TXT records of a name, the strings of each joined."""
        return self._ask(name, "TXT", deadline, lambda each: b"".join(each.strings))

    def mx(self, name: str, deadline: Deadline) -> tuple[tuple[int, str], ...]:
        """The hosts that take a domain's mail, as (preference, host), the most preferred first."""
        found: tuple[tuple[int, str], ...] = self._ask(
            name, "MX", deadline, lambda each: (each.preference, _plain(each.exchange))
        )
        return tuple(sorted(found))

    def a(self, name: str, deadline: Deadline) -> tuple[str, ...]:
        """The IPv4 addresses of a name."""
        return self._ask(name, "A", deadline, lambda each: str(each.address))

    def aaaa(self, name: str, deadline: Deadline) -> tuple[str, ...]:
        """The IPv6 addresses of a name."""
        return self._ask(name, "AAAA", deadline, lambda each: str(each.address))

    def ptr(self, address: str, deadline: Deadline) -> tuple[str, ...]:
        """The names of an IP address. Raises `ValueError` where it is none."""
        return self.names(ipaddress.ip_address(address).reverse_pointer, deadline)

    def names(self, name: str, deadline: Deadline) -> tuple[str, ...]:
        """The PTR records of a name that is reversed already."""
        return self._ask(name, "PTR", deadline, lambda each: _plain(each.target))

    def _ask(self, name: str, kind: str, deadline: Deadline, value: Callable[[Any], Any]) -> tuple[Any, ...]:
        """What is remembered, or what the DNS says now."""
        key = (name.rstrip(".").lower(), kind)
        now = time.monotonic()
        with self._lock:
            cached = self._cache.get(key)
            if cached is not None and cached.until > now:
                self._cache.move_to_end(key)
                if cached.values is None:
                    raise NoAnswer(f"the DNS did not answer for {key[0]} a moment ago")
                return cached.values
        if deadline.left <= 0:
            raise NoAnswer(f"there was no time left to ask the DNS for {key[0]}")
        return self._remember(key, *self._looked_up(key, deadline, value))

    def _remember(self, key: tuple[str, str], values: tuple[Any, ...] | None, ttl: float) -> tuple[Any, ...]:
        now = time.monotonic()
        with self._lock:
            self._cache[key] = _Cached(now + ttl, values)
            self._cache.move_to_end(key)
            while len(self._cache) > self._most_cached:
                self._cache.popitem(last=False)
        if values is None:
            raise NoAnswer(f"the DNS gave no answer for {key[0]} ({key[1]})")
        return values

    def _looked_up(
        self, key: tuple[str, str], deadline: Deadline, value: Callable[[Any], Any]
    ) -> tuple[tuple[Any, ...] | None, float]:
        """The values with the seconds for which they hold; None where there is no answer."""
        import dns.exception
        import dns.resolver

        try:
            answer = self._resolver().resolve(
                f"{key[0]}.", key[1], lifetime=deadline.left, search=False, raise_on_no_answer=False
            )
        except dns.resolver.NXDOMAIN:
            return (), SHORTEST_CACHED * 12
        except (dns.resolver.NoNameservers, dns.resolver.NoResolverConfiguration, dns.exception.Timeout, OSError):
            return None, FAILURE_CACHED
        except (dns.exception.DNSException, UnicodeError):  # no name that the DNS could hold
            return (), SHORTEST_CACHED
        if answer.rrset is None:
            return (), SHORTEST_CACHED * 12
        values = tuple(value(each) for each in list(answer.rrset)[:MOST_RECORDS])
        return values, min(max(float(answer.rrset.ttl), SHORTEST_CACHED), LONGEST_CACHED)

    def _resolver(self) -> dns.resolver.Resolver:
        """dnspython's resolver, made at the first question: nobody else has to import it."""
        with self._lock:
            if self._asking is None:
                self._asking = _made(self._nameservers)
            return self._asking


def _made(nameservers: Sequence[str]) -> dns.resolver.Resolver:
    import dns.nameserver
    import dns.resolver

    made = dns.resolver.Resolver(configure=not nameservers)
    made.timeout = _TRY_FOR
    made.cache = None
    if nameservers:
        made.nameservers = [dns.nameserver.Do53Nameserver(*host_and_port(each)) for each in nameservers]
    return made


def host_and_port(nameserver: str) -> tuple[str, int]:
    """An IP address with the port that stands behind it, or 53. Raises `ValueError` where it is none."""
    text = nameserver.strip()
    if text.count(":") == 1 or "]:" in text:
        host, _, port = text.rpartition(":")
    else:
        host, port = text, "53"
    host = str(ipaddress.ip_address(host.strip("[]")))
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise ValueError(f"{port!r} is no port")
    return host, int(port)


def _plain(name: Any) -> str:
    """A name as text, in lower case and without the dot at its end."""
    return str(name.to_text(omit_final_dot=True)).lower()
