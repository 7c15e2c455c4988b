"""DKIM signatures verified (RFC 6376, 8301, 8463): who has signed a mail as it is.

Written anew over `cryptography`, because a mail and a key from outside can keep the known library busy for hours
(runs of blanks, giant exponents) with nobody else getting a turn; the tests sign with that library.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailgateway.origin.canonical import Field, Signed, chosen, header, without_signature
from mailgateway.origin.keys import key_of
from mailgateway.origin.resolver import Deadline, NoAnswer, Resolver
from mailgateway.origin.tags import Broken, compact, decoded, tags_in

MOST_SIGNATURES = 5
"""Of one mail, those of the author's own domain: more are not looked at."""
MOST_FIELDS = 500
"""Of one signature."""
_SKEW = 36_000
"""Seconds by which a signer's clock may be ahead."""
_ALGORITHMS = {"rsa-sha256": "rsa", "ed25519-sha256": "ed25519"}
_LONGEST_NAME = 253


@dataclass(frozen=True, slots=True)
class Signature:
    """What became of one signature."""

    domain: str
    result: str
    """"pass", "fail", "policy" (right, but not believed), "permerror" or "temperror"."""
    because: str = ""

    def __str__(self) -> str:
        return f"dkim={self.result} ({self.domain})"


def domains_in(mail: Signed) -> tuple[tuple[Field, str], ...]:
    """Each signature with the domain that it says to be of, in lower case; those that cannot be read are left out."""
    found = []
    for field in mail.named(b"dkim-signature"):
        try:
            domain = compact(tags_in(field.value).get("d", "")).lower()
        except Broken:
            continue
        if domain.isascii() and 0 < len(domain) <= _LONGEST_NAME:
            found.append((field, domain))
    return tuple(found)


def verify(
    mail: Signed,
    signatures: Sequence[tuple[Field, str]],
    resolver: Resolver,
    deadline: Deadline,
    now: datetime,
) -> tuple[Signature, ...]:
    """What the signatures are worth, until one passes."""
    results: list[Signature] = []
    for field, domain in signatures[:MOST_SIGNATURES]:
        results.append(_verified(mail, field, domain, resolver, deadline, now))
        if results[-1].result == "pass":
            break
    return tuple(results)


def _verified(
    mail: Signed, field: Field, domain: str, resolver: Resolver, deadline: Deadline, now: datetime
) -> Signature:
    try:
        tags = tags_in(field.value)
        check_form(tags, now)
        return Signature(domain, *judged(mail, field, tags, resolver, deadline))
    except Broken as error:
        return Signature(domain, "permerror", str(error))
    except NoAnswer as error:
        return Signature(domain, "temperror", str(error))


def check_form(tags: Mapping[str, str], now: datetime) -> None:
    """Refuse what no signature may look like. Raises `Broken`."""
    missing = [name for name in ("v", "a", "b", "bh", "d", "h", "s") if not tags.get(name)]
    if missing or tags["v"] != "1":
        raise Broken(f"it lacks {', '.join(missing)}" if missing else "it is of another version")
    if "from" not in names_in(tags):
        raise Broken("it does not cover the author")
    _check_time(tags, now)
    domain, identity = compact(tags["d"]).lower(), compact(tags.get("i", "")).lower().rpartition("@")[2]
    if identity and identity != domain and not identity.endswith("." + domain):
        raise Broken("it is for a domain that is not its own")


def _check_time(tags: Mapping[str, str], now: datetime) -> None:
    made, until = (_seconds(tags.get(name, "")) for name in ("t", "x"))
    if made is not None and made > now.timestamp() + _SKEW:
        raise Broken("it was made in the future")
    if until is not None and (until < now.timestamp() or (made is not None and until < made)):
        raise Broken("it has expired")


def _seconds(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise Broken("its time is no time")
    return int(text)


def names_in(tags: Mapping[str, str]) -> tuple[str, ...]:
    """The fields that a signature covers. Raises `Broken`."""
    names = tuple(compact(tags["h"]).lower().split(":"))
    if len(names) > MOST_FIELDS:
        raise Broken("it covers too many fields")
    return names


def judged(
    mail: Signed, field: Field, tags: Mapping[str, str], resolver: Resolver, deadline: Deadline
) -> tuple[str, str]:
    """The result of a signature over fields and body, with the reason. Raises `Broken` or `NoAnswer`."""
    algorithm, domain = tags["a"].lower(), compact(tags["d"]).lower()
    if algorithm not in _ALGORITHMS:
        return "policy", f"{algorithm[:30]} is not believed"
    if "l" in tags:
        return "policy", "it covers a part of the body alone"
    in_head, in_body = canonicalization(tags.get("c", "simple/simple"))
    if (mail.relaxed_hash if in_body else mail.simple_hash) != decoded(tags["bh"]):
        return "fail", "the body is not as it was signed"
    key = key_of(domain, compact(tags["s"]).lower(), resolver, deadline)
    if key.algorithm != _ALGORITHMS[algorithm]:
        raise Broken("its key is of another kind")
    if key.exact and compact(tags.get("i", "")).lower().rpartition("@")[2] not in {"", domain}:
        raise Broken("its key does not sign for names below its domain")
    names = tuple(name.encode() for name in names_in(tags))
    covered = chosen(tuple(each for each in mail.fields if each is not field), names)
    data = b"".join(header(each, relaxed=in_head) for each in covered) + last(field, relaxed=in_head)
    return ("pass", "") if key.verifies(decoded(tags["b"]), data) else ("fail", "the head is not as it was signed")


def canonicalization(text: str) -> tuple[bool, bool]:
    """Whether head and body are taken in the relaxed form. Raises `Broken`."""
    head, _, body = compact(text).lower().partition("/")
    if not {head, body or "simple"} <= {"simple", "relaxed"}:
        raise Broken("it was made in a way that is not known")
    return head == "relaxed", body == "relaxed"


def last(field: Field, *, relaxed: bool) -> bytes:
    """The signature field itself as it goes into the signature: at the end, without its b= and its last CRLF."""
    bare = header(without_signature(field), relaxed=relaxed)
    return bare.removesuffix(b"\r\n")
