"""What is asked about mail that comes in, as the settings say; and whether those who are asked are there."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_network

from mailgateway.origin.checks import Checks
from mailgateway.origin.clamd import Clamd
from mailgateway.origin.resolver import Deadline, Resolver
from mailgateway.origin.rspamd import Rspamd
from mailgateway.origin.verdict import Trust
from service.check import Check, State
from service.setting_types import UNIX
from service.settings import Settings
from storage.errors import Unavailable


def checks_of(settings: Settings) -> Checks:
    """Who is asked, and whose word is believed."""
    asked, rspamd, clamd = settings.checks, settings.rspamd, settings.clamd
    return Checks(
        trust=Trust(
            authserv_id=settings.smtp.trusted_authserv_id,
            imap_authserv_id=asked.imap_authserv_id,
            networks=tuple(ip_network(each, strict=False) for each in asked.our_networks),
            sealers=frozenset(asked.trusted_sealers),
        ),
        resolver=Resolver(asked.nameservers) if asked.dns else None,
        within=asked.within.total_seconds(),
        rspamd=Rspamd(rspamd.url, rspamd.within.total_seconds(), rspamd.largest) if rspamd.url else None,
        clamd=Clamd(clamd.address.removeprefix(UNIX), clamd.within.total_seconds(), clamd.largest)
        if clamd.address
        else None,
    )


def asked_checks(settings: Settings) -> list[Check]:
    """Whether name servers, rspamd and clamd answer, where the settings name them. Mail goes on without them."""
    checks = checks_of(settings)
    try:
        found = [_asked(name, ping) for name, ping in checks.scanners()]
    finally:
        checks.close()
    if settings.checks.dns and settings.checks.nameservers:
        found.insert(0, _asked("dns", lambda: _name_servers(settings)))
    return found


def _name_servers(settings: Settings) -> None:
    """Ask something of the name servers. Raises `Unavailable` where none of them answers."""
    domain = settings.mailboxes[0].address.rpartition("@")[2]
    checks = settings.checks
    Resolver(checks.nameservers).txt(domain, Deadline.within(checks.within.total_seconds()))


def _asked(name: str, ping: Callable[[], None]) -> Check:
    try:
        ping()
    except Unavailable as error:
        return Check(name, State.WARNING, f"{error}; mail goes on unchecked")
    return Check(name, State.OK, "it answers")


def failing_checks(checks: Checks) -> list[Check]:
    """Who could not be asked about the last mail."""
    return [
        Check(name, State.WARNING, f"{because}; mail goes on unchecked") for name, because in checks.failing.items()
    ]
