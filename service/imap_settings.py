"""[[imap]]: accounts on mail servers that mail is fetched from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field, field_validator, model_validator

from mailgateway.sources.imap_account import After, ImapAccount, Security
from mailgateway.sources.paths import is_loopback
from service.mail_settings import OAuthSettings
from service.setting_errors import place_of
from service.setting_types import Duration, MailAddress, Section, zone_of

if TYPE_CHECKING:
    from service.settings import Settings

PORTS = {"tls": 993, "starttls": 143, "plain": 143}


class ImapSettings(Section):
    """[[imap]]: an account that mail is fetched from."""

    server: str = Field(min_length=1, max_length=255)
    port: int = Field(default=0, ge=0, le=65535)
    """0 is the usual one: 993, or 143 without TLS from the first byte."""
    security: Literal["tls", "starttls", "plain"] = "tls"
    certificate: Path | None = None
    """A CA certificate to trust besides those of the system."""
    user: str = Field(min_length=1, max_length=255)
    password: str = Field(default="", repr=False)
    password_file: Path | None = None
    """A file that holds the password alone; it is read at each login."""
    oauth: OAuthSettings | None = None
    folders: tuple[str, ...] = Field(default=("INBOX",), min_length=1, max_length=50)
    mailbox: MailAddress | Literal[""] = ""
    """Which of ours a mail is for where its headers name none; else that of `user`, else the first."""
    after: Literal["mark", "move", "leave"] = "mark"
    """What is done on the server with a mail that is kept."""
    move_to: str = ""
    since: date | None = None
    """Mail that lies there at first sight is taken in from this day on; without it, it stays as it is."""
    idle: bool = True
    poll: Duration = timedelta(minutes=1)
    """How often a server is asked that cannot say by itself that mail came."""
    reply_addresses: Literal["once shown", "on", "off"] = "once shown"
    """Whether answers carry support+<token>@: once mail to such an address has come in by this account."""

    @field_validator("server", "user", "move_to")
    @classmethod
    def _is_one_line(cls, value: str) -> str:
        if value != value.strip() or not value.isprintable():
            raise ValueError("one line is meant, without blanks around it")
        return value

    @field_validator("folders")
    @classmethod
    def _are_folders(cls, folders: tuple[str, ...]) -> tuple[str, ...]:
        if any(not each or not each.isprintable() for each in folders) or len(set(folders)) < len(folders):
            raise ValueError('names of folders are meant, each once, as in ["INBOX", "Support"]')
        return folders

    @field_validator("poll")
    @classmethod
    def _is_a_pause(cls, poll: timedelta) -> timedelta:
        if not timedelta(seconds=1) <= poll <= timedelta(minutes=29):
            raise ValueError('a time from "1 s" to "29 min" is meant')
        return poll

    @model_validator(mode="after")
    def _fits_together(self) -> ImapSettings:
        ways = [bool(self.password), self.password_file is not None, self.oauth is not None]
        if sum(ways) != 1:
            raise ValueError("one of password, password_file and [imap.oauth] is meant")
        if self.security == "plain" and not (self.server == "localhost" or is_loopback(self.server)):
            raise ValueError('security = "plain" would show the password to the network; "tls" or "starttls" is meant')
        if (self.after == "move") != bool(self.move_to):
            raise ValueError('after = "move" and move_to = "a folder" belong together')
        if self.move_to in self.folders:
            raise ValueError(f"move_to {self.move_to} is read itself; another folder is meant")
        return self


def wrong_accounts(settings: Settings, addresses: Iterable[str]) -> Iterator[str]:
    """What no single account shows to be wrong, a line each."""
    seen: set[tuple[str, str]] = set()
    known = set(addresses)
    for number, each in enumerate(settings.imap):
        if each.mailbox and each.mailbox not in known:
            where = place_of(settings.file, "imap", number, "mailbox")
            yield f"{where}: [[imap]] mailbox {each.mailbox} is none of the desk's; add a [[mailbox]] for it"
        if (each.server, each.user) in seen:
            where = place_of(settings.file, "imap", number, "user")
            yield f"{where}: [[imap]] {each.user} at {each.server} stands there twice; name all folders in one"
        seen.add((each.server, each.user))


def accounts_of(settings: Settings) -> tuple[ImapAccount, ...]:
    """The accounts as the gateway knows them."""
    return tuple(_account(each, settings) for each in settings.imap)


def mailbox_of(each: ImapSettings, settings: Settings) -> str:
    """Which mailbox an account feeds."""
    return each.mailbox or mailbox_of_user(each.user, settings)


def mailbox_of_user(user: str, settings: Settings) -> str:
    """Which mailbox an account feeds that says no more than who its user is."""
    ours = [mailbox.address for mailbox in settings.mailboxes]
    return user.lower() if user.lower() in ours else ours[0]


def fed_with(settings: Settings, reply_addresses: str) -> frozenset[str]:
    """The mailboxes that an account feeds which has this for its `reply_addresses`."""
    return frozenset(mailbox_of(each, settings) for each in settings.imap if each.reply_addresses == reply_addresses)


def _account(each: ImapSettings, settings: Settings) -> ImapAccount:
    from mailgateway.oauth import OAuth

    return ImapAccount(
        server=each.server,
        user=each.user,
        mailbox=mailbox_of(each, settings),
        port=each.port or PORTS[each.security],
        security=Security(each.security),
        certificate=each.certificate,
        password=each.password,
        password_file=each.password_file,
        oauth=OAuth(**each.oauth.model_dump()) if each.oauth else None,
        folders=each.folders,
        after=After(each.after),
        move_to=each.move_to,
        since_at=_midnight(each.since, settings.hours.zone) if each.since else None,
        idle=each.idle,
        poll=each.poll,
    )


def _midnight(day: date, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone_of(zone)).astimezone(UTC)
