"""`brief outbox breaker`: to whom nothing goes out by itself just now, because of a loop."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from service.commands.options import json_option, print_listing
from service.invocation import Invocation, print_json, say
from storage.errors import NotThere

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from threads.outgoing.breaker import Breaker


@click.group(invoke_without_command=True, short_help="Loops that were stopped.")
@json_option
@click.pass_context
def breaker(context: click.Context, as_json: bool) -> None:
    """The open breakers: after a loop nothing goes out by itself for a while, to one address or to all.

    Answers of agents go out all the time. A breaker closes by itself.

    \b
    Example:
      brief outbox breaker
      brief outbox breaker close
    """
    if context.invoked_subcommand is None:
        _list(context.obj, as_json=as_json)


@breaker.command(short_help="Let what waits go out now.")
@click.argument("addresses", metavar="[ADDRESS]...", nargs=-1)
@json_option
@click.pass_obj
def close(invocation: Invocation, addresses: tuple[str, ...], as_json: bool) -> None:
    """Let what waits go out now: for some that the list names, or for all of them.

    What goes out from then on is counted anew.

    \b
    Example:
      brief outbox breaker close
      brief outbox breaker close support@example.org
    """
    from service.opening import writing
    from threads.store.breaker import close as close_one
    from threads.store.breaker import open_breakers

    now = datetime.now(UTC)
    with writing(invocation.settings()) as session:
        there = open_breakers(session, now)
        wanted = {each.lower() for each in addresses} or {_name(each) for each in there}
        missing = wanted - {_name(each) for each in there}
        if missing:
            raise NotThere(f"no breaker is open for {min(missing)[:320]}; `brief outbox breaker` lists those that are")
        closed = [(each, close_one(session, each, now)) for each in there if _name(each) in wanted]
    for each, waited in closed:
        if as_json:
            print_json({"address": each.address, "closed": True, "waited": waited})
        else:
            say(f"mail goes out by itself to {_name(each)} again; {waited} waited")
    if not closed and not as_json:
        say("no breaker is open")


def _list(invocation: Invocation, *, as_json: bool) -> None:
    from service.terminal_mail import breakers

    print_listing(invocation, _rows, breakers, "no breaker is open", as_json=as_json)


def _rows(session: Session) -> list[dict[str, Any]]:
    from threads.store.breaker import open_breakers

    return [_plain(each) for each in open_breakers(session, datetime.now(UTC))]


def _name(each: Breaker) -> str:
    """As the list calls it."""
    return each.address or "all"


def _plain(each: Breaker) -> dict[str, Any]:
    return {
        "address": each.address,
        "since": each.since.isoformat(),
        "until": each.until.isoformat(),
        "because": each.because,
    }
