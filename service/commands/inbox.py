"""`brief inbox` and `brief search`: lists of conversations."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from service.commands.options import json_option, output, print_all
from service.invocation import Invocation, say

if TYPE_CHECKING:
    from service.desk import Desk

LARGEST_PAGE = 1000
"""Conversations that are read at once, and those behind a page that are counted."""
_PAGE = 50
"""Those that a terminal shows at once."""
_STATUSES = ("open", "waiting", "snoozed", "closed")


@click.command(short_help="Conversations that wait for an answer.")
@click.option("--mine", is_flag=True, help="Only those that are yours.")
@click.option("--all", "everything", is_flag=True, help="Of every status, closed ones too.")
@click.option("--status", type=click.Choice(_STATUSES), help="Only those of one status.")
@click.option("--suspected", is_flag=True, help="Those that are kept apart: they may be spam, or carry a virus.")
@click.option("--mailbox", default="", metavar="ADDRESS", help="Only those that came to one mailbox.")
@click.option("--department", default="", metavar="NAME", help="Only those of one department.")
@click.option("--tag", default="", metavar="TAG", help="Only those to which a rule gave a tag.")
@click.option(
    "--limit", metavar="N", type=click.IntRange(1, LARGEST_PAGE),
    help=f"How many at most.  [default: {_PAGE} on a terminal; all of them in a pipe and with --json]",
)  # fmt: skip
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
    department: str,
    tag: str,
    limit: int | None,
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
    with invocation.desk(reading=True) as desk:
        asked: dict[str, Any] = {
            "mine": mine, "everything": everything, "status": "suspected" if suspected else status or "",
            "mailbox": mailbox, "department": department, "tag": tag,
        }  # fmt: skip
        if limit is None and not as_json and sys.stdout.isatty():
            limit = _PAGE
        pages = _pages(desk, asked, limit, after)
        if as_json:
            for rows in pages:
                print_all(rows)
            return
        from service.terminal_lists import conversations

        hints = ["brief show HANDLE", "brief accept HANDLE" if suspected else "brief reply HANDLE"]
        hints += _undelivered(desk.undelivered()) if not after else []
        to = output(listing=True)
        for rows in pages:
            conversations(to, rows, desk.clock(), desk.zone, empty=_empty(asked, after), hints=hints)
        more = desk.remaining(rows[-1]["handle"], **asked) if len(rows) == limit else 0
    if more:
        many = f"{more} or more" if more == LARGEST_PAGE else f"{more}"
        say(f"{many} more: --after {rows[-1]['handle']} goes on, --limit shows more at once")


def _pages(desk: Desk, asked: Mapping[str, Any], limit: int | None, after: str) -> Iterator[list[dict[str, Any]]]:
    """The one page with a limit; without one all of them, however many that is. The first may be empty, no other is."""
    rows = desk.inbox(**asked, limit=limit or LARGEST_PAGE, after=after)
    yield rows
    while limit is None and len(rows) == LARGEST_PAGE:
        rows = desk.inbox(**asked, limit=LARGEST_PAGE, after=rows[-1]["handle"])
        if rows:
            yield rows


def _empty(asked: Mapping[str, Any], after: str) -> str:
    """What is said where a list is empty: that nobody waits only where it is that."""
    whose = " of yours" if asked["mine"] else ""
    where = f" at {asked['mailbox']}" if asked["mailbox"] else ""
    where += f" of {asked['department']}" if asked["department"] else ""
    where += f" with the tag {asked['tag']}" if asked["tag"] else ""
    if after:
        return f"Nothing more comes after {after}."
    if asked["status"] == "suspected":
        return f"Nothing{whose} is suspected{where}."
    if asked["everything"] or asked["status"] in ("waiting", "snoozed", "closed"):
        status = "" if asked["everything"] else f" {asked['status']}"
        return f"There is no{status} conversation{whose}{where}."
    return f"Nobody waits for an answer{' of yours' if asked['mine'] else ''}{where}."


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
    """Find conversations that hold all the words (the last may be a beginning), by names, addresses, handles or organisations.

    \b
    Example:
      brief search rechnungsadr
      brief search anna@example.org
    """
    with invocation.desk(reading=True) as desk:
        rows = desk.search(" ".join(query), limit=limit, after=after)
        if as_json:
            print_all(rows)
            return
        from service.terminal_lists import conversations

        again = f"brief search {' '.join(query)} --after {rows[-1]['handle']}" if rows else ""
        hints = [f"there may be more: {again}"] if len(rows) == limit else []
        to = output(listing=True)
        conversations(to, rows, desk.clock(), desk.zone, empty="No conversation holds that.", hints=hints)
