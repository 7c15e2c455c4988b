"""`brief callback`: customers who wish to be called."""

from __future__ import annotations

import click

from service.commands.options import handle_argument, json_option, now_and_here, output, print_all, told
from service.invocation import Invocation
from storage.errors import WrongUse


@click.group(short_help="Customers who wish to be called.")
def callback() -> None:
    """Customers who wish to be called: what they write is understood, and falls due within the hours.

    \b
    Example:
      brief callback list --mine
      brief callback done anna-rechnung --note "Hat sich erledigt."
    """


@callback.command(name="list", short_help="The calls that are open.")
@click.option("--mine", is_flag=True, help="Only of conversations that are yours.")
@click.option("--department", default="", metavar="NAME", help="Only of a department.")
@click.option("--limit", type=int, default=100, show_default=True, metavar="N", help="At most as many.")
@json_option
@click.pass_obj
def list_callbacks(invocation: Invocation, mine: bool, department: str, limit: int, as_json: bool) -> None:
    """The calls that are open, by when each is due.

    \b
    Example:
      brief callback list
      brief callback list --department Technik
    """
    with invocation.desk() as desk:
        rows = desk.callbacks.list(mine=mine, department=department, limit=limit)
    if as_json:
        print_all(rows)
        return
    from service.terminal_callbacks import callbacks

    callbacks(output(listing=True), rows, *now_and_here(invocation.settings()))


@callback.command(short_help="Write down that a customer is to be called.")
@handle_argument
@click.option("--number", default="", metavar="N", help="At which number; else the one that is known.")
@click.option("--when", default="", metavar="WORDS", help='When, put into the hours: "morgen zwischen 14 und 16 Uhr".')
@click.option("--from", "from_", default="", metavar="T", help='From when exactly: "morgen 14 Uhr"; with --until.')
@click.option("--until", default="", metavar="T", help="Until when exactly.")
@json_option
@click.pass_obj
def add(invocation: Invocation, handle: str, number: str, when: str, from_: str, until: str, as_json: bool) -> None:
    """Write down that a customer is to be called, in place of the call that is open.

    Without a time it is due when an answer is.

    \b
    Example:
      brief callback add anna-rechnung --number "0911 123456" --when "morgen vormittag"
      brief callback add anna-rechnung --from "2026-12-01 18:00" --until "2026-12-01 18:30"
    """
    if bool(from_) != bool(until):
        raise WrongUse("--from and --until go together; or say --when WORDS")
    if when and from_:
        raise WrongUse("say --when WORDS, or --from T --until T, not both")
    with invocation.desk() as desk:
        row = desk.callbacks.add(handle, number=number, when=when, between=(from_, until) if from_ else None)
    told(row, f"{row['handle']}: {row['did']}", as_json=as_json)


@callback.command(short_help="Say that the call was made.")
@handle_argument
@click.option("-n", "--note", default="", metavar="TEXT", help="What was said: noted as `brief phone` does.")
@json_option
@click.pass_obj
def done(invocation: Invocation, handle: str, note: str, as_json: bool) -> None:
    """Say that the call was made.

    \b
    Example:
      brief callback done anna-rechnung --note "Die Rechnung ist da."
    """
    with invocation.desk() as desk:
        row = desk.callbacks.done(handle, note)
    told(row, f"{row['handle']}: {row['did']}", as_json=as_json)


@callback.command(short_help="Say that the call will not be made.")
@handle_argument
@click.option("-m", "--because", required=True, metavar="TEXT", help="Why.")
@json_option
@click.pass_obj
def cancel(invocation: Invocation, handle: str, because: str, as_json: bool) -> None:
    """Say that the call will not be made, and why.

    \b
    Example:
      brief callback cancel anna-rechnung -m "is solved by mail"
    """
    if not because.strip():
        raise WrongUse("say why: -m TEXT")
    with invocation.desk() as desk:
        row = desk.callbacks.cancel(handle, because)
    told(row, f"{row['handle']}: {row['did']}", as_json=as_json)
