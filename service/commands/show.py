"""`brief show`, `brief why`, `brief suggest`: one conversation, looked at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from service.commands.options import handle_argument, json_option, output, print_all, write_raw
from service.invocation import Invocation, print_json, say
from storage.errors import BriefwechselError, WrongUse
from storage.reasons import in_words
from templates.amounts import size as amount

if TYPE_CHECKING:
    from service.desk import Desk

_SEVERAL = "That fits several conversations:"


@click.command(short_help="A whole conversation.")
@handle_argument
@click.option("--whole", is_flag=True, help="With quotations and signatures, and long letters to their end.")
@click.option("--raw", metavar="CODE", help="Write a message as it was received.")
@click.option("--attachment", metavar="CODE:N", help="Save an attached file.")
@click.option("--infected", is_flag=True, help="Save a file of a mail in which a virus was found.")
@click.option("-o", "--output", "file", type=click.Path(path_type=Path), help="Where --raw or --attachment goes.")
@json_option
@click.pass_obj
def show(
    invocation: Invocation,
    handle: str,
    whole: bool,
    raw: str | None,
    attachment: str | None,
    infected: bool,
    file: Path | None,
    as_json: bool,
) -> None:
    """A whole conversation: who takes part, what was said, what was decided and why.

    \b
    Example:
      brief show anna-rechnung
      brief show anna-rechnung --attachment k3x9q2m:1 -o rechnung.pdf
    """
    with invocation.desk(reading=True) as desk:
        if raw:
            _write_raw(raw, desk.raw(raw, handle), file, as_json=as_json)
        elif attachment:
            _save_attachment(desk, handle, attachment, file, infected=infected, as_json=as_json)
        elif as_json:
            print_all(desk.show(handle))
        else:
            _print(desk, handle, whole=whole)


def _print(desk: Desk, handle: str, *, whole: bool) -> None:
    from service.terminal_conversation import conversation

    rows = desk.show(handle)
    if "timeline" in rows[0]:
        conversation(output(), rows[0], desk.clock(), desk.zone, whole=whole)
    else:
        _several(desk, rows)


def _several(desk: Desk, rows: list[dict[str, Any]]) -> None:
    from service.terminal_lists import conversations

    to = output(listing=True)
    to.print(_SEVERAL)
    conversations(to, rows, desk.clock(), desk.zone, empty="")


def _write_raw(code: str, data: bytes, file: Path | None, *, as_json: bool) -> None:
    if file is not None:
        _write_new(file, data)
    if as_json:
        what = {"raw": data.decode("latin-1")} if file is None else {"file": str(file)}
        print_json({"message": code, "size": len(data), **what})
    elif file is None:
        write_raw(data)
    else:
        say(f"saved {file} ({amount(len(data))})")


def _save_attachment(desk: Desk, handle: str, which: str, file: Path | None, *, infected: bool, as_json: bool) -> None:
    from service.files import harmless_name

    code, _, number = which.rpartition(":")
    if not code or not (number.isascii() and number.isdigit() and len(number) < 5):
        raise WrongUse(f"{which[:80]!r} names no attachment; write its code and number as `show` does, as in k3x9q2m:1")
    name, data = desk.attachment(code, int(number), within=handle, infected=infected)
    file = file or Path(harmless_name(name))
    _write_new(file, data)
    if as_json:
        print_json({"name": name, "size": len(data), "file": str(file)})
    else:
        say(f"saved {file} ({amount(len(data))})")


def _write_new(file: Path, data: bytes) -> None:
    """Write a file that is not there yet. Raises where it is."""
    from service.files import write_new

    try:
        write_new(file, data)
    except FileExistsError:
        raise BriefwechselError(f"{file} is there already; name another with -o FILE") from None
    except OSError as error:
        raise BriefwechselError(f"cannot write {file}: {in_words(error)}") from None


@click.command(short_help="Why a conversation or message is where it is.")
@click.argument("handle_or_message")
@json_option
@click.pass_obj
def why(invocation: Invocation, handle_or_message: str, as_json: bool) -> None:
    """Which signal or rule decided, and what was considered and refused: a sentence each.

    \b
    Example:
      brief why anna-rechnung
      brief why k3x9q2m
    """
    with invocation.desk(reading=True) as desk:
        rows = desk.why(handle_or_message)
        if as_json:
            print_all(rows)
            return
        from service.terminal_lists import reasons

        if rows and "handle" in rows[0]:
            _several(desk, rows)
        else:
            reasons(output(), rows, desk.clock(), desk.zone)


@click.command(short_help="Articles that may answer a conversation.")
@handle_argument
@click.option(
    "--limit", metavar="N", default=3, show_default=True, type=click.IntRange(1, 20), help="How many at most."
)
@json_option
@click.pass_obj
def suggest(invocation: Invocation, handle: str, limit: int, as_json: bool) -> None:
    """Articles that may answer the customer's last mail, with how likely that is.

    \b
    Example:
      brief suggest anna-rechnung
    """
    with invocation.desk(reading=True) as desk:
        rows = desk.suggest(handle, limit=limit)
        if as_json:
            print_all(rows)
            return
        from service.terminal_lists import suggestions

        if rows and "handle" in rows[0]:
            _several(desk, rows)
        else:
            suggestions(output(), rows, handle)
