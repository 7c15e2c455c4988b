"""The types of single settings: each says in its error what would be right."""

from __future__ import annotations

import re
from datetime import date, timedelta
from ipaddress import ip_network
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from storage.errors import WrongUse
from threads import days_off

_UNITS = {
    "": 1, "s": 1, "sec": 1, "min": 60, "m": 60, "h": 3600, "d": 86400,
}  # fmt: skip
_SIZES = {"": 1, "b": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30}
UNIX = "unix:"
"""How a socket in the file system begins, where a host and a port may stand too."""
LONGEST_SOCKET_PATH = 107
"""Bytes; Linux takes no more (unix(7))."""
_ADDRESS = re.compile(r"[a-z0-9.!#$%&'*/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\Z")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?){0,3}\Z")
_LAENDER = {
    "BW": ("Baden-Württemberg", "Botswana"), "BY": ("Bavaria", "Belarus"), "BE": ("Berlin", "Belgium"),
    "BB": ("Brandenburg", "Barbados"), "HB": ("Bremen", ""), "HH": ("Hamburg", ""), "HE": ("Hesse", ""),
    "MV": ("Mecklenburg-Vorpommern", "the Maldives"), "NI": ("Lower Saxony", "Nicaragua"),
    "NW": ("North Rhine-Westphalia", ""), "RP": ("Rhineland-Palatinate", ""), "SL": ("Saarland", "Sierra Leone"),
    "SN": ("Saxony", "Senegal"), "ST": ("Saxony-Anhalt", "São Tomé and Príncipe"),
    "SH": ("Schleswig-Holstein", "Saint Helena"), "TH": ("Thuringia", "Thailand"),
}  # fmt: skip
"""The code of each Land behind "DE-", and the country that it is alone, "" for none (ISO 3166)."""
PriorityName = Literal["critical", "high", "normal", "low"]


class Section(BaseModel):
    """A part of the settings: frozen, and no name in it that we do not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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


def listen_anywhere(value: Any) -> str:
    """A host and a port, or a socket in the file system, as in "unix:/run/brief/lmtp"."""
    text = str(value)
    if not text.startswith(UNIX):
        return listen(text)
    path = text.removeprefix(UNIX)
    if not path.startswith("/") or len(path.encode()) > LONGEST_SOCKET_PATH:
        raise ValueError('a socket is meant by its whole path, as in "unix:/run/brief/lmtp"')
    return text


def network(value: Any) -> str:
    """A network or one address of it, as in "10.0.0.0/8" or "192.0.2.7"."""
    try:
        return str(ip_network(str(value), strict=False))
    except ValueError:
        raise ValueError('a network or an IP address is meant, as in "10.0.0.0/8"') from None


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


def database_url(value: str) -> str:
    """An address that the storage can open; none is SQLite in the data directory."""
    if value:
        from storage.database import url_of  # SQLAlchemy is slow to import

        try:
            url_of(value)
        except WrongUse as error:
            raise ValueError(str(error)) from None
    return value


def holidays_in(zone: str, code: str) -> str:
    """Whose holidays count: a country, or a part of one. In Germany's zone the bare code of a Land is refused as a slip."""
    part = code.strip().upper()
    if zone == "Europe/Berlin" and part in _LAENDER:
        land, country = _LAENDER[part]
        alone = f"{country}, which has a zone of its own" if country else "no country"
        raise ValueError(f'a Land is written "DE-{part}" ({land}); "{part}" alone is {alone}')
    return code


def day_off(value: Any) -> str:
    """A day or a range of days, both its ends off; as text, or as TOML writes a date."""
    text = value.isoformat() if isinstance(value, date) else str(value)
    try:
        days_off.day_off(text)
    except WrongUse as error:
        raise ValueError(str(error)) from None
    return text


def web_url(value: Any) -> str:
    """http:// or https://."""
    return _url(value, {"http", "https"}, "https://help.example.org").rstrip("/")


def https_url(value: Any) -> str:
    """https://, or http:// to this machine itself."""
    url = _url(value, {"http", "https"}, "https://login.example.org/token")
    if url.startswith("http:") and urlsplit(url).hostname not in {"127.0.0.1", "::1", "localhost"}:
        raise ValueError("https:// is meant: what is sent there is secret")
    return url


def selector(value: Any) -> str:
    """A DKIM selector: a label of the DNS."""
    text = str(value).strip().lower()
    if not _LABEL.match(text):
        raise ValueError('a DKIM selector is meant, as in "brief" or "brief2": letters, digits and hyphens')
    return text


def some_time(value: timedelta) -> timedelta:
    """A time that is longer than none: what is due at once is late at once."""
    if value <= timedelta():
        raise ValueError('a time longer than 0 is meant, as in "30 min"; without the line nothing is said of it')
    return value


Duration = Annotated[timedelta, BeforeValidator(duration)]
SomeTime = Annotated[Duration, AfterValidator(some_time)]
Size = Annotated[int, BeforeValidator(size)]
Listen = Annotated[str, BeforeValidator(listen)]
ListenAnywhere = Annotated[str, BeforeValidator(listen_anywhere)]
Network = Annotated[str, BeforeValidator(network)]
MailAddress = Annotated[str, BeforeValidator(mail_address)]
Language = Annotated[str, BeforeValidator(language)]
RelayUrl = Annotated[str, BeforeValidator(relay_url)]
DatabaseUrl = Annotated[str, AfterValidator(database_url)]
WebUrl = Annotated[str, BeforeValidator(web_url)]
HttpsUrl = Annotated[str, BeforeValidator(https_url)]
DayOff = Annotated[str, BeforeValidator(day_off)]
Selector = Annotated[str, BeforeValidator(selector)]


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
