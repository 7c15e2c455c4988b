"""Lists of tags, as DKIM, ARC and DMARC write them: `v=1; a=rsa-sha256; ...`."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping

LONGEST = 8192
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,30}\Z")
_SPACE = re.compile(r"[ \t\r\n]+")


class Broken(ValueError):
    """It is written in a way that nobody can rely on; the text says how."""


def tags_in(value: bytes) -> Mapping[str, str]:
    """The tags by name, folding taken out of their values. Raises `Broken`."""
    if len(value) > LONGEST:
        raise Broken("it is too long")
    found: dict[str, str] = {}
    parts = value.decode("ascii", "replace").split(";")
    for number, part in enumerate(parts):
        name, equals, text = part.partition("=")
        name = name.strip()
        if not part.strip() and number == len(parts) - 1:
            continue
        if not equals or not _NAME.match(name) or name in found:
            raise Broken(f"it has a tag that is none, or one twice: {name[:30]!r}")
        found[name] = text.strip()
    return found


def compact(text: str) -> str:
    """A value without any white space, as base64 and lists of names are read."""
    return _SPACE.sub("", text)


def decoded(text: str) -> bytes:
    """The bytes of a base64 value. Raises `Broken`."""
    try:
        return base64.b64decode(compact(text), validate=True)
    except (binascii.Error, ValueError):
        raise Broken("it holds something that is no base64") from None
