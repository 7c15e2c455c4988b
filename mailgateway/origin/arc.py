"""ARC chains verified (RFC 8617): what a host found out that handed a mail on, before it changed the mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mailgateway.origin.canonical import Field, Signed, header
from mailgateway.origin.dkim import judged, last, names_in
from mailgateway.origin.keys import key_of
from mailgateway.origin.resolver import Deadline, NoAnswer, Resolver
from mailgateway.origin.tags import Broken, compact, decoded, tags_in

MOST_HOPS = 10
"""Sets of ARC fields that are verified; RFC 8617 allows 50, and mail on its way to a desk has two or three."""
_RESULTS, _MESSAGE, _SEAL = b"arc-authentication-results", b"arc-message-signature", b"arc-seal"


@dataclass(frozen=True, slots=True)
class Chain:
    """What became of a mail's chain."""

    result: str
    """"none", "pass", "fail" or "temperror"."""
    sealer: str = ""
    """The domain of the host that sealed it last."""
    results: str = ""
    """What that host found, as it would stand in an Authentication-Results field."""
    because: str = ""


@dataclass(frozen=True, slots=True)
class Hop:
    """The three fields that one host added."""

    results: Field
    message: Field
    seal: Field


def sealer_of(mail: Signed) -> str:
    """Who says to have sealed a mail last, before anything is verified; "" where nobody does."""
    try:
        hops = hops_in(mail)
        return compact(tags_in(hops[-1].seal.value).get("d", "")).lower() if hops else ""
    except Broken:
        return ""


def verify_chain(mail: Signed, resolver: Resolver, deadline: Deadline) -> Chain:
    """Whether every host of the chain has sealed it, and the mail is as the last of them handed it on."""
    try:
        hops = hops_in(mail)
        if not hops:
            return Chain("none")
        _check(mail, hops, resolver, deadline)
    except Broken as error:
        return Chain("fail", because=str(error))
    except NoAnswer as error:
        return Chain("temperror", because=str(error))
    found = hops[-1].results.value.replace(b"\r\n", b"").decode("utf-8", "replace").partition(";")[2]
    return Chain("pass", sealer_of(mail), found)


def hops_in(mail: Signed) -> tuple[Hop, ...]:
    """The sets of fields, the oldest first. Raises `Broken` where one is missing, or stands there twice."""
    kinds = [_numbered(mail.named(name)) for name in (_RESULTS, _MESSAGE, _SEAL)]
    size = len(kinds[0])
    if size > MOST_HOPS:
        raise Broken("the chain is too long")
    wanted = set(range(1, size + 1))
    if any(set(each) != wanted for each in kinds):
        raise Broken("the chain has gaps")
    return tuple(Hop(*(each[number] for each in kinds)) for number in range(1, size + 1))


def _numbered(fields: tuple[Field, ...]) -> Mapping[int, Field]:
    found: dict[int, Field] = {}
    for each in fields[: MOST_HOPS + 1]:
        name, _, number = each.value.partition(b";")[0].partition(b"=")
        text = number.strip()
        if name.strip() != b"i" or not (text.isdigit() and len(text) <= 2) or int(text) in found:
            raise Broken("one of its fields has no number, or that of another")
        found[int(text)] = each
    return found


def _check(mail: Signed, hops: tuple[Hop, ...], resolver: Resolver, deadline: Deadline) -> None:
    """Raise `Broken` where the chain does not hold, or `NoAnswer`."""
    for number, hop in enumerate(hops, start=1):
        said = tags_in(hop.seal.value).get("cv", "")
        if said != ("none" if number == 1 else "pass"):
            raise Broken(f"its host {number} found that the chain was {said[:10] or 'nothing'}")
    message = tags_in(hops[-1].message.value)
    if any(not message.get(name) for name in ("a", "b", "bh", "d", "h", "s")) or "arc-seal" in names_in(message):
        raise Broken("the last signature over the mail is not as it has to be")
    result, because = judged(mail, hops[-1].message, {"c": "relaxed/relaxed", **message}, resolver, deadline)
    if result != "pass":
        raise Broken(because)
    for number in range(len(hops), 0, -1):
        _check_seal(hops[:number], resolver, deadline)


def _check_seal(hops: tuple[Hop, ...], resolver: Resolver, deadline: Deadline) -> None:
    """A seal is over every set up to its own, in order."""
    seal = hops[-1].seal
    tags = tags_in(seal.value)
    if any(not tags.get(name) for name in ("a", "b", "d", "s")) or "h" in tags or tags["a"].lower() != "rsa-sha256":
        raise Broken("a seal is not as it has to be")
    key = key_of(compact(tags["d"]).lower(), compact(tags["s"]).lower(), resolver, deadline)
    covered = [each for hop in hops for each in (hop.results, hop.message, hop.seal)][:-1]
    data = b"".join(header(each, relaxed=True) for each in covered) + last(seal, relaxed=True)
    if key.algorithm != "rsa" or not key.verifies(decoded(tags["b"]), data):
        raise Broken(f"the seal of host {len(hops)} does not hold")
