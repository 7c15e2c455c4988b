"""SPF (RFC 7208): whether a host may send mail for a domain. pyspf decides; what it asks of the DNS is bounded here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from mailgateway.origin.resolver import Deadline, NoAnswer, Resolver

MOST_VOID = 2
"""Questions without an answer that a record may lead to (RFC 7208, section 4.6.4); of those in all pyspf allows 10."""
LONGEST_RECORD = 2048
_LONGEST_NAME = 253


@dataclass(frozen=True, slots=True)
class Sender:
    """Which domain a host claimed to send for, and the result."""

    domain: str
    result: str
    """"pass", "fail", "softfail", "neutral", "none", "permerror" or "temperror"."""
    because: str = ""

    def __str__(self) -> str:
        return f"spf={self.result} ({self.domain})"


def sending_domain(mail_from: str | None, helo: str) -> str:
    """The domain that is asked: of the envelope sender or, where that is empty, of the host's greeting."""
    domain = (mail_from.rpartition("@")[2] if mail_from else helo).strip().strip(".").lower()
    return domain if "." in domain and not domain.startswith("[") and len(domain) <= _LONGEST_NAME else ""


def check_spf(client: str, mail_from: str, helo: str, resolver: Resolver, deadline: Deadline) -> Sender:
    """Whether `client` may send for the domain of the envelope sender."""
    domain = sending_domain(mail_from, helo)
    try:
        result, _, said = _query()(client, mail_from, helo, resolver, deadline).check()
    except Exception as error:  # pyspf meets records of strangers: whatever it stumbles over is in one of them
        return Sender(domain, "permerror", type(error).__name__)
    return Sender(domain, "permerror" if result == "ambiguous" else str(result), str(said)[:200])


@cache
def _query() -> Any:
    """pyspf's query with the DNS of ours, made at the first mail: nobody else has to import it."""
    import spf

    class Query(spf.query):  # type: ignore[misc]  # pyspf carries no types
        """One check, all of whose questions go to our resolver and end with its deadline."""

        def __init__(self, client: str, mail_from: str, helo: str, resolver: Resolver, deadline: Deadline) -> None:
            super().__init__(i=client, s=mail_from, h=helo, receiver="unknown")
            self.resolver, self.deadline = resolver, deadline

        def dns(self, name: str, qtype: str, cnames: object = None, ignore_void: bool = False) -> list[Any]:  # noqa: ARG002 - pyspf's signature
            """What the DNS says; nothing found counts, as the RFC asks."""
            try:
                found = _asked(self.resolver, self.deadline, str(name), qtype)
            except NoAnswer as error:
                raise spf.TempError(str(error)) from None
            if not found and not ignore_void:
                self.void_lookups += 1
                if self.void_lookups > MOST_VOID:
                    raise spf.PermError(f"more than {MOST_VOID} of its questions lead to nothing")
            return found

        def get_explanation(self, spec: str) -> str | None:  # noqa: ARG002 - pyspf's signature
            """Nobody reads a stranger's words about it, so they are not asked for."""
            return None

    return Query


def _asked(resolver: Resolver, deadline: Deadline, name: str, kind: str) -> list[Any]:
    if kind == "TXT":
        return [(each,) for each in resolver.txt(name, deadline) if len(each) <= LONGEST_RECORD]
    if kind == "MX":
        return list(resolver.mx(name, deadline))
    if kind == "PTR":
        return list(resolver.names(name, deadline))
    if kind in {"A", "AAAA"}:
        ask = resolver.a if kind == "A" else resolver.aaaa
        return list(ask(name, deadline))
    return []
