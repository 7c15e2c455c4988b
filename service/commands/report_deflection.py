"""`brief report deflection`: whether quoted answers keep customers from writing again."""

from __future__ import annotations

import click

from service.commands.options import json_option, now_and_here, output, since_when
from service.invocation import Invocation, print_json


@click.command(short_help="Whether quoted answers keep customers from writing again.")
@click.option("--since", metavar="DATE|DURATION", help="Only acknowledgements since: 2026-11-01, or 90d.")
@json_option
@click.pass_obj
def deflection(invocation: Invocation, since: str | None, as_json: bool) -> None:
    """Compare customers whose acknowledgement quoted an answer with those from whom it was withheld, by lot.

    Both groups are conversations that an answer was right for. A customer came back who wrote again within 7 days of the
    acknowledgement, to any conversation of theirs and from any of their addresses; mail of machines, held and suspected mail
    is none of it. Younger conversations wait. Clicks and votes never count as an answer. [faq] without_suggestion draws
    the lots.

    \b
    Example:
      brief report deflection
      brief report deflection --since 2026-09-01
    """
    from service.deflection import report_of
    from service.opening import reading
    from threads.store.deflection import deflection as compared

    settings = invocation.settings()
    now, zone = now_and_here(settings)
    begins = since_when(since, now, zone)
    with reading(settings) as session:
        row = report_of(compared(session, now, begins), begins, now, settings.faq.without_suggestion)
    if as_json:
        print_json(row)
        return
    from service.terminal_reports import deflection as shown

    shown(output(listing=True), row)
