"""What a domain asks for where a mail in its name is not of it (RFC 7489), and whether that is so: pure decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mailgateway.origin.domains import aligned, organisation
from mailgateway.origin.resolver import Deadline, Resolver
from mailgateway.origin.tags import Broken, tags_in

POLICIES = ("none", "quarantine", "reject")


@dataclass(frozen=True, slots=True)
class Record:
    """What a domain says of mail in its name."""

    domain: str
    """Where it is published: the author's domain, or the one it lies under."""
    policy: str
    """"none", "quarantine" or "reject", for the author's domain."""
    strict_dkim: bool = False
    strict_spf: bool = False


def record_for(domain: str, resolver: Resolver, deadline: Deadline) -> Record | None:
    """What holds for mail from a domain, None where nothing does. Raises `NoAnswer`."""
    for name in dict.fromkeys((domain, organisation(domain))):
        found = [each for each in resolver.txt(f"_dmarc.{name}", deadline) if each[:8] == b"v=DMARC1"]
        if len(found) == 1:
            return record_in(found[0], name, below=name != domain)
    return None


def record_in(text: bytes, domain: str, *, below: bool = False) -> Record | None:
    """A record as read; `below`: it holds for a name under its domain. None where it asks for nothing."""
    try:
        tags = tags_in(text)
    except Broken:
        return None
    asked = tags.get("sp", tags.get("p", "")) if below else tags.get("p", "")
    policy = asked.lower()
    if policy not in POLICIES:
        if not tags.get("rua"):  # RFC 7489, section 6.6.3
            return None
        policy = "none"
    strict = {name: tags.get(name, "r").lower() == "s" for name in ("adkim", "aspf")}
    return Record(domain, policy, strict["adkim"], strict["aspf"])


@dataclass(frozen=True, slots=True)
class Evidence:
    """A domain for which a mail was proven to come from, or not."""

    method: str
    """"dkim" or "spf"."""
    domain: str
    result: str
    """As of its method: "pass", "fail", "temperror", ..."""


def passes(record: Record | None, author: str, evidence: Sequence[Evidence]) -> Evidence | None:
    """The evidence by which a mail is of its author's domain; None where there is none."""
    for each in evidence:
        strict = record is not None and (record.strict_dkim if each.method == "dkim" else record.strict_spf)
        if each.result == "pass" and aligned(each.domain, author, strict=strict):
            return each
    return None
