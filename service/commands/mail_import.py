"""`brief mail import`: an archive, or an account on a mail server, brought in."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import click

from service.commands.options import json_option
from service.invocation import Invocation, print_json, say
from service.progress import progress
from storage.errors import DiskFull, WrongUse
from templates.amounts import counted

if TYPE_CHECKING:
    from mailgateway.importing import Imported, Report, Spill
    from mailgateway.sources.imap_archive import ImapArchive
    from service.imap_address import Named
    from service.settings import Settings
    from storage.database import Database

MOST_TOLD = 20
"""Mails that could not be brought in of which each is told by itself."""


@click.command("import")
@click.argument("paths", nargs=-1, metavar="[PATH...|URL]")
@click.option("--account", metavar="USER", help="An [[imap]] account of the settings instead of a PATH.")
@click.option("--folder", "folders", multiple=True, metavar="NAME", help="Only this folder of an account; repeatable.")
@json_option
@click.pass_obj
def import_(
    invocation: Invocation, paths: tuple[str, ...], account: str | None, folders: tuple[str, ...], as_json: bool
) -> None:
    """Bring an archive in, oldest first: .eml files, mbox files, Maildirs or folders; "-" is standard input.

    Or an account on an IMAP server, named by --account or by a URL, with all of its folders but Trash, Junk and Drafts,
    or those named by --folder. Nothing changes there. The password is that of the settings, else of BRIEF_IMAP_PASSWORD,
    or it is asked for.

    Nothing is sent and nothing acknowledged. It can be interrupted and run again: what is there already stays as it is.

    \b
    Example:
      brief mail import old-archive.mbox
      brief mail import --json Maildir/ sent.mbox
      brief mail import imaps://support@mail.example.org
      brief mail import --account support@example.org --folder INBOX --folder Gesendet
    """
    from mailgateway.importing import Report
    from service.logs import start_logging
    from service.opening import open_database_for

    settings = invocation.settings()
    named = _account_in(settings, paths, account)
    if folders and named is None:
        raise WrongUse("--folder names a folder of an account; --account or a URL is missing")
    start_logging("critical", json_lines=settings.log.json_lines)  # what fails is told mail by mail
    database = open_database_for(settings)
    try:
        with closing(Report()) as report:
            run = _Run(settings, database, report, as_json)
            if named is not None:
                _from_account(run, named, folders)
            else:
                _from_files(run, paths)
    finally:
        database.close()


def _account_in(settings: Settings, paths: Sequence[str], account: str | None) -> Named | None:
    """The account that is named; None where files are."""
    from service.imap_address import account_at, account_called, is_url

    urls = [each for each in paths if is_url(each)]
    if not paths and not account:
        raise WrongUse("nothing is named to bring in: a PATH, a URL or --account is meant")
    if len(paths) + bool(account) > 1 and (urls or account):
        raise WrongUse("an account is brought in by itself: its mails are sorted by date; name the others another time")
    if account:
        return account_called(settings, account)
    return account_at(settings, urls[0], os.environ, _asked) if urls else None


def _asked(what: str) -> str:
    """What a person types unseen; "" where nobody watches."""
    return str(click.prompt(what, hide_input=True, err=True)) if sys.stdin.isatty() else ""


@dataclass(slots=True)
class _Run:
    """One call: what it takes in, and what it says at its end."""

    settings: Settings
    database: Database
    report: Report
    as_json: bool
    begun: float = field(default_factory=time.monotonic)
    tally: Counter[str] = field(default_factory=Counter)

    def take_in(self, mails: Iterator[Imported], number: int) -> None:
        """The second pass: so many mails, by date."""
        left = number
        try:
            with progress("taking in", number) as advance:
                for each in mails:
                    self.report.add(each)
                    self.tally["new" if each.new else "there already"] += 1
                    self.tally["held"] += each.held
                    left -= 1
                    advance(1)
            left = 0  # what is gone meanwhile, or was not given, is not left
        finally:
            # also where it was interrupted: what is said here is in the database
            if self.as_json:
                self._print()
            say(self._summary(left))

    def _print(self) -> None:
        for value in self.report.lines(self.database):
            print_json(value)

    def _summary(self, left: int) -> str:
        tally = self.tally
        done = tally["new"] + tally["there already"]
        before = tally["there already"] + tally["not fetched"]
        parts = [f"{counted(tally['new'], 'mail')} taken in", f"{counted(before, 'was', 'were')} there already"]
        parts += [f"{tally['held']} held for consent"] if tally["held"] else []
        parts += [f"{counted(tally['drafts'], 'draft')} left out"] if tally["drafts"] else []
        parts += [f"{left} left: run it again to go on"] if left else []
        return ", ".join(parts) + (_rate(done, time.monotonic() - self.begun) if tally["new"] else "")


def _rate(number: int, seconds: float) -> str:
    return f"; {round(number / seconds * 3600, -2):,.0f} an hour" if number and seconds else ""


def _from_files(run: _Run, paths: Iterable[str]) -> None:
    from mailgateway.importing import Spill, import_mails

    with closing(Spill(run.settings.data)) as spill:
        passed_over: list[str] = []
        try:
            _lay_down(spill, paths, passed_over.append)
        finally:
            _tell_left(passed_over)
        mails = import_mails(run.database, run.settings.policy(), spill.by_date(), datetime.now(UTC))
        run.take_in(mails, len(spill))


def _lay_down(spill: Spill, paths: Iterable[str], pass_over: Callable[[str], None]) -> None:
    """The first pass: every mail of every path, once."""
    from mailgateway.archive import mails_to_keep

    with progress("reading", None) as advance:
        for path in paths:
            for source, raw in mails_to_keep(path, pass_over):
                try:
                    spill.add(source, raw)
                except OSError as error:
                    raise DiskFull(f"there is no room to sort the archive: {error.strerror or error}") from error
                advance(1)


def _from_account(run: _Run, named: Named, folders: Sequence[str]) -> None:
    from mailgateway.sources.imap_archive import ImapArchive
    from service.imap_address import session_with

    settings, account, now = run.settings, named.account, datetime.now(UTC)
    connect = partial(session_with, settings, account)
    archive = ImapArchive(account, connect, run.database, settings.smtp.largest, served=named.served)
    with closing(archive):
        _look(archive, (*([named.folder] if named.folder else ()), *folders), now)
        run.tally["not fetched"], run.tally["drafts"] = archive.held, archive.drafts
        try:
            run.take_in(archive.bring_in(settings.policy(), now), len(archive))
        finally:
            _tell_left(archive.left)


def _look(archive: ImapArchive, folders: Sequence[str], now: datetime) -> None:
    """The first pass: which mails there are, and when they were written."""
    chosen = archive.chosen(folders)
    shown = [f"{name} (sent mail)" if use == "sent" else name for name, use in chosen.items()]
    say(f"{archive.account.name}: {', '.join(shown)}")
    if not folders and not {"sent", "all"} & set(chosen.values()):
        say("no folder of sent mail is known there: our answers are missing, unless it is named with --folder")
    with progress("looking", None) as advance:
        archive.look(list(chosen), now, advance)


def _tell_left(left: Sequence[str]) -> None:
    for each in left[:MOST_TOLD]:
        say(f"not brought in: {each}")
    if len(left) > MOST_TOLD:
        say(f"and {len(left) - MOST_TOLD} more were not brought in")
