"""`brief report`: what the desk achieves, in figures; each is imported when it is called."""

from __future__ import annotations

import click

from service.lazy_group import LazyGroup

COMMANDS: dict[str, tuple[str, str]] = {
    "billable": ("service.commands.report_billable:billable", "What is charged of a month."),
    "deflection": (
        "service.commands.report_deflection:deflection",
        "Whether quoted answers keep customers from writing again.",
    ),
}


@click.group(cls=LazyGroup, table=COMMANDS)
def report() -> None:
    """What the desk achieves, in figures.

    \b
    Example:
      brief report billable --month 2026-11
      brief report deflection
    """
