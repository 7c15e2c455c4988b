"""DKIM signatures of outgoing mail (RFC 6376), relaxed/relaxed, with RSA (RFC 8301) and Ed25519 (RFC 8463).

A key lies in `FOLDER/<domain>/<selector>.pem`, for its owner alone. It is looked for at each mail, so a new one is used
as soon as it is there. Every header that a mail program shows is signed once more than it stands there: nobody can add a
second From.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from textwrap import wrap
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

from mailgateway.origin.canonical import Field, Signed, chosen, header
from storage.errors import OutOfStep
from storage.private import cannot, private_folder, refuse_foreign, sync_folder, write_private

RSA_BITS = 2048
ED25519 = "-ed25519"
"""Follows the selector in the name of a second key, of the other algorithm: a name in the DNS holds one key."""
SIGNED = (
    "from", "to", "cc", "subject", "date", "reply-to", "message-id", "in-reply-to", "references", "auto-submitted",
    "mime-version", "content-type", "content-transfer-encoding", "content-language",
)  # fmt: skip
"""Headers that are signed; in h= each name stands once more than the header does, which seals it against further ones."""
_RAW_NAMES = tuple(name.encode() for name in SIGNED)
LONGEST_RECORD_STRING = 255
"""Bytes of one string in a TXT record (RFC 1035)."""

_PrivateKey = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key under the name by which the DNS shows its public half."""

    domain: str
    selector: str
    algorithm: str
    """"rsa-sha256" or "ed25519-sha256"."""
    sign: Callable[[bytes], bytes]
    """The bare signature of some bytes."""
    public: str
    """The public half as the DNS holds it, in base64."""

    @property
    def name(self) -> str:
        """Where the record is published."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        """What the TXT record says."""
        kind = "rsa" if self.algorithm.startswith("rsa") else "ed25519"
        return f"v=DKIM1; k={kind}; p={self.public}"

    @property
    def zone_line(self) -> str:
        """The record as a line of a zone file, its text in strings of at most 255 bytes."""
        at_most = LONGEST_RECORD_STRING
        pieces = [self.record[at : at + at_most] for at in range(0, len(self.record), at_most)]
        text = " ".join(f'"{piece}"' for piece in pieces)
        return f"{self.name}. IN TXT ( {text} )"


class Signer:
    """Signs mail for every domain that has a key. Keys are read once, and again where their file has changed."""

    def __init__(self, folder: Path, selector: str, algorithm: str = "rsa") -> None:
        self.folder = folder
        self.selector = selector
        self.algorithm = algorithm
        self._read: dict[Path, tuple[int, SigningKey]] = {}

    def __call__(self, mail: bytes, domain: str, at: datetime) -> bytes:
        """The mail with a signature of each key of its author's domain above it; as it is where there is none."""
        return signed(mail, self.keys_of(domain), at)

    def keys_of(self, domain: str) -> tuple[SigningKey, ...]:
        """The keys with which a domain signs now."""
        paths = [key_file(self.folder, domain, each) for each in selectors(self.selector, self.algorithm)]
        return tuple(key for key in map(self._key, paths) if key is not None)

    def _key(self, path: Path) -> SigningKey | None:
        try:
            changed = path.stat().st_mtime_ns
        except OSError:
            return None
        known = self._read.get(path)
        if known is None or known[0] != changed:
            known = self._read[path] = (changed, read_key(path))
        return known[1]


def selectors(selector: str, algorithm: str) -> tuple[str, ...]:
    """The names of the keys of a domain: with both algorithms, two of them."""
    if not selector:
        return ()
    return (selector, selector + ED25519) if algorithm == "both" else (selector,)


def key_file(folder: Path, domain: str, selector: str) -> Path:
    """Where a key lies."""
    return folder / _harmless(domain) / f"{_harmless(selector)}.pem"


