"""`brief mail reconcile`: what lies on the mail servers beside what the desk holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from service.commands.options import json_option, output
from service.harmless import line
from service.invocation import Invocation, print_json, say
from storage.errors import Unavailable, WrongUse

if TYPE_CHECKING:
    from mailgateway.sources.imap_account import ImapAccount
    from mailgateway.sources.imap_reconcile import Report
    from mailgateway.sources.imap_session import ImapSession
    from service.settings import Settings
    from storage.database import Database


@click.command()
@click.option("--fetch", is_flag=True, help="Bring in what is missing or was set aside; sends nothing.")
@click.option("--old", is_flag=True, help="With --fetch: also what lay there when the folder was first seen.")
@json_option
@click.pass_obj
def reconcile(invocation: Invocation, fetch: bool, old: bool, as_json: bool) -> int:
    """Compare each IMAP folder with what the desk holds of it, and name every difference.

    Ends with 1 where a folder cannot be read, or mail is missing or was set aside. What is fetched is taken in as an
    archive is: nothing is acknowledged, no clock starts.

    \b
    Example:
      brief mail reconcile
      brief mail reconcile --fetch --old
    """
    from service.imap_settings import accounts_of
    from service.logs import start_logging
    from service.opening import open_database_for

    settings = invocation.settings()
    accounts = accounts_of(settings)
    if not accounts:
        raise WrongUse("no [[imap]] is set: there is no server to compare with")
    if old and not fetch:
        raise WrongUse("--old says what --fetch brings in; write both")
    start_logging("critical", json_lines=settings.log.json_lines)  # what fails is told folder by folder
    database = open_database_for(settings)
    try:
        ends = [_of_account(settings, account, database, fetch, old, as_json) for account in accounts]
    finally:
        database.close()
    return 0 if all(ends) else 1


def _of_account(
    settings: Settings, account: ImapAccount, database: Database, fetch: bool, old: bool, as_json: bool
) -> bool:
    """Compare every folder of an account; whether nobody has to look."""
    well = True
    try:
        with _connected(settings, account) as imap:
            for folder in account.folders:
                report = _of_folder(settings, imap, account, folder, database, fetch, old)
                well = well and report.well
                _show(report, as_json=as_json)
    except Unavailable as error:
        say(f"brief: {account.name}: {error}")
        return False
    return well


@contextmanager
def _connected(settings: Settings, account: ImapAccount) -> Iterator[ImapSession]:
    from service.imap_address import session_with

    imap = session_with(settings, account)
    try:
        yield imap
    finally:
        imap.close()


def _of_folder(
    settings: Settings,
    imap: ImapSession,
    account: ImapAccount,
    folder: str,
    database: Database,
    fetch: bool,
    old: bool,
) -> Report:
    from mailgateway.sources.imap_reconcile import bring_in, reconcile

    report = reconcile(imap, account, folder, database)
    if not fetch or report.renumbered:
        return report
    largest = settings.smtp.largest
    fetched = bring_in(imap, account, report, database, settings.policy(), datetime.now(UTC), largest=largest, old=old)
    return replace(reconcile(imap, account, folder, database), fetched=fetched)


def _show(report: Report, *, as_json: bool) -> None:
    if as_json:
        print_json(report.as_json())
        return
    to, these = output(), report.compared
    counted = {
        "held": len(these.kept),
        "moved away": len(these.moved),
        "left from before": len(these.left),
        "not fetched yet": len(these.waiting),
        "missing": len(these.missing),
        "set aside": len(these.set_aside),
        "no longer on the server": len(these.gone),
        "fetched just now": report.fetched,
    }
    said = ", ".join(f"{number} {what}" for what, number in counted.items() if number) or "empty"
    to.print(line(f"{report.account}, {report.folder}: {said}"), soft_wrap=True)
    if report.renumbered:
        to.print(
            "  the server numbered its mails anew; `brief serve` reads them again, and doubles nothing", soft_wrap=True
        )
    for each in report.differences:
        text = f"  {each.what} (UID {each.uid}) {each.sender} {each.subject!r} {each.because}".rstrip()
        to.print(line(text), soft_wrap=True)
