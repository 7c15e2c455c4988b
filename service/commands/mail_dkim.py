"""`brief mail dkim`: the keys that outgoing mail is signed with, and what to publish of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from service.commands.options import json_option, output
from service.invocation import Invocation, print_json, say
from storage.errors import WrongUse

if TYPE_CHECKING:
    from mailgateway.signing import SigningKey
    from service.settings import Settings


@click.command()
@click.argument("domain", required=False, default="")
@click.option(
    "--selector", metavar="NAME", default="", help="Make the key under this name: for a change of keys, see below."
)
@json_option
@click.pass_obj
def dkim(invocation: Invocation, domain: str, selector: str, as_json: bool) -> None:
    """Make the key that a domain signs its mail with, and print the record to publish in the DNS.

    Without DOMAIN: for the domain of each mailbox. A key that is there stays as it is. To change a key make a new
    one under another name, publish its record, and then set [dkim] selector to that name; the old record stays for a week.

    \b
    Example:
      brief mail dkim
      brief mail dkim example.org --selector brief2
    """
    settings = invocation.settings()
    keys = [key for each in domains(settings, domain) for key in _made(settings, each, selector)]
    for key in keys:
        if as_json:
            print_json(_plain(key, settings))
        else:
            _print(key)
    if not as_json:
        say("publish these lines in the DNS; `brief doctor --mail` says whether they are there")


def domains(settings: Settings, wanted: str = "") -> list[str]:
    """The domain that was named, or those of all mailboxes. Raises `WrongUse` where no mailbox is of that domain."""
    from mailgateway.compose import ascii_domain

    ours = list(dict.fromkeys(mailbox.address.rpartition("@")[2] for mailbox in settings.mailboxes))
    if not wanted:
        return ours
    plain = ascii_domain(f"x@{wanted.strip().lower().rstrip('.')}").rpartition("@")[2]
    if plain not in ours:
        raise WrongUse(f"no mailbox is of the domain {wanted[:80]!r}; there are {', '.join(ours)}")
    return [plain]


def _made(settings: Settings, domain: str, selector: str) -> list[SigningKey]:
    """The keys of a domain, made where they are missing."""
    from mailgateway.signing import ED25519, make_key, selectors
    from service.setting_types import selector as checked
    from storage.private import private_folder

    algorithm = settings.dkim.algorithm
    try:
        name = checked(selector) if selector else settings.dkim.selector
    except ValueError as error:
        raise WrongUse(f"--selector {selector[:80]}: {error}") from None
    if not name:
        raise WrongUse('[dkim] selector is "", so nothing is signed; set it, or name one with --selector')
    folder = private_folder(settings.data) / "dkim"
    alone = "ed25519" if algorithm == "ed25519" else "rsa"
    return [
        make_key(folder, domain, each, "ed25519" if each.endswith(ED25519) and algorithm == "both" else alone)
        for each in selectors(name, algorithm)
    ]


def _plain(key: SigningKey, settings: Settings) -> dict[str, Any]:
    used = key.selector in _in_use(settings)
    return {
        "domain": key.domain,
        "selector": key.selector,
        "algorithm": key.algorithm,
        "name": key.name,
        "type": "TXT",
        "value": key.record,
        "zone": key.zone_line,
        "used": used,
    }


def _in_use(settings: Settings) -> tuple[str, ...]:
    from mailgateway.signing import selectors

    return selectors(settings.dkim.selector, settings.dkim.algorithm)


def _print(key: SigningKey) -> None:
    output().print(key.zone_line, soft_wrap=True, highlight=False, markup=False)
