"""The public keys that domains publish for their signatures (RFC 6376, section 3.6.1; RFC 8463)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailgateway.origin.resolver import Deadline, Resolver
from mailgateway.origin.tags import Broken, compact, decoded, tags_in

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

SMALLEST_RSA = 1024
"""Bits: RFC 8301 asks that less is not believed."""
LARGEST_RSA = 4096
"""Bits: more only costs the one who verifies."""
_ED25519_SIZE = 32


@dataclass(frozen=True, slots=True)
class Key:
    """A key as its domain published it."""

    key: RSAPublicKey | Ed25519PublicKey
    algorithm: str
    """"rsa" or "ed25519"."""
    exact: bool = False
    """It signs for its very domain only, for no name below it."""

    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Whether a signature over some bytes is of this key."""
        import hashlib

        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding, rsa

        try:
            if isinstance(self.key, rsa.RSAPublicKey):
                self.key.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
            else:
                self.key.verify(signature, hashlib.sha256(data).digest())
        except InvalidSignature:
            return False
        return True


def key_of(domain: str, selector: str, resolver: Resolver, deadline: Deadline) -> Key:
    """The key that a domain publishes under a selector. Raises `Broken` where there is none to use, or `NoAnswer`."""
    records = resolver.txt(f"{selector}._domainkey.{domain}", deadline)
    if not records:
        raise Broken("no key is published for it")
    if len(records) > 1:
        raise Broken("several keys are published for it under one name")
    return key_in(records[0])


def key_in(record: bytes) -> Key:
    """The key in a record. Raises `Broken`."""
    tags = tags_in(record)
    if tags.get("v", "DKIM1") != "DKIM1" or ("v" in tags and next(iter(tags)) != "v"):
        raise Broken("its key is of another version")
    if "sha256" not in compact(tags.get("h", "sha256")).lower().split(":"):
        raise Broken("its key allows no SHA-256")
    if not {"*", "email"} & set(compact(tags.get("s", "*")).lower().split(":")):
        raise Broken("its key is not for mail")
    if not compact(tags.get("p", "")):
        raise Broken("its key has been withdrawn")
    algorithm = tags.get("k", "rsa").lower()
    exact = "s" in compact(tags.get("t", "")).lower().split(":")
    return Key(_public(algorithm, decoded(tags["p"])), algorithm, exact)


def _public(algorithm: str, data: bytes) -> RSAPublicKey | Ed25519PublicKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        if algorithm == "ed25519" and len(data) == _ED25519_SIZE:
            return ed25519.Ed25519PublicKey.from_public_bytes(data)
        key = load_der_public_key(data) if algorithm == "rsa" else None
    except (ValueError, UnsupportedAlgorithm):
        raise Broken("its key cannot be read") from None
    if not isinstance(key, rsa.RSAPublicKey):
        raise Broken("its key is of a kind that is not known")
    if not SMALLEST_RSA <= key.key_size <= LARGEST_RSA:
        raise Broken(f"its key has {key.key_size} bits, which is not believed")
    return key
