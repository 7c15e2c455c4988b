"""Chains of another implementation are verified, seal by seal."""

from __future__ import annotations

from typing import Any

import pytest

from mailgateway.origin.arc import sealer_of, verify_chain
from mailgateway.origin.canonical import Signed
from mailgateway.origin.resolver import Deadline, Resolver

MAIL = b"From: Anna <anna@kundin.example>\r\nTo: liste@verein.example\r\nSubject: Frage\r\nDate: Sun, 22 Nov 2026 09:00:00 +0100\r\nMessage-ID: <1@kundin.example>\r\n\r\nGuten Tag\r\n"
PASS = "dmarc=pass header.from=kundin.example"


def sealed(signatory: Any, *domains: str) -> bytes:
    raw = MAIL
    for number, domain in enumerate(domains):
        host = signatory(domain)
        host.publish()
        raw = host.seal(raw, f"{PASS}; arc={'pass' if number else 'none'}")
    return raw


def chain_of(raw: bytes, resolver: Resolver) -> Any:
    return verify_chain(Signed(raw), resolver, Deadline.within(30))


@pytest.mark.parametrize("hosts", [1, 2, 3])
def test_a_chain_holds_whose_every_seal_does(signatory: Any, resolver: Resolver, hosts: int) -> None:
    raw = sealed(signatory, *(f"host{number}.example" for number in range(hosts)))
    chain = chain_of(raw, resolver)
    assert (chain.result, chain.sealer, chain.because) == ("pass", f"host{hosts - 1}.example", "")
    assert "dmarc=pass" in chain.results
    assert chain.results.split(";")[0].strip() == f"host{hosts - 1}.example"


def test_a_mail_without_a_chain_has_none(resolver: Resolver) -> None:
    assert chain_of(MAIL, resolver).result == "none"
    assert sealer_of(Signed(MAIL)) == ""


@pytest.mark.parametrize(
    ("find", "put"),
    [
        (b"Guten Tag", b"Guten Abend"),
        (b"dmarc=pass", b"dmarc=fail"),
        (b"ARC-Seal: i=2", b"ARC-Seal: i=3"),
        (b"cv=pass", b"cv=none"),
        (b"cv=pass", b"cv=fail"),
        (b"ARC-Message-Signature: i=1", b"X-Gone: i=1"),
        (b"ARC-Seal: i=1", b"ARC-Seal: i=one"),
        (b"ARC-Seal: i=1", b"ARC-Seal: i=2"),
    ],
)
def test_a_chain_that_was_touched_does_not_hold(signatory: Any, resolver: Resolver, find: bytes, put: bytes) -> None:
    raw = sealed(signatory, "one.example", "two.example")
    assert find in raw
    chain = chain_of(raw.replace(find, put), resolver)
    assert (chain.result, chain.sealer) == ("fail", "")
    assert chain.because


def test_a_key_that_cannot_be_asked_for_leaves_it_open(signatory: Any, resolver: Resolver, world: Any) -> None:
    raw = sealed(signatory, "one.example")
    world.failing.add("one._domainkey.one.example")
    assert chain_of(raw, resolver).result == "temperror"


def test_a_chain_that_is_too_long_is_not_verified(resolver: Resolver) -> None:
    fields = [
        f"{name}: i={number}; a=rsa-sha256; d=x.example; s=one; b=AAAA\r\n".encode()
        for number in range(1, 60)
        for name in ("ARC-Seal", "ARC-Message-Signature", "ARC-Authentication-Results")
    ]
    assert chain_of(b"".join(fields) + MAIL, resolver).result == "fail"
