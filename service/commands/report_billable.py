"""`brief report billable`: what is charged of a month."""

from __future__ import annotations

import click

from service.commands.options import json_option, output, print_all, print_csv
from service.invocation import Invocation

_COLUMNS = ("month", "handle", "organisation", "name", "address", "subject", "billable_at", "billable_by", "because",
            "priority", "assignee", "opened_at", "closed_at")  # fmt: skip


@click.command(short_help="What is charged of a month.")
@click.option("--month", default="", metavar="YYYY-MM", help="Of which month  [the present one]")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV, with a line of headings.")
@json_option
@click.pass_obj
def billable(invocation: Invocation, month: str, as_csv: bool, as_json: bool) -> None:
    """Each conversation that became billable in a month: whose it is, who confirmed it or decided it, when, and why.

    \b
    Example:
      brief report billable
      brief report billable --month 2026-11 --csv
    """
    if as_csv and as_json:
        raise click.UsageError("--csv or --json, not both")
    with invocation.desk(reading=True) as desk:
        rows = desk.charges.report(month)
        if as_json:
            print_all(rows)
        elif as_csv:
            print_csv(_COLUMNS, [{**row, **row["customer"]} for row in rows])
        else:
            from service.terminal_reports import billable as shown

            shown(output(listing=True), rows, desk.clock(), desk.zone)
