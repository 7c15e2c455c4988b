"""`brief inbox` and `brief search`: lists of conversations."""

from __future__ import annotations

import click

from service.commands.options import json_option, output, print_all
from service.invocation import Invocation

_STATUSES = ("open", "waiting", "snoozed", "closed")


@click.command(short_help="Conversations that wait for an answer.")
@click.option("--mine", is_flag=True, help="Only those that are yours.")
@click.option("--all", "everything", is_flag=True, help="Of every status, closed ones too.")
@click.option("--status", type=click.Choice(_STATUSES), help="Only those of one status.")
@click.option("--suspected", is_flag=True, help="Those that are kept apart: they may be spam, or carry a virus.")
@click.option("--mailbox", default="", metavar="ADDRESS", help="Only those that came to one mailbox.")
@click.option(
    "--limit", metavar="N", default=50, show_default=True, type=click.IntRange(1, 1000), help="How many at most."
)
@click.option("--after", default="", metavar="HANDLE", help="Go on after this one: the last of the page before.")
@json_option
@click.pass_obj
def inbox(
    invocation: Invocation,
    mine: bool,
    everything: bool,
    status: str | None,
    suspected: bool,
    mailbox: str,
    limit: int,
    after: str,
    as_json: bool,
) -> None:
    """Conversations that wait for an answer: the most urgent first, then by when it is due.

    \b
    Example:
      brief inbox --mine
      brief inbox --status waiting --limit 20
      brief inbox --suspected
    """
    with invocation.desk() as desk:
        wanted = "suspected" if suspected else status or ""
        rows = desk.inbox(mine=mine, everything=everything, status=wanted, mailbox=mailbox, limit=limit, after=after)
        if as_json:
            print_all(rows)
            return
        from service.terminal_lists import conversations

        more = [f"there may be more: brief inbox --after {rows[-1]['handle']}"] if len(rows) == limit else []
        hints = more or ["brief show HANDLE", "brief accept HANDLE" if suspected else "brief reply HANDLE"]
        hints += _undelivered(desk.undelivered()) if not after else []
        to = output(listing=True)
        empty = "Nothing is suspected." if suspected else "Nobody waits for an answer."
        conversations(to, rows, desk.clock(), desk.zone, empty=empty, hints=hints)


def _undelivered(handles: list[str]) -> list[str]:
    """The closed conversations whose answer did not arrive: they stay closed, and are not forgotten."""
    return [f"closed, but the answer did not arrive: {', '.join(handles)}"] if handles else []


@click.command(short_help="Find conversations by words, names or addresses.")
@click.argument("query", nargs=-1, required=True)
@click.option(
    "--limit", metavar="N", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many at most."
)
@click.option("--after", default="", metavar="HANDLE", help="Go on after this one: the last of the page before.")
@json_option
@click.pass_obj
def search(invocation: Invocation, query: tuple[str, ...], limit: int, after: str, as_json: bool) -> None:
    """Find conversations that hold all the words (the last may be a beginning), by names, addresses or handles.

    \b
    Example:
      brief search rechnungsadr
      brief search anna@example.org
    """
    with invocation.desk() as desk:
        rows = desk.search(" ".join(query), limit=limit, after=after)
        if as_json:
            print_all(rows)
            return
        from service.terminal_lists import conversations

        again = f"brief search {' '.join(query)} --after {rows[-1]['handle']}" if rows else ""
        hints = [f"there may be more: {again}"] if len(rows) == limit else []
        to = output(listing=True)
        conversations(to, rows, desk.clock(), desk.zone, empty="No conversation holds that.", hints=hints)
