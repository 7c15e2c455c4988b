"""An IMAP account as the command line names it: one of the settings, or a URL such as imaps://user@mail.example.org."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit

from mailgateway.sources.imap_account import ImapAccount, Security
from mailgateway.sources.paths import is_loopback
from service.imap_settings import PORTS, accounts_of, mailbox_of_user
from storage.errors import WrongUse

if TYPE_CHECKING:
    from mailgateway.sources.imap_session import ImapSession
    from service.settings import Settings

SCHEMES = ("imaps", "imap")
PASSWORD = "BRIEF_IMAP_PASSWORD"  # noqa: S105 - the name of a variable
"""The environment variable that holds the password of an account that is none of the settings."""
_MEANT = "imaps://user@mail.example.org is meant"


@dataclass(frozen=True, slots=True)
class Named:
    """An account to be brought in."""

    account: ImapAccount
    folder: str = ""
    """Which of its folders the URL names; "" for none."""
    served: tuple[str, ...] = ()
    """The folders that a door of the desk reads."""


def is_url(text: str) -> bool:
    """Whether an argument names an account, and no file."""
    return text.lower().startswith(tuple(f"{each}://" for each in SCHEMES))


def account_called(settings: Settings, name: str) -> Named:
    """The account of the settings with a user, or "user at server". Raises `WrongUse` where there is none, or several."""
    accounts = accounts_of(settings)
    found = [each for each in accounts if name.lower() in {each.user.lower(), each.name.lower()}]
    if len(found) != 1:
        listed = ", ".join(each.name for each in found or accounts) or "none; [[imap]] sets one"
        several = "several accounts are" if found else "no account of the settings is"
        raise WrongUse(f"{several} called {name}; there are: {listed}")
    return Named(found[0], served=found[0].folders)


def account_at(settings: Settings, url: str, environment: Mapping[str, str], ask: Callable[[str], str]) -> Named:
    """The account at a URL: that of the settings with its server and user, or else one whose password is asked for.

    `ask` gives the password, "" where there is nobody to ask. Raises `WrongUse`.
    """
    parts = _parts(url)
    server, user, folder = parts.hostname or "", unquote(parts.username or ""), unquote(parts.path.strip("/"))
    for each in accounts_of(settings):
        if (each.server.lower(), each.user) == (server, user) and parts.port in (None, each.port):
            return Named(each, folder, each.folders)
    account = _account_of(settings, parts)
    password = environment.get(PASSWORD) or ask(f"Password of {account.name}")
    if not password:
        raise WrongUse(
            f"there is no password for {account.name}: set {PASSWORD}, or an [[imap]] block for it, or call it on a terminal"
        )
    return Named(replace(account, password=password), folder)


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise WrongUse(f"{_MEANT}: {error}") from None
    if parts.password is not None:
        raise WrongUse(f"a password does not belong on the command line, where others see it: {_MEANT}; set {PASSWORD}")
    if not parts.hostname or not parts.username or parts.query or parts.fragment:
        raise WrongUse(f"the account cannot be read: {_MEANT}")
    return parts


def _account_of(settings: Settings, parts: SplitResult) -> ImapAccount:
    """The account with all but its password: imap:// begins with STARTTLS, except on this machine."""
    server, user = parts.hostname or "", unquote(parts.username or "")
    here = server == "localhost" or is_loopback(server)
    security = Security.TLS if parts.scheme == "imaps" else Security.PLAIN if here else Security.STARTTLS
    return ImapAccount(
        server=server,
        user=user,
        mailbox=mailbox_of_user(user, settings),
        port=parts.port or PORTS[security],
        security=security,
    )


def session_with(settings: Settings, account: ImapAccount) -> ImapSession:
    """A connection to an account, logged in. Raises `Unavailable`."""
    from mailgateway.oauth import AccessTokens
    from mailgateway.sources.imap_session import connected

    tokens = AccessTokens(account.oauth, settings.tokens) if account.oauth else None
    return connected(account, tokens, largest=settings.smtp.largest)
