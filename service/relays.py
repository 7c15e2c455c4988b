"""The ways that mail goes out: one over the desk's relay, and one for each relay that only some mailboxes use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mailgateway.gate import Gate
from mailgateway.oauth import AccessTokens, OAuth
from mailgateway.signing import Signer
from mailgateway.transports import Transport
from mailgateway.transports.folder import Folder
from mailgateway.transports.relay import Relay, relay_address
from service.mail_settings import RelaySettings
from service.settings import Settings
from storage.claim import Among
from threads.outgoing.breaker import Limits

DKIM = "dkim"
"""The folder in the data directory where the keys lie that mail is signed with."""
DELIVERY = "delivery"
"""The name of the way over the desk's relay; those of the others begin with it."""


@dataclass(frozen=True, slots=True)
class Route:
    """One way out. Each has a loop of its own, so that a relay which is away keeps no other mail."""

    transport: Transport
    among: Among | None
    """The mailboxes whose mail it takes; None where it takes all."""


def routes_of(settings: Settings) -> dict[str, Route]:
    """The ways out by name. Raises `WrongUse` for a relay whose url cannot be read."""
    own = {each.address: each.relay for each in settings.mailboxes if each.relay is not None and each.relay.url}
    routes = {DELIVERY: Route(transport_of(settings), Among(frozenset(own), inside=False) if own else None)}
    for relay in dict.fromkeys(own.values()):
        mailboxes = frozenset(address for address, its in own.items() if its == relay)
        routes[f"{DELIVERY} of {', '.join(sorted(mailboxes))}"] = Route(_relay(relay, settings), Among(mailboxes))
    return routes


def transport_of(settings: Settings) -> Transport:
    """Where mail goes without a relay of its mailbox: the desk's relay, or a Maildir where none is set."""
    if not settings.relay.url:
        return Folder(settings.data / "sent")
    return _relay(settings.relay, settings)


def signer_of(settings: Settings) -> Signer:
    """Signs outgoing mail with the keys in the data directory."""
    return Signer(settings.data / DKIM, settings.dkim.selector, settings.dkim.algorithm)


def gate_of(settings: Settings) -> Gate:
    """What may go out now."""
    return Gate(Limits(**settings.limits.model_dump()))


def _relay(settings: RelaySettings, desk: Settings) -> Relay:
    tokens = None
    if settings.oauth is not None:
        tokens = AccessTokens(OAuth(**settings.oauth.model_dump()), desk.tokens)
    return Relay(
        relay_address(settings.url, settings.password),
        hostname=desk.smtp.hostname,
        certificate=settings.certificate,
        tokens=tokens,
    )


def relays_of(settings: Settings) -> Mapping[str, Transport]:
    """Every relay by the name of the setting that it comes from, for those who ask whether it answers."""
    return {
        ("relay" if name == DELIVERY else f"relay{name.removeprefix(DELIVERY)}"): route.transport
        for name, route in routes_of(settings).items()
    }
