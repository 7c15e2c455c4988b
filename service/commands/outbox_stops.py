"""`brief outbox stops`: the addresses that mail does not reach for good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from service.commands.options import json_option, print_listing
from service.invocation import Invocation, print_json, say
from storage.errors import NotThere

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@click.group(invoke_without_command=True, short_help="Addresses that mail does not reach.")
@json_option
@click.pass_context
def stops(context: click.Context, as_json: bool) -> None:
    """The addresses that mail failed for for good: nothing goes there by itself, and an answer only with --anyway.

    A stop is lifted by itself when somebody writes from there.

    \b
    Example:
      brief outbox stops
      brief outbox stops lift anna@example.org
    """
    if context.invoked_subcommand is None:
        _list(context.obj, as_json=as_json)


@stops.command("list")
@json_option
@click.pass_obj
def list_(invocation: Invocation, as_json: bool) -> None:
    """The stopped addresses, the latest first.

    \b
    Example:
      brief outbox stops list
    """
    _list(invocation, as_json=as_json)


@stops.command()
@click.argument("addresses", metavar="ADDRESS...", nargs=-1, required=True)
@json_option
@click.pass_obj
def lift(invocation: Invocation, addresses: tuple[str, ...], as_json: bool) -> None:
    """Let mail go to an address again.

    \b
    Example:
      brief outbox stops lift anna@example.org
    """
    from service.opening import writing
    from threads.store import stops as kept

    with writing(invocation.settings()) as session:
        missing = [each for each in addresses if not kept.lift(session, each)]
        if missing:
            raise NotThere(f"{missing[0][:320]} is not stopped; `brief outbox stops` lists those that are")
    for each in addresses:
        if as_json:
            print_json({"address": each.lower(), "lifted": True})
        else:
            say(f"mail goes to {each.lower()} again")


def _list(invocation: Invocation, *, as_json: bool) -> None:
    from service.terminal_mail import stopped

    print_listing(invocation, _rows, stopped, "mail is stopped to nobody", as_json=as_json)


def _rows(session: Session) -> list[dict[str, Any]]:
    from threads.store import stops as kept

    return [
        {"address": row.address, "since": row.since_at.isoformat(), "because": row.because}
        for row in kept.listing(session)
    ]
