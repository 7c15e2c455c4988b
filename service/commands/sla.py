"""`brief sla`: what was promised by when, why it is due then, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from service.commands.options import handle_argument, json_option, output, print_all, print_csv
from service.invocation import Invocation

BY = ("mailbox", "priority", "agent", "organisation")


@click.group(short_help="By when something is owed, and what became of it.")
def sla() -> None:
    """By when an answer or a solution is owed, why it is due then, and what became of it by month.

    \b
    Example:
      brief sla explain anna-rechnung
      brief sla report --month 2026-11
    """


@sla.command(short_help="Each stretch of time that counted, and why.")
@handle_argument
@json_option
@click.pass_obj
def explain(invocation: Invocation, handle: str, as_json: bool) -> None:
    """Every stretch of time that counted or did not, and why, for each target; they add up to the total.

    Targets are the first answer, each next one, and where an SLA policy promises it the solution. Time counts in the hours
    that held, and rests while we wait for the customer.

    \b
    Example:
      brief sla explain anna-rechnung
    """
    with invocation.desk(reading=True) as desk:
        rows = desk.sla.explain(handle)
        if as_json:
            print_all(rows)
            return
        if "target" not in rows[0]:
            from service.terminal_lists import conversations

            output().print("That fits several conversations:")
            conversations(output(listing=True), rows, desk.clock(), desk.zone, empty="")
            return
        from service.terminal_sla import explained

        explained(output(), rows, desk.clock(), desk.zone)


def _none_said(_context: click.Context, _option: click.Parameter, value: str | None) -> str:
    return value or ""


@sla.command(short_help="What was kept and what was not, by month.")
@click.option("--month", default="", metavar="YYYY-MM", help="One month  [the last twelve]")
@click.option(
    "--by", callback=_none_said, type=click.Choice(BY), metavar="WHAT", help=f"Told apart by {', '.join(BY)}."
)
@click.option("--csv", "as_csv", is_flag=True, help="As CSV, with a line of headings.")
@json_option
@click.pass_obj
def report(invocation: Invocation, month: str, by: str, as_csv: bool, as_json: bool) -> None:
    """How many targets were kept and breached, with the median and the 90th percentile of the working time they took.

    A target belongs to the month in which it began. One that is running and late is breached; what nobody waits for any
    more, as a conversation that was closed without an answer in time, is dropped and neither.

    \b
    Example:
      brief sla report
      brief sla report --month 2026-11 --by agent
      brief sla report --month 2026-11 --csv
    """
    if as_csv and as_json:
        raise click.UsageError("--csv or --json, not both")
    with invocation.desk(reading=True) as desk:
        rows = desk.sla.report(month, by)
    if as_json:
        print_all(rows)
    elif as_csv:
        _print_csv(rows, by)
    else:
        from service.terminal_sla import reported

        reported(output(listing=True), rows, by, month)


def _print_csv(rows: Sequence[Mapping[str, Any]], by: str) -> None:
    names = ["month", "target", *([by] if by else []), "kept", "breached", "running", "dropped", "share", "median_seconds",
             "p90_seconds"]  # fmt: skip
    print_csv(names, [{**row, by: row["of"]} if by else row for row in rows])
