"""What the agents' commands have in common: their options, and how a change is told."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

import click

from service.harmless import line, safe
from service.invocation import Invocation, print_json, say
from storage.errors import BriefwechselError, WrongUse

if TYPE_CHECKING:
    from rich.console import Console
    from sqlalchemy.orm import Session

    from service.settings import Settings

Command = TypeVar("Command", bound=Callable[..., Any])
Rows = Sequence[dict[str, Any]]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How what a spreadsheet would reckon out begins."""
Read = Callable[["Session"], Rows]
Show = Callable[["Console", Rows, datetime, tzinfo], None]


def json_option(command: Command) -> Command:
    """`--json`: one JSON value a line instead of what people read. It may stand before a subcommand too."""

    def given(context: click.Context, _option: click.Parameter, value: bool) -> bool:
        return value or bool(context.parent and context.parent.params.get("as_json"))

    return click.option("--json", "as_json", is_flag=True, callback=given, help="One JSON value a line.")(command)


def handle_argument(command: Command) -> Command:
    """HANDLE: a handle, a unique beginning of one, or a mail address."""
    return click.argument("handle")(command)


def output(*, listing: bool = False) -> Console:
    """The console for people; of a `listing` nothing is cut off where it goes into a pipe."""
    from service.terminal import console

    return console(listing=listing)


def now_and_here(settings: Settings) -> tuple[datetime, tzinfo]:
    """The time, and the zone in which the agent reads times."""
    from service.desk import own_zone

    return datetime.now(UTC), ZoneInfo(own_zone(settings.hours.zone))


def since_when(said: str | None, now: datetime, zone: tzinfo) -> datetime | None:
    """The moment that --since names, a date in a zone or how long ago; None where it names none. Raises `UsageError`."""
    from service.setting_types import duration

    if said is None:
        return None
    try:
        if "-" in said:
            at = datetime.fromisoformat(said)
            return at if at.tzinfo else at.replace(tzinfo=zone)
        return now - duration(said)
    except (ValueError, OverflowError) as error:
        raise click.UsageError('--since takes a date, as in 2026-11-01, or how long ago, as in "30d"') from error


def print_all(rows: Sequence[Mapping[str, Any]]) -> None:
    """Each value on a line of its own."""
    for row in rows:
        print_json(row)


def print_csv(names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Values as CSV, with a line of headings; what a customer wrote is never a formula."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in names])


def _cell(value: Any) -> Any:
    """A value as a spreadsheet takes it for text."""
    if value is None:
        return ""
    text = line(value) if isinstance(value, str) else value
    return f"'{text}" if isinstance(text, str) and text.startswith(_FORMULA) else text


def print_listing(invocation: Invocation, read: Read, show: Show, nothing: str, *, as_json: bool) -> None:
    """What `read` finds in the database: one value a line, or for people as `show` lays it out, or that there is `nothing`."""
    from service.opening import reading

    settings = invocation.settings()
    with reading(settings) as session:
        rows = read(session)
    if as_json:
        print_all(rows)
    elif rows:
        show(output(listing=True), rows, *now_and_here(settings))
    else:
        say(nothing)


def asks() -> bool:
    """Whether somebody is there who can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def refuse_doubtful(doubt: str, question: str, *, yes: bool, quiet: bool) -> None:
    """Ask whether to go on in spite of a doubt. Raises where nobody says yes, or nobody can be asked; "" is no doubt."""
    if not doubt or yes:
        return
    if quiet or not asks():
        raise WrongUse(f"{doubt}; --yes does it all the same")
    say(f"{doubt}.")
    if not click.confirm(question, default=False, err=True):
        raise BriefwechselError("nothing was changed")


def write_raw(data: bytes) -> None:
    """A mail on stdout, byte for byte; on a terminal made harmless, since mails may hold what steers one."""
    if sys.stdout.isatty():
        output().print(safe(data.decode("utf-8", "replace")), soft_wrap=True)
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def told(row: Mapping[str, Any], text: str, *, as_json: bool, undoable: bool = True) -> None:
    """Say what was changed, and that it can be taken back."""
    if as_json:
        print_json(row)
        return
    from service.terminal import hint

    to = output()
    if not row.get("changed", True):
        to.print(line(f"{row['handle']}: {row['did']}, nothing was changed"), soft_wrap=True)
        return
    to.print(line(text), soft_wrap=True)
    if undoable:
        hint(to, "brief undo takes it back")
