"""The doors of a desk: each opens on its own, and one that cannot be opened is told, tried again, and stops no other."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import structlog

from mailgateway.sources.lmtp import LmtpDoor
from mailgateway.sources.smtp import Limits, SmtpDoor
from service.imap import imap_door
from service.ports import address_of, leave, open_socket
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
            opened[door.name] = await stack.enter_async_context(door.open(running))
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
            where = await stack.enter_async_context(door.open(running))
        except BriefwechselError as error:
            running.shut[door.name] = str(error)
        except Exception as error:  # whatever it is, the door is tried again
            log.exception("a door stays shut", door=door.name)
            running.shut[door.name] = f"{type(error).__name__}: {error}"
        else:
            del running.shut[door.name]
            log.info("a door is open", door=door.name, where=where)


@contextlib.asynccontextmanager
async def _smtp(running: Running) -> AsyncIterator[str]:
    smtp = running.settings.smtp
    tls = tls_of(smtp.certificate, smtp.key)
    with open_socket(smtp.listen, "[smtp] listen", may_move=is_default(running.settings, "smtp")) as bound:
        door = SmtpDoor(
            running.keeper,
            hostname=smtp.hostname,
            limits=limits_of(running.settings),
            tls=tls,
            proxies=smtp.proxy_from,
            bound=bound,
        )
        async with _listening(door):
            yield address_of(bound)


@contextlib.asynccontextmanager
async def _smtps(running: Running) -> AsyncIterator[str]:
    smtp = running.settings.smtp
    tls = tls_of(smtp.certificate, smtp.key)
    if tls is None:
        raise WrongUse("[smtp] tls_listen wants TLS; set [smtp] certificate and key")
    with open_socket(smtp.tls_listen, "[smtp] tls_listen", may_move=False) as bound:
        door = SmtpDoor(
            running.keeper,
            hostname=smtp.hostname,
            limits=limits_of(running.settings),
            tls=tls,
            at_once=True,
            bound=bound,
        )
        async with _listening(door):
            yield address_of(bound)


@contextlib.asynccontextmanager
async def _lmtp(running: Running) -> AsyncIterator[str]:
    settings = running.settings
    with open_socket(settings.lmtp.listen, "[lmtp] listen", may_move=False) as bound:
        door = LmtpDoor(running.keeper, hostname=settings.smtp.hostname, limits=limits_of(settings), bound=bound)
        where = address_of(bound)
        try:
            async with _listening(door):
                yield where
        finally:
            leave(where)


@contextlib.asynccontextmanager
async def _listening(door: SmtpDoor) -> AsyncIterator[None]:
    await door.start()
    try:
        yield
    finally:
        await door.stop()


@contextlib.asynccontextmanager
async def _web(running: Running) -> AsyncIterator[str]:
    bound = open_socket(running.settings.web.listen, "[web] listen", may_move=is_default(running.settings, "web"))
    where = address_of(bound)
    website = website_of(running)
    serving = asyncio.create_task(serve_website(website, bound))
    while not (website.ready or serving.done()):  # noqa: ASYNC110 - uvicorn says by a flag alone that it listens
        await asyncio.sleep(0.01)
    if not website.ready:
        await serving
        raise Unavailable(f"the website at {where} did not start; its reason stands above")
    try:
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


def tls_of(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """What STARTTLS is done with, None where no certificate is set. Raises `WrongUse` where it cannot be read."""
    if certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        # the password: without one OpenSSL would ask for it on the terminal, and wait
        context.load_cert_chain(certificate, key, password="")
    except (OSError, ssl.SSLError) as error:
        raise WrongUse(f"[smtp] certificate {certificate} with key {key} cannot be used: {error}") from None
    return context
