"""`brief billable`: whether a conversation is charged."""

from __future__ import annotations

import click

from service.commands.options import handle_argument, json_option, told
from service.invocation import Invocation
from storage.errors import WrongUse


@click.command(short_help="Say whether a conversation is charged.")
@handle_argument
@click.option("--yes/--no", "charged", default=None, help="It is charged, or it is not.")
@click.option("-m", "--because", default="", metavar="TEXT", help="Why: the report says it.")
@json_option
@click.pass_obj
def billable(invocation: Invocation, handle: str, charged: bool | None, because: str, as_json: bool) -> None:
    """Mark a conversation as billable, or take that back; `brief report billable` lists all of a month.

    A customer who declares an emergency that is none is asked by mail, and their yes marks it by itself.

    \b
    Example:
      brief billable anna-rechnung --yes -m "20 minutes at night, as agreed on the phone"
      brief billable anna-rechnung --no -m "it was our own fault"
    """
    if charged is None:
        raise WrongUse("is it charged? Say --yes or --no")
    with invocation.desk() as desk:
        row = desk.charges.mark(handle, charged=charged, because=because)
    told(row, f"{row['handle']} is now {'' if charged else 'not '}billable", as_json=as_json)
