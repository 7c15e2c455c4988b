"""The settings of what is asked about mail that comes in: the DNS, rspamd and clamd."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from mailgateway.origin.resolver import host_and_port
from service.setting_types import Duration, ListenAnywhere, Network, Section, Size, WebUrl


def _nameserver(value: Any) -> str:
    try:
        host_and_port(str(value))
    except ValueError:
        raise ValueError('the IP address of a DNS server is meant, as in "192.0.2.53" or "127.0.0.1:5353"') from None
    return str(value)


def _at_most_ten(value: timedelta) -> timedelta:
    if not timedelta(0) < value <= timedelta(seconds=10):
        raise ValueError("a time of at most 10 s is meant: mail waits for it")
    return value


def _domain(value: Any) -> str:
    text = str(value).strip().strip(".").lower()
    if not text.isascii() or " " in text or "." not in text:
        raise ValueError('a domain is meant, as in "example.org"')
    return text


Nameserver = Annotated[str, BeforeValidator(_nameserver)]
Short = Annotated[Duration, AfterValidator(_at_most_ten)]
Domain = Annotated[str, BeforeValidator(_domain)]


class ChecksSettings(Section):
    """[checks]: whether mail comes from where it says (SPF, DKIM, DMARC)."""

    dns: bool = True
    """Whether the DNS is asked about mail that comes from outside."""
    within: Short = timedelta(seconds=2)
    nameservers: tuple[Nameserver, ...] = Field(default=(), max_length=10)
    """Without any those of the system."""
    our_networks: tuple[Network, ...] = ()
    """Where relays of ours stand, which hand on what came to them; private networks count anyway."""
    trusted_sealers: tuple[Domain, ...] = ()
    """Domains whose ARC seals are believed."""
    imap_authserv_id: str = ""
    """The authserv-id of the host whose topmost Authentication-Results is believed in mail fetched by IMAP."""


class RspamdSettings(Section):
    """[rspamd]: asked whether a mail is spam. Without a url it is not."""

    url: WebUrl | Literal[""] = ""
    within: Short = timedelta(seconds=5)
    largest: Size = 10 * 1024 * 1024


class ClamdSettings(Section):
    """[clamd]: asked whether a mail carries a virus. Without an address it is not."""

    address: ListenAnywhere | Literal[""] = ""
    within: Short = timedelta(seconds=5)
    largest: Size = 25 * 1024 * 1024
