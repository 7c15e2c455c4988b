"""`brief mail import`: an archive, brought in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from service.commands.options import json_option
from service.invocation import Invocation, print_json, say
from service.progress import progress
from storage.errors import DiskFull
from templates.amounts import counted

if TYPE_CHECKING:
    from mailgateway.importing import Report, Spill
    from storage.database import Database


@click.command("import")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@json_option
@click.pass_obj
def import_(invocation: Invocation, paths: tuple[str, ...], as_json: bool) -> None:
    """Bring an archive in, oldest first: .eml files, mbox files, Maildirs or folders; "-" is standard input.

    Nothing is sent and nothing acknowledged. It can be interrupted and run again: what is there already stays as it is.

    \b
    Example:
      brief mail import old-archive.mbox
      brief mail import --json Maildir/ sent.mbox
    """
    from mailgateway.importing import Report, Spill
    from service.logs import start_logging
    from service.opening import open_database_for

    settings = invocation.settings()
    start_logging("critical", json_lines=settings.log.json_lines)  # what fails is told mail by mail
    database = open_database_for(settings)
    spill, report = Spill(settings.data), Report()
    tally: Counter[str] = Counter()
    try:
        _lay_down(spill, paths)
        try:
            _take_in(invocation, database, spill, report, tally)
        finally:
            # also where it was interrupted: what is said here is in the database
            if as_json:
                _print(database, report)
            _sum_up(tally, len(spill))
    finally:
        spill.close()
        report.close()
        database.close()


def _lay_down(spill: Spill, paths: Iterable[str]) -> None:
    """The first pass: every mail of every path, once."""
    from mailgateway.archive import mails_to_keep

    with progress("reading", None) as advance:
        for path in paths:
            for source, raw in mails_to_keep(path):
                try:
                    spill.add(source, raw)
                except OSError as error:
                    raise DiskFull(f"there is no room to sort the archive: {error.strerror or error}") from error
                advance(1)


def _take_in(invocation: Invocation, database: Database, spill: Spill, report: Report, tally: Counter[str]) -> None:
    """The second pass: by date."""
    from mailgateway.importing import import_mails

    policy = invocation.settings().policy()
    with progress("taking in", len(spill)) as advance:
        for each in import_mails(database, policy, spill.by_date(), datetime.now(UTC), progress=advance):
            report.add(each)
            tally["new" if each.new else "there already"] += 1
            tally["held"] += each.held


def _print(database: Database, report: Report) -> None:
    from mailgateway.importing import moved

    for value in report.lines(moved(database)):
        print_json(value)


def _sum_up(tally: Counter[str], seen: int) -> None:
    left = seen - tally["new"] - tally["there already"]
    parts = [
        f"{counted(tally['new'], 'mail')} taken in",
        f"{counted(tally['there already'], 'was', 'were')} there already",
    ]
    parts += [f"{tally['held']} held for consent"] if tally["held"] else []
    parts += [f"{left} left: run it again to go on"] if left else []
    say(", ".join(parts))