def _harmless(name: str) -> str:
    """A name of the DNS as the name of a file: nothing in it leads elsewhere."""
    plain = name.lower().encode("idna").decode() if not name.isascii() else name.lower()
    return "".join(each if each.isalnum() or each in "-._" else "_" for each in plain).strip(".") or "_"


def read_key(path: Path) -> SigningKey:
    """The key in a file. Raises `OutOfStep` where it holds none that mail can be signed with."""
    refuse_foreign(path)
    try:
        private: Any = serialization.load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise cannot("read", path, error) from error
    except (ValueError, TypeError):
        private = None
    if not isinstance(private, rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey):
        raise OutOfStep(f"{path} holds no DKIM key; move it away, and `brief mail dkim` makes another")
    return _signing_key(private, path.parent.name, path.stem)


def make_key(folder: Path, domain: str, selector: str, algorithm: str) -> SigningKey:
    """Make a key and keep it, or read the one that is there; `algorithm` is "rsa" or "ed25519"."""
    path = key_file(folder, domain, selector)
    if path.exists():
        return read_key(path)
    private: _PrivateKey
    if algorithm == "ed25519":
        private = ed25519.Ed25519PrivateKey.generate()
    else:
        private = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    private_folder(folder)
    private_folder(path.parent)
    form = serialization.PrivateFormat.PKCS8
    write_private(path, private.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    sync_folder(folder)
    return read_key(path)


def _signing_key(private: _PrivateKey, domain: str, selector: str) -> SigningKey:
    if isinstance(private, ed25519.Ed25519PrivateKey):
        raw = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        # RFC 8463, section 3: the hash of the header is what is signed
        return SigningKey(
            domain, selector, "ed25519-sha256", lambda data: private.sign(hashlib.sha256(data).digest()), _text(raw)
        )
    pkcs1, sha256 = padding.PKCS1v15(), hashes.SHA256()
    public = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return SigningKey(domain, selector, "rsa-sha256", lambda data: private.sign(data, pkcs1, sha256), _text(public))


def signed(mail: bytes, keys: Sequence[SigningKey], at: datetime) -> bytes:
    """A mail, its lines ended by CRLF, with a signature of each key above it."""
    if not keys:
        return mail
    seen = Signed(mail)
    signatures = [_signature(key, seen, int(at.timestamp())) for key in keys]
    return b"".join([*signatures, mail])


def _signature(key: SigningKey, mail: Signed, at: int) -> bytes:
    """The DKIM-Signature header of one key, with its line end."""
    count = Counter(each.name for each in mail.fields)
    names, folded = _names(tuple(count[name] for name in _RAW_NAMES))
    unsigned = "".join(
        [
            f"DKIM-Signature: v=1; a={key.algorithm}; c=relaxed/relaxed; d={key.domain};\r\n",
            f"\ts={key.selector}; t={at};\r\n",
            f"\th={folded};\r\n",
            f"\tbh={_text(mail.relaxed_hash)};\r\n",
            "\tb=",
        ]
    ).encode()
    over = [*chosen(mail.fields, names), Field(b"dkim-signature", unsigned)]
    data = b"".join(header(each, relaxed=True) for each in over).removesuffix(b"\r\n")
    return unsigned + _folded(_text(key.sign(data))).encode() + b"\r\n"


@lru_cache(64)
def _names(counts: tuple[int, ...]) -> tuple[tuple[bytes, ...], str]:
    """The names of h= for so many headers of each, one more than there are; and the same folded, as text."""
    names = [name for name, count in zip(SIGNED, counts, strict=True) for _ in range(count + 1)]
    lines = wrap(" ".join(names), 66, break_on_hyphens=False)
    folded = ":\r\n\t".join(line.replace(" ", ":") for line in lines)
    return tuple(name.encode() for name in names), folded


def _folded(text: str, width: int = 72) -> str:
    """A long value over several lines."""
    return "\r\n\t".join(text[at : at + width] for at in range(0, len(text), width))


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
