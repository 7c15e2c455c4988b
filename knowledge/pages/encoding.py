"""The text of a web page, whatever it is encoded in."""

from __future__ import annotations

import codecs
import re

_SAID = re.compile(rb"<meta[^>]{0,200}charset\s?=\s?[\"']?\s?([\w-]{1,40})", re.IGNORECASE)
_HEAD = 4_096
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def decoded(raw: bytes) -> str:
    """The text: as the bytes prove it, else as the page says, else as browsers take it."""
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(encoding, "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        said = _SAID.search(raw[:_HEAD])
        return raw.decode(_known(said[1].decode("ascii", "replace")) if said else "cp1252", "replace")


def _known(said: str) -> str:
    try:
        known = codecs.lookup(said).name
    except LookupError:
        return "cp1252"
    return known if known.startswith(("cp", "iso8859", "koi8", "utf-16", "mac")) and known != "iso8859-1" else "cp1252"
