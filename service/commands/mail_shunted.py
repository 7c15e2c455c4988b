"""`brief mail shunted`: mail that was set aside for a person."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from service.commands.options import json_option, now_and_here, output, print_all, write_raw
from service.invocation import Invocation, print_json, say
from templates.amounts import counted

if TYPE_CHECKING:
    from mailgateway.shunted import Shunted


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def shunted(context: click.Context, as_json: bool) -> None:
    """Mail that could not be taken in and was set aside. Alone it lists them.

    \b
    Example:
      brief mail shunted
      brief mail shunted show 1f2e3d4c > letter.eml
      brief mail shunted replay
    """
    if context.invoked_subcommand is None:
        context.invoke(list_, as_json=as_json)


@shunted.command("list")
@json_option
@click.pass_obj
def list_(invocation: Invocation, as_json: bool) -> None:
    """What is set aside, the oldest first, with the reason.

    \b
    Example:
      brief mail shunted list
    """
    from mailgateway.shunted import shunted as those_set_aside
    from service.opening import reading

    settings = invocation.settings()
    with reading(settings) as session:
        rows = [_plain(row) for row in those_set_aside(session)]
    if as_json:
        print_all(rows)
    elif rows:
        from service.terminal_mail import shunted as listed

        listed(output(), rows, *now_and_here(settings))
    else:
        say("nothing is set aside")


@shunted.command()
@click.argument("code")
@json_option
@click.pass_obj
def show(invocation: Invocation, code: str, as_json: bool) -> None:
    """The mail itself, byte for byte.

    \b
    Example:
      brief mail shunted show 1f2e3d4c > letter.eml
    """
    from mailgateway.shunted import shunted_mail
    from service.opening import reading

    with reading(invocation.settings()) as session:
        row, raw = shunted_mail(session, code)
    if as_json:
        print_json({**_plain(row), "raw": raw.decode("latin-1")})
    else:
        write_raw(raw)


@shunted.command(short_help="Take mails in again.")
@click.argument("codes", nargs=-1, metavar="[CODE...]")
@json_option
@click.pass_obj
def replay(invocation: Invocation, codes: tuple[str, ...], as_json: bool) -> None:
    """Take mails in again: those with these codes, or all that are set aside.

    \b
    Example:
      brief mail shunted replay
      brief mail shunted replay 1f2e3d4c
    """
    from mailgateway.shunted import replay as taken_in_again
    from service.checking import checks_of
    from service.harmless import line
    from service.logs import start_logging
    from service.opening import open_database_for

    settings = invocation.settings()
    start_logging("critical", json_lines=settings.log.json_lines)  # the outcome is told mail by mail
    database = open_database_for(settings)
    checks = checks_of(settings)
    count = 0
    try:
        for row, outcome in taken_in_again(database, settings.policy(), codes, datetime.now(UTC), checks=checks):
            count += 1
            if as_json:
                print_json({"code": row.code, "outcome": outcome})
            else:
                output().print(line(f"{row.code}  {outcome}"), soft_wrap=True)
    finally:
        checks.close()
        database.close()
    say(f"{counted(count, 'mail')} tried again" if count else "nothing is set aside")


def _plain(row: Shunted) -> dict[str, Any]:
    return {
        "code": row.code,
        "received_at": row.envelope.received_at.isoformat(),
        "source": row.envelope.source.value,
        "mail_from": row.envelope.mail_from,
        "recipients": list(row.envelope.recipients),
        "client": row.envelope.client,
        "tries": row.tries,
        "because": row.because,
    }
