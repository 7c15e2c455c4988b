"""`brief department`: who answers what."""

from __future__ import annotations

import click

from service.commands.options import json_option, output, print_all
from service.invocation import Invocation


@click.group(short_help="Who answers what.")
def department() -> None:
    """Who answers what: the departments of the settings, [[department]].

    \b
    Example:
      brief department list
    """


@department.command(name="list", short_help="Every department, and what waits there.")
@json_option
@click.pass_obj
def list_departments(invocation: Invocation, as_json: bool) -> None:
    """Every department, with its members and how many conversations wait there.

    \b
    Example:
      brief department list
    """
    from service.departments import listing
    from service.opening import reading

    settings = invocation.settings()
    with reading(settings) as session:
        rows = listing(session, settings)
    if as_json:
        print_all(rows)
        return
    from service.terminal_departments import departments

    departments(output(listing=True), rows)
