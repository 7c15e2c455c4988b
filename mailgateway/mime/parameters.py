"""Content-Type and Content-Disposition: a value and its parameters, as RFC 2231 has them and as programs write them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from mailgateway.mime import charset
from mailgateway.mime.words import header_text

MOST_PARAMETERS = 100
# name = "quoted" or bare; a quote that never closes runs to the end. Every alternative begins with another character.
PARAMETER = re.compile(
    rb";[ \t]*([^\s=;\"]{1,80})[ \t]*=[ \t]*(?:\"((?:[^\"\\]|\\.)*)(?:\"|$)|'([^';]*)'(?=[ \t]*(?:;|$))|([^;]*))"
)
ESCAPED = re.compile(rb"\\([\"\\])")
NUMBERED = re.compile(r"([^*]+)\*(\d{1,3})(\*?)")
TOKEN = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")


@dataclass(frozen=True, slots=True)
class Parameterised:
    """A header value such as `text/plain; charset=utf-8`."""

    value: str
    """In lower case, without parameters."""
    parameters: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """A parameter as text (`name` in lower case), "" where it is missing."""
        return self.parameters.get(name, "")


def parameterised(raw: bytes) -> Parameterised:
    """Read a header value with parameters. Never raises."""
    if not raw:
        return Parameterised("")
    head, semicolon, _ = raw.partition(b";")
    value = header_text(head.split(b"(")[0]).strip().strip("\"'").lower()
    if not semicolon:
        return Parameterised(value.split()[0] if value.split() else "")
    plain: dict[str, str] = {}
    numbered: dict[str, dict[int, tuple[bool, bytes]]] = {}
    for number, found in enumerate(PARAMETER.finditer(raw, len(head))):
        if number >= MOST_PARAMETERS:
            break
        sort(found, plain, numbered)
    for name, sections in numbered.items():
        plain[name] = joined(sections)
    return Parameterised(value, plain)


def sort(found: re.Match[bytes], plain: dict[str, str], numbered: dict[str, dict[int, tuple[bool, bytes]]]) -> None:
    """Put one parameter where it belongs: a whole one, or a section of one (RFC 2231)."""
    name = found[1].decode("latin-1").lower()
    value = bare(found)
    section = NUMBERED.fullmatch(name)
    if section:
        numbered.setdefault(section[1], {})[int(section[2])] = (bool(section[3]), value)
    elif name.endswith("*"):
        numbered.setdefault(name[:-1], {}).setdefault(0, (True, value))
    else:
        plain.setdefault(name, header_text(value).strip())


def bare(found: re.Match[bytes]) -> bytes:
    """The value of one parameter without its quotes."""
    if found[2] is not None:
        # A backslash escapes only a quote or itself: Windows programs write paths here.
        return ESCAPED.sub(rb"\1", found[2])
    return (found[3] if found[3] is not None else found[4]).strip()


def joined(sections: dict[int, tuple[bool, bytes]]) -> str:
    """One parameter from its sections: percent-encoded where they say so, in the charset of the first."""
    data, declared, first = b"", "", True
    for _, (encoded, value) in sorted(sections.items()):
        if encoded and first and value.count(b"'") >= 2:
            name, _, value = value.split(b"'", 2)
            declared = name.decode("latin-1")
        data += unquote_to_bytes(value) if encoded else value
        first = False
    if not declared and b"=?" in data:
        return header_text(data).strip()
    return charset.decoded(data, declared).text.replace("\n", " ").strip()


def media_type(raw: bytes, default: str) -> Parameterised:
    """A Content-Type; what is none becomes `default`, as RFC 2045 asks, with its parameters kept."""
    found = parameterised(raw)
    if TOKEN.fullmatch(found.value):
        return found
    if found.value in {"text", "plain"}:
        return Parameterised("text/plain", found.parameters)
    if found.value in {"html", "multipart"}:
        return Parameterised({"html": "text/html", "multipart": "multipart/mixed"}[found.value], found.parameters)
    return Parameterised(default if not raw.strip() else "text/plain", found.parameters)
