"""Who visits: a pseudonym, never an address that is written down, and the language they read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from ipaddress import IPv6Address, ip_address

from starlette.requests import Request


def network_of(request: Request) -> str:
    """Where a visitor comes from: one IPv4 address, or the /64 of an IPv6 address, which one household has."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))
    return str(address)


def sender_pseudonym(request: Request, pseudonym: Callable[[str], str]) -> str:
    """The visitor for limits: whoever comes from the same place counts as one."""
    return pseudonym(f"network {network_of(request)}")


def voter_pseudonym(request: Request, pseudonym: Callable[[str], str]) -> str:
    """The visitor for votes: two browsers in one office are two."""
    return pseudonym(f"browser {network_of(request)} {request.headers.get('user-agent', '')[:300]}")


def language_for(accept_language: str, languages: Sequence[str], default: str) -> str:
    """Which of the site's languages an Accept-Language header prefers."""
    best, best_weight = default, 0.0
    for item in accept_language[:500].split(",")[:20]:
        name, _, parameter = item.strip().partition(";")
        language = name.strip().lower().partition("-")[0]
        weight = _weight(parameter)
        if language in languages and weight > best_weight:
            best, best_weight = language, weight
    return best


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(1.0, max(0.0, float(value)))
    except ValueError:
        return 0.0
