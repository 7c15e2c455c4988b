"""`brief oncall`: who is on call now, until when, and who follows."""

from __future__ import annotations

from datetime import datetime, tzinfo

import click

from service.commands.options import json_option, now_and_here, output, print_all
from service.invocation import Invocation
from storage.errors import WrongUse


@click.command(short_help="Who is on call, and until when.")
@click.option("--at", "at_time", metavar="TIME", help="At another time: 2026-12-24T10:00, in the zone of [hours].")
@json_option
@click.pass_obj
def oncall(invocation: Invocation, at_time: str | None, as_json: bool) -> None:
    """Who is on call, until when, and who follows: a line for each [[oncall]] of the settings.

    \b
    Example:
      brief oncall
      brief oncall --at 2026-12-24T22:00
    """
    from service.oncall import on_call_at
    from service.opening import reading

    settings = invocation.settings()
    now, zone = now_and_here(settings)
    at = _time(at_time, zone) if at_time else now
    with reading(settings) as session:
        rows = on_call_at(session, settings, at)
    if as_json:
        print_all(rows)
        return
    from service.terminal_oncall import rosters

    rosters(output(listing=True), rows, now)


def _time(said: str, zone: tzinfo) -> datetime:
    try:
        found = datetime.fromisoformat(said.strip())
    except ValueError:
        raise WrongUse(f'{said[:80]!r} is no time; say it as in "2026-12-24T10:00"') from None
    return found if found.tzinfo else found.replace(tzinfo=zone)
