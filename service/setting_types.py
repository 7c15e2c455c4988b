"""The types of single settings: each says in its error what would be right."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator

_UNITS = {
    "": 1, "s": 1, "sec": 1, "min": 60, "m": 60, "h": 3600, "d": 86400,
}  # fmt: skip
_SIZES = {"": 1, "b": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30}
_ADDRESS = re.compile(r"[a-z0-9.!#$%&'*/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\Z")


def duration(value: Any) -> timedelta:
    """Seconds as a number, or "90 s", "30 min", "4 h", "2 d"."""
    if isinstance(value, timedelta):
        return value
    found = re.fullmatch(r"\s*(\d{1,9}(?:\.\d{1,3})?)\s*([a-z]*)\s*", str(value).lower())
    if isinstance(value, bool) or not found or found[2] not in _UNITS:
        raise ValueError('a time is meant, as in 90, "90 s", "30 min", "4 h" or "2 d"')
    return timedelta(seconds=float(found[1]) * _UNITS[found[2]])


def size(value: Any) -> int:
    """Bytes as a number, or "50 MB"."""
    found = re.fullmatch(r"\s*(\d{1,12})\s*([a-z]*)\s*", str(value).lower())
    if isinstance(value, bool) or not found or found[2] not in _SIZES:
        raise ValueError('a size is meant, as in 1000000 or "50 MB"')
    return int(found[1]) * _SIZES[found[2]]


def listen(value: Any) -> str:
    """A host and a port, as in "127.0.0.1:2525" or "[::1]:2525"; port 0 takes a free one."""
    host, colon, port = str(value).rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    if not (
        colon and host and (bracketed or ":" not in host) and port.isascii() and port.isdigit() and int(port) < 65536
    ):
        raise ValueError('host and port are meant, as in "127.0.0.1:2525"')
    return str(value)


def mail_address(value: Any) -> str:
    """A mail address, in lower case."""
    text = str(value).strip().lower()
    local, _, domain = text.rpartition("@")
    try:
        text = f"{local}@{domain.encode('idna').decode()}" if not domain.isascii() else text
    except UnicodeError:
        text = ""
    if not _ADDRESS.match(text) or ".." in text:
        raise ValueError('a mail address is meant, as in "support@example.org" (a + in it is for our reply addresses)')
    return text


def language(value: Any) -> str:
    """A language that the desk writes: "de" or "en"."""
    if value not in {"de", "en"}:
        raise ValueError('"de" or "en" is meant: the languages that the desk writes')
    return str(value)


def _url(value: Any, schemes: set[str], example: str) -> str:
    parts = urlsplit(str(value))
    try:
        usable = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if parts.scheme not in schemes or not usable:
        raise ValueError(f'a URL is meant, as in "{example}"')
    return str(value)


def relay_url(value: Any) -> str:
    """smtp:// (STARTTLS, verified, where it is offered), smtp+starttls:// (never without) or smtps://."""
    return (
        value if value == "" else _url(value, {"smtp", "smtps", "smtp+starttls"}, "smtps://user@relay.example.org:465")
    )


def web_url(value: Any) -> str:
    """http:// or https://."""
    return _url(value, {"http", "https"}, "https://help.example.org").rstrip("/")


Duration = Annotated[timedelta, BeforeValidator(duration)]
Size = Annotated[int, BeforeValidator(size)]
Listen = Annotated[str, BeforeValidator(listen)]
MailAddress = Annotated[str, BeforeValidator(mail_address)]
Language = Annotated[str, BeforeValidator(language)]
RelayUrl = Annotated[str, BeforeValidator(relay_url)]
WebUrl = Annotated[str, BeforeValidator(web_url)]


def zone_of(name: str) -> ZoneInfo | None:
    """The time zone of that name, None where there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # not there, is a folder, leads out of the zones
        return None


def host_and_port(value: str) -> tuple[str, int]:
    """The two parts of a `Listen`."""
    host, _, port = value.rpartition(":")
    return host.strip("[]"), int(port)
