"""`brief outbox`: mail that goes out, went out, or could not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

from service.commands.options import json_option, output, print_listing
from service.commands.outbox_breaker import breaker
from service.commands.outbox_stops import stops
from service.invocation import Invocation, print_json, say

STATES = ("waiting", "leased", "sent", "failed", "given up", "cancelled", "bounced")


@click.group(invoke_without_command=True)
@click.option("--state", "states", type=click.Choice(STATES), multiple=True, help="Only mails in this state.")
@click.option(
    "--limit", metavar="N", type=click.IntRange(1, 100_000), default=50, show_default=True, help="How many at most."
)
@json_option
@click.pass_context
def outbox(context: click.Context, states: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Mail that goes out, went out, or could not, the newest first.

    \b
    Example:
      brief outbox
      brief outbox --state failed
      brief outbox show 1f2e3d4c
      brief outbox again 1f2e3d4c
      brief outbox stops
      brief outbox breaker
    """
    if context.invoked_subcommand is None:
        _list(context.obj, states, limit, as_json=as_json)


outbox.add_command(breaker)
outbox.add_command(stops)


@outbox.command()
@click.argument("code")
@json_option
@click.pass_obj
def show(invocation: Invocation, code: str, as_json: bool) -> None:
    """One mail, whole: its headers, its text, and how it went.

    \b
    Example:
      brief outbox show 1f2e3d4c
    """
    from service.opening import reading
    from service.outgoing import one_outgoing

    with reading(invocation.settings()) as session:
        row, mail = one_outgoing(session, code)
    if as_json:
        print_json({**row, "mail": mail.as_json()})
        return
    from service.harmless import line, safe

    to = output()
    for name, value in _header(row, mail.as_json()):
        if value:
            to.print(line(f"{name}: {value}"), style="quiet", soft_wrap=True)
    to.print()
    to.print(safe(mail.text), soft_wrap=True)


@outbox.command(short_help="Try mails once more.")
@click.argument("codes", nargs=-1, required=True, metavar="CODE...")
@json_option
@click.pass_obj
def again(invocation: Invocation, codes: tuple[str, ...], as_json: bool) -> None:
    """Try mails once more that failed or were given up, for those who did not get them: all of them, or none.

    \b
    Example:
      brief outbox again 1f2e3d4c
    """
    from service.opening import writing
    from service.outgoing import sent_again

    with writing(invocation.settings()) as session:
        rows = [sent_again(session, code, datetime.now(UTC)) for code in codes]
    for row in rows:
        if as_json:
            print_json(row)
        else:
            say(f"{row['code']} goes out again to {', '.join(row['waiting_for'])}")


def _header(row: dict[str, Any], mail: dict[str, Any]) -> list[tuple[str, str]]:
    """What stands above the text."""
    state = row["state"] + (" (it may have gone out twice)" if row["maybe_twice"] else "")
    return [
        ("State", state),
        ("Answer", row["last_answer"]),
        *(("Report", f"{each['address']}: {each['said']}") for each in row["reports"]),
        ("From", _person(mail["author"])),
        ("To", ", ".join(_person(each) for each in mail["to"])),
        ("Cc", ", ".join(_person(each) for each in mail["cc"])),
        ("Reply-To", mail["reply_to"]),
        ("Date", mail["date"]),
        ("Subject", mail["subject"]),
        *mail["headers"],
    ]


def _person(value: dict[str, str]) -> str:
    return f"{value['name']} <{value['address']}>" if value["name"] else value["address"]


def _list(invocation: Invocation, states: tuple[str, ...], limit: int, *, as_json: bool) -> None:
    from service.outgoing import outgoing
    from service.terminal_mail import outbox as listed

    nothing = f"no mail is {' or '.join(states)}" if states else "nothing goes out, and nothing went out"
    print_listing(
        invocation, lambda session: outgoing(session, states=states, limit=limit), listed, nothing, as_json=as_json
    )
