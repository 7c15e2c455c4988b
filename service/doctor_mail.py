"""`brief doctor --mail`: what the world's DNS says of our domains, and what to publish."""

from __future__ import annotations

from collections.abc import Iterator

from mailgateway.origin.resolver import Deadline, Resolver
from mailgateway.published import Finding, Sending, findings
from mailgateway.transports.relay import Relay
from service.check import Check, State
from service.relays import DELIVERY, Route, routes_of, signer_of
from service.settings import MailboxSettings, Settings

PATIENCE = 4.0
"""Seconds for all questions about all domains; a question that waits to be asked once more looks at them a little later."""


def mail_domain_checks(settings: Settings, resolver: Resolver | None = None) -> list[Check]:
    """MX, SPF, DKIM, DMARC and reverse DNS of the domain of each mailbox."""
    asked = resolver or Resolver(settings.checks.nameservers)
    ours = list(sendings(settings))
    found = findings((each for each in ours if "." in each.domain), asked, Deadline.within(PATIENCE))
    here = "it is no domain of the world: nothing is to be published"
    found += [Finding(f"domain {each.domain}", "ok", here) for each in ours if "." not in each.domain]
    return [Check(each.name, State(each.state), each.said, each.publish) for each in dict.fromkeys(found)]


def sendings(settings: Settings) -> Iterator[Sending]:
    """How the mail of each domain leaves us; once for each domain and relay."""
    routes, signer = routes_of(settings), signer_of(settings)
    told: set[tuple[str, str]] = set()
    for mailbox in settings.mailboxes:
        domain, relay = mailbox.address.rpartition("@")[2], _relay_of(mailbox, routes)
        if (domain, relay) not in told:
            told.add((domain, relay))
            hostname = settings.smtp.hostname if "." in settings.smtp.hostname else ""
            yield Sending(domain, hostname, relay, signer.keys_of(domain), mailbox.address)


def _relay_of(mailbox: MailboxSettings, routes: dict[str, Route]) -> str:
    """The host of a mailbox's relay; "" where that stands on this machine, and so sends as it."""
    for name, route in routes.items():
        own = route.among is not None and mailbox.address in route.among.mailboxes
        if own == (name != DELIVERY) and isinstance(route.transport, Relay):
            host = route.transport.address.host
            return "" if host in {"localhost", "::1"} or host.startswith("127.") else host
    return ""
