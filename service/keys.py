"""The desk's secret: it seals what comes back from outside, and makes pseudonyms that only this desk can make again.

It lies in the data directory. Its fingerprint lies in the database, so a process with another secret does not start.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from storage.database import Database
from storage.errors import OutOfStep
from storage.facts import fact_once, get_fact
from storage.private import cannot, private_folder, refuse_foreign, sync_folder

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

FILE = "keys"
"""The name of the file in the data directory."""
FACT = "keys"
_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Keys:
    """The secret of one desk, and what is made with it."""

    secret: bytes = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """Tells this secret from others, and tells nothing about it."""
        return self._derived("fingerprint").hex()[:32]

    def seal(self, purpose: str, data: bytes) -> str:
        """A token for an address of the web, good for one purpose only: nobody else can make one, or read what it holds.

        It is encrypted, and authenticated by an HMAC-SHA256 that is compared in constant time.
        """
        box, token = self._box(purpose), "-"
        while token[-1] in "-_":  # programs that make links out of addresses take these for what follows them
            token = box.encrypt_at_time(data, 0).decode().rstrip("=")  # 0: nobody need see when it was made
        return token

    def unseal(self, purpose: str, token: str) -> bytes | None:
        """What was sealed for this purpose, or None where it was not."""
        from cryptography.fernet import InvalidToken

        try:
            return self._box(purpose).decrypt(token.encode("ascii") + b"=" * (-len(token) % 4))
        except (InvalidToken, UnicodeError):
            return None

    def visitor_pseudonym(self, known: str) -> str:
        """A name for a visitor out of what is known of them: a keyed hash, by which nobody can be found."""
        return hmac.new(self._derived("visitor"), known.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:32]

    def _box(self, purpose: str) -> Fernet:
        from cryptography.fernet import Fernet  # slow to import: most commands seal nothing

        return Fernet(base64.urlsafe_b64encode(self._derived(f"seal {purpose}")))

    def _derived(self, name: str) -> bytes:
        return hmac.new(self.secret, f"briefwechsel {name}".encode(), hashlib.sha256).digest()


def open_keys(data: Path, database: Database) -> Keys:
    """The keys of a desk, made where it has none yet. Raises `OutOfStep` where they are not those of its database."""
    with database.reading() as session:
        expected = get_fact(session, FACT)
    path = data / FILE
    if expected is not None and not path.exists():
        raise OutOfStep(
            f"{path} is missing, and the database belongs to a desk with keys: copy that file here, from a backup or from the other host"
        )
    keys = read_keys(path) or _made(path)
    if expected is None:
        with database.writing() as session:
            expected = fact_once(session, FACT, keys.fingerprint)
    if keys.fingerprint != expected:
        raise OutOfStep(
            f"{path} holds other keys than those of the database: copy the right file here, or use the desk's own database"
        )
    return keys


def read_keys(path: Path) -> Keys | None:
    """The keys in a file, None where there is none. Raises `OutOfStep` for a file that holds no keys."""
    refuse_foreign(path)
    try:
        text = path.read_text("ascii").strip()
        secret = bytes.fromhex(text)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise cannot("read", path, error) from error
    except ValueError:
        secret = b""
    if len(secret) != _LENGTH:
        raise OutOfStep(f"{path} holds no keys of brief: put back the file from a backup")
    return Keys(secret)


def _made(path: Path) -> Keys:
    """Make keys, unless another process is quicker: then its keys."""
    private_folder(path.parent)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(_LENGTH) + "\n")
            file.flush()
            os.fsync(descriptor)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        sync_folder(path.parent)
    except OSError as error:
        raise cannot("write", path, error) from error
    keys = read_keys(path)
    if keys is None:
        raise OutOfStep(f"{path} went away while it was read; start again")
    return keys
