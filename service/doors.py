"""The doors of a desk: each opens on its own, and one that cannot be opened is told, tried again, and stops no other."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from typing import Any

import structlog

from mailgateway.sources.lmtp import LmtpDoor
from mailgateway.sources.smtp import Limits, SmtpDoor
from service.certificates import Shown, tls_of
from service.imap import imap_door
from service.ports import address_of, leave, open_socket
from service.presence import presence
from service.running import Running
from service.settings import Settings
from service.website import serve_website, website_of
from storage.errors import BriefwechselError, Unavailable, WrongUse

log = structlog.get_logger()

TRY_AGAIN_AFTER = (5.0, 15.0, 60.0)
"""Seconds after which a door that stayed shut is tried again; the last one repeats."""


@dataclass(frozen=True, slots=True)
class Door:
    """A way in: the part of the desk that it belongs to, whether it is set, and how it is opened."""

    name: str
    part: str
    is_set: Callable[[Settings], bool]
    open: Callable[[Running], AbstractAsyncContextManager[str]]
    """Open while it is entered; gives where it listens."""


def wanted(settings: Settings, parts: frozenset[str]) -> list[Door]:
    """The doors that are to be opened. Raises `WrongUse` where nothing but a door is asked for that is not set."""
    doors = [door for door in DOORS if door.part in parts and door.is_set(settings)]
    if not doors and parts == {"imap"}:
        raise WrongUse("no [[imap]] is set; name the account that mail is to be fetched from, `brief init` shows how")
    if not doors and parts == {"lmtp"}:
        raise WrongUse('[lmtp] listen is not set; set it, as in "127.0.0.1:2424" or "unix:/run/brief/lmtp"')
    return doors


async def open_doors(stack: AsyncExitStack, running: Running, doors: Iterable[Door]) -> dict[str, str]:
    """Open doors for as long as `stack` lasts: where each listens. What stays shut is tried again by and by.

    Raises `BriefwechselError` where none of them opens.
    """
    opened: dict[str, str] = {}
    shut: dict[Door, BriefwechselError] = {}
    for door in doors:
        try:
            opened[door.name] = await stack.enter_async_context(_told(running, door))
        except BriefwechselError as error:
            shut[door] = error
    if shut and not opened:
        raise next(iter(shut.values()))
    for door, why in shut.items():
        log.error("a door stays shut", door=door.name, because=str(why))
        running.shut[door.name] = str(why)
        trying = asyncio.create_task(_try_again(stack, running, door))
        stack.callback(trying.cancel)
    return opened


async def _try_again(stack: AsyncExitStack, running: Running, door: Door) -> None:
    """Open a door once what kept it shut is gone."""
    tries = 0
    while door.name in running.shut:
        await asyncio.sleep(TRY_AGAIN_AFTER[min(tries, len(TRY_AGAIN_AFTER) - 1)])
        tries += 1
        try:
            where = await stack.enter_async_context(_told(running, door))
        except BriefwechselError as error:
            running.shut[door.name] = str(error)
        except Exception as error:  # whatever it is, the door is tried again
            log.exception("a door stays shut", door=door.name)
            running.shut[door.name] = f"{type(error).__name__}: {error}"
        else:
            del running.shut[door.name]
            log.info("a door is open", door=door.name, where=where)


@contextlib.asynccontextmanager
async def _told(running: Running, door: Door) -> AsyncIterator[str]:
    """Open, and for others on this machine to find."""
    async with door.open(running) as where:
        with presence(running.settings.data, door.name, where.removeprefix("http://")):
            yield where


def _smtp(running: Running) -> AbstractAsyncContextManager[str]:
    smtp = running.settings.smtp
    may_move = is_default(running.settings, "smtp")
    tls = tls_of(smtp.certificate, smtp.key)
    return _mail(running, SmtpDoor, smtp.listen, "[smtp] listen", may_move=may_move, tls=tls, proxies=smtp.proxy_from)


def _smtps(running: Running) -> AbstractAsyncContextManager[str]:
    smtp = running.settings.smtp
    tls = tls_of(smtp.certificate, smtp.key)
    if tls is None:
        raise WrongUse("[smtp] tls_listen wants TLS; set [smtp] certificate and key")
    return _mail(running, SmtpDoor, smtp.tls_listen, "[smtp] tls_listen", tls=tls, at_once=True)


def _lmtp(running: Running) -> AbstractAsyncContextManager[str]:
    return _mail(running, LmtpDoor, running.settings.lmtp.listen, "[lmtp] listen")


@contextlib.asynccontextmanager
async def _mail(
    running: Running,
    kind: type[SmtpDoor],
    listen: str,
    setting: str,
    *,
    may_move: bool = False,
    tls: ssl.SSLContext | None = None,
    **options: Any,
) -> AsyncIterator[str]:
    """A door for mail, which shows a renewed certificate once the settings were read again."""
    smtp, limits = running.settings.smtp, limits_of(running.settings)
    with open_socket(listen, setting, may_move=may_move) as bound:
        where = address_of(bound)
        door = kind(running.keeper, hostname=smtp.hostname, limits=limits, bound=bound, tls=tls, **options)
        shown = [Shown(setting, door, smtp.certificate, smtp.key)] if tls else []
        try:
            await door.start()
            running.certificates += shown
            yield where
        finally:
            running.certificates = [each for each in running.certificates if each not in shown]
            await door.stop()
            leave(where)


@contextlib.asynccontextmanager
async def _web(running: Running) -> AsyncIterator[str]:
    may_move = is_default(running.settings, "web")
    with open_socket(running.settings.web.listen, "[web] listen", may_move=may_move) as bound:
        where = address_of(bound)
        website = website_of(running)
        serving = asyncio.create_task(serve_website(website, bound))
        try:
            while not (website.ready or serving.done()):  # noqa: ASYNC110 - uvicorn says by a flag alone that it listens
                await asyncio.sleep(0.01)
            if not website.ready:
                await serving
                raise Unavailable(f"the website at {where} did not start; its reason stands above")
            yield f"http://{where}"
        finally:
            website.should_exit = True
            await serving


DOORS = (
    Door("smtp", "smtp", lambda _settings: True, _smtp),
    Door("smtps", "smtp", lambda settings: bool(settings.smtp.tls_listen), _smtps),
    Door("lmtp", "lmtp", lambda settings: bool(settings.lmtp.listen), _lmtp),
    Door("imap", "imap", lambda settings: bool(settings.imap), imap_door),
    Door("web", "web", lambda _settings: True, _web),
)


def limits_of(settings: Settings) -> Limits:
    """What a door for mail and each of its clients may use."""
    smtp = settings.smtp
    return Limits(
        recipients=smtp.recipients,
        connections=smtp.connections,
        connections_of_a_client=smtp.connections_of_a_client,
        idle_for=smtp.idle_for.total_seconds(),
        session_for=smtp.session_for.total_seconds(),
    )


def is_default(settings: Settings, section: str) -> bool:
    """Whether nobody set the section's `listen`: then another port may be taken."""
    part: object = getattr(settings, section)
    return section not in settings.model_fields_set or "listen" not in getattr(part, "model_fields_set", ())
