"""`brief database`: the database and its version."""

from __future__ import annotations

import click

from service.commands.options import json_option
from service.invocation import Invocation, print_json, say


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def database(context: click.Context, as_json: bool) -> None:
    """The database and its version. Changes nothing without a subcommand.

    \b
    Example:
      brief database
    """
    if context.invoked_subcommand is None:
        _look(context.obj, as_json=as_json)


def _look(invocation: Invocation, *, as_json: bool) -> None:
    from service.doctor import database_checks

    found = next(iter(database_checks(invocation.settings())))
    if as_json:
        print_json(found.as_json())
    else:
        click.echo(found.said)


@database.command()
@json_option
@click.pass_obj
def upgrade(invocation: Invocation, as_json: bool) -> None:
    """Bring the tables to this version, all of them or none. Make a backup first.

    \b
    Example:
      brief backup before.tar.gz && brief database upgrade
    """
    from storage.database import open_database
    from storage.private import private_folder
    from storage.schema import Schema

    settings = invocation.settings()
    private_folder(settings.data)
    opened = open_database(settings.database_url)
    try:
        before = opened.schema()
        opened.upgrade()
    finally:
        opened.close()
    if as_json:
        print_json({"before": str(before), "after": str(Schema.CURRENT)})
    said = {
        Schema.CURRENT: "the tables are of this version already",
        Schema.EMPTY: "the tables were made",
        Schema.OLDER: "the tables were upgraded; what was there is still there",
    }
    say(said[before])
