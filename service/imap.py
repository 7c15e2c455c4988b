"""The accounts that mail is fetched from, in a desk that runs and for those who ask how they fare."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import structlog
from sqlalchemy import func, select

from mailgateway.oauth import AccessTokens
from mailgateway.sources.imap import ImapDoor, stop_doors
from mailgateway.sources.imap_account import ImapAccount, Patience
from mailgateway.sources.imap_into import Into
from mailgateway.sources.imap_session import connected
from mailgateway.sources.imap_store import SET_ASIDE
from service.check import Check, State
from service.imap_settings import accounts_of, fed_with
from service.running import Running
from service.settings import Settings
from storage.database import Database, open_database
from storage.errors import Unavailable
from storage.schema import Schema
from storage.tables import ImapFolderRow, ImapMailRow
from templates.amounts import counted
from threads.store.reply_addresses import is_shown, made_probe_address, probe_address

log = structlog.get_logger()

QUICK = Patience(connect=5.0, answer=5.0)


@contextlib.asynccontextmanager
async def imap_door(running: Running) -> AsyncIterator[str]:
    """Fetch mail from every account, for as long as this is entered; gives their names. One that fails stops no other."""
    doors = doors_of(running)
    running.imap = [state for door in doors for state in door.states]
    await asyncio.to_thread(_make_probes, running)
    for door in doors:
        door.start()
    try:
        yield ", ".join(door.account.name for door in doors)
    finally:
        if late := await asyncio.to_thread(stop_doors, doors):
            log.warning("did not end in time; what was begun is fetched again", folders=late)


def _make_probes(running: Running) -> None:
    """Make the addresses by which mailboxes show that reply addresses come in; `brief doctor` names them."""
    with contextlib.suppress(Unavailable), running.database.writing() as session:
        for mailbox in sorted(running.policy.reply_address_once_shown):
            probe_address(session, mailbox)


def doors_of(running: Running) -> list[ImapDoor]:
    """A door for each account, not started yet."""
    into = Into(running.keeper, running.database, lambda: running.policy, lambda: datetime.now(UTC))
    return [ImapDoor(account, into, tokens=running.settings.tokens) for account in accounts_of(running.settings)]


def imap_checks(settings: Settings) -> list[Check]:
    """Whether each account lets us in and has its folders, and what the desk remembers of them."""
    found = [_server_check(account, settings.tokens) for account in accounts_of(settings)]
    if not found or (settings.is_sqlite and not settings.database_file.exists()):
        return found
    database = open_database(settings.database_url)
    try:
        return [*found, *_kept_checks(settings, database)] if database.schema() is Schema.CURRENT else found
    finally:
        database.close()


def _server_check(account: ImapAccount, tokens: Path) -> Check:
    quick = replace(account, patience=QUICK)
    try:
        imap = connected(quick, AccessTokens(account.oauth, tokens, patience=QUICK.answer) if account.oauth else None)
        try:
            for folder in account.folders:
                imap.select(folder, readonly=True)
        finally:
            imap.close()
    except Unavailable as error:
        return Check("imap", State.WRONG, f"{account.name}: {error}")
    return Check("imap", State.OK, f"{account.name}: {', '.join(account.folders)} can be read")


def _kept_checks(settings: Settings, database: Database) -> Iterator[Check]:
    ours = {account.name for account in accounts_of(settings)}
    with database.reading() as session:
        failing = select(ImapFolderRow).where(ImapFolderRow.error != "", ImapFolderRow.account.in_(ours))
        for row in session.scalars(failing):
            since = f" since {row.failing_since:%Y-%m-%d %H:%M} UTC" if row.failing_since else ""
            yield Check(
                "imap", State.WARNING, f"{row.account}, {row.folder}: the desk could not read it{since}: {row.error}"
            )
        aside = select(func.count()).select_from(ImapMailRow).where(ImapMailRow.outcome.in_(SET_ASIDE))
        if number := session.scalar(aside) or 0:
            mails = counted(number, "mail was", "mails were")
            said = f"{mails} too large or could not be fetched; `brief mail reconcile` shows more"
            yield Check("imap", State.WARNING, said)
    yield from _reply_address_checks(settings, database)


def _reply_address_checks(settings: Settings, database: Database) -> Iterator[Check]:
    """How a mailbox comes to reply addresses that does not have them yet."""
    with database.reading() as session:
        waiting = [each for each in sorted(fed_with(settings, "once shown")) if not is_shown(session, each)]
    for mailbox in waiting if settings.reply.addresses else ():
        with database.reading() as session:
            probe = made_probe_address(session, mailbox)
        if probe:
            said = (
                f"{mailbox} has no reply addresses yet: write a mail to {probe}, and they are used once it has come in"
            )
            yield Check("imap", State.OK, said)
