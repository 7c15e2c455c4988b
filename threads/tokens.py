"""What leads a mail back: reply addresses, Message-IDs and codes. All are random, so nobody guesses one."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable

from threads.model import Mailbox

TOKEN_LENGTH = 16
"""Characters of a token: 80 bits in base32."""
_LONGEST_LOCAL_PART = 64
_LONGEST_ID = 998
_ALPHABET = frozenset("abcdefghijklmnopqrstuvwxyz234567")
_CODE_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without what looks like another: i l o 0 1
_PLACEHOLDERS = frozenset(
    ["", "-", "none", "null", "nil", "na", "n/a", "undefined", "unknown", "empty", "message-id", "messageid", "id"]
)
"""What programs write where they know no ID."""


def new_token() -> str:
    """A token for a reply address: 80 random bits in lower-case base32."""
    return base64.b32encode(secrets.token_bytes(10)).decode().lower()


def new_message_id(domain: str) -> str:
    """A random Message-ID in angle brackets."""
    return f"<{base64.b32encode(secrets.token_bytes(15)).decode().lower()}@{domain}>"


def new_code() -> str:
    """A short code by which an agent names a message."""
    number = secrets.randbelow(len(_CODE_ALPHABET) ** 7)  # one look into the pool of randomness for all letters
    return "".join(_CODE_ALPHABET[number // len(_CODE_ALPHABET) ** place % len(_CODE_ALPHABET)] for place in range(7))


def reply_address(mailbox_address: str, token: str) -> str:
    """`support+<token>@...`, or "" where the mailbox's local part leaves no room for it (64 octets, RFC 5321)."""
    local, _, domain = mailbox_address.rpartition("@")
    if len(local.encode()) + 1 + len(token) > _LONGEST_LOCAL_PART:
        return ""
    return f"{local}+{token}@{domain}"


def token_in(address: str, mailboxes: Iterable[Mailbox | str]) -> str | None:
    """The token of an address that is a reply address of one of our mailboxes, in any letter case; else None."""
    local, _, domain = address.lower().rpartition("@")
    base, plus, token = local.rpartition("+")
    if not plus or len(token) != TOKEN_LENGTH or not _ALPHABET.issuperset(token):
        return None
    ours = (mailbox if isinstance(mailbox, str) else mailbox.address for mailbox in mailboxes)
    return token if f"{base}@{domain}" in (each.lower() for each in ours) else None


def opaque_id(message_id: str | None) -> str | None:
    """A Message-ID as it is compared: in brackets, otherwise untouched. None where it is empty or a mere placeholder."""
    bare = (message_id or "").strip().strip("<>").strip()
    if not bare or len(bare) > _LONGEST_ID:
        return None
    if all(part.strip().lower() in _PLACEHOLDERS for part in bare.split("@")):
        return None
    return f"<{bare}>"


def opaque_ids(message_ids: Iterable[str]) -> tuple[str, ...]:
    """Each Message-ID that may be compared, once, in order."""
    return tuple(dict.fromkeys(each for each in map(opaque_id, message_ids) if each))
