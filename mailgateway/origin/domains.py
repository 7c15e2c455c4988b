"""Which domains belong together: those under one name that somebody could register."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

_LONGEST = 253


def organisation(domain: str) -> str:
    """The domain that its owner registered: of mail.example.co.uk example.co.uk. A public suffix is its own."""
    name = domain.strip(".").lower()
    if not name or len(name) > _LONGEST:
        return name
    return _list().privatesuffix(name) or name


def aligned(one: str, other: str, *, strict: bool = False) -> bool:
    """Whether one domain may speak for another (RFC 7489, section 3.1)."""
    if not one or not other:
        return False
    return one == other if strict else organisation(one) == organisation(other)


@cache
def _list() -> PublicSuffixList:
    """Mozilla's list, as the package carries it: nothing is asked of a network."""
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()
