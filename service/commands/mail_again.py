"""`brief mail again`: mails read again from their bytes."""

from __future__ import annotations

import click

from service.commands.options import json_option
from service.invocation import Invocation, print_json, say
from storage.errors import WrongUse
from templates.amounts import counted


@click.command()
@click.argument("messages", nargs=-1, metavar="[MESSAGE...]")
@click.option("--shunted", is_flag=True, help="Take in again what was set aside.")
@json_option
@click.pass_context
def again(context: click.Context, messages: tuple[str, ...], shunted: bool, as_json: bool) -> None:
    """Read mails again from their bytes: those with these codes, or all. No mail changes its place.

    \b
    Example:
      brief mail again
      brief mail again k3x9q2m
      brief mail again --shunted
    """
    if shunted:
        if messages:
            raise WrongUse("name messages, or --shunted, not both; `brief mail shunted replay CODE` takes single ones")
        from service.commands.mail_shunted import replay

        context.invoke(replay, codes=(), as_json=as_json)
        return
    _read_again(context.obj, messages, as_json=as_json)


def _read_again(invocation: Invocation, messages: tuple[str, ...], *, as_json: bool) -> None:
    from mailgateway.again import read_again
    from service.opening import open_database_for

    database = open_database_for(invocation.settings())
    read = changed = 0
    try:
        for each in read_again(database, messages):
            read += 1
            changed += bool(each.changed)
            if as_json:
                print_json({"message": each.code, "changed": list(each.changed), "error": each.error})
            elif each.error:
                say(f"{each.code}: {each.error}")
    finally:
        database.close()
    say(f"{counted(read, 'mail')} read again, {counted(changed, 'reads', 'read')} differently now")
