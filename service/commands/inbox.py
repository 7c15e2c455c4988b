"""`brief inbox` and `brief search`: lists of conversations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from service.commands.options import json_option, output, print_all
from service.invocation import Invocation, say

MOST_COUNTED = 1000
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
        asked: dict[str, Any] = {
            "mine": mine, "everything": everything, "status": "suspected" if suspected else status or "",
            "mailbox": mailbox,
        }  # fmt: skip
        rows = desk.inbox(**asked, limit=limit, after=after)
        if as_json:
            print_all(rows)
            return
        from service.terminal_lists import conversations

        hints = ["brief show HANDLE", "brief accept HANDLE" if suspected else "brief reply HANDLE"]
        hints += _undelivered(desk.undelivered()) if not after else []
        to = output(listing=True)
        conversations(to, rows, desk.clock(), desk.zone, empty=_empty(asked, after), hints=hints)
        more = desk.remaining(rows[-1]["handle"], **asked) if len(rows) == limit else 0
    if more:
        many = f"{more} or more" if more == MOST_COUNTED else f"{more}"
        say(f"{many} more: --after {rows[-1]['handle']} goes on, --limit shows more at once")


def _empty(asked: Mapping[str, Any], after: str) -> str:
    """What is said where a list is empty: that nobody waits only where it is that."""
    whose = " of yours" if asked["mine"] else ""
    where = f" at {asked['mailbox']}" if asked["mailbox"] else ""
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
