"""The commands that put messages where they belong. Each is taken back by `brief undo`, and holds for the replies that follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from service.commands.options import handle_argument, json_option, told
from service.invocation import Invocation
from templates.amounts import counted

_MOST_NAMED = 5
_answers = click.option("--with-answers", is_flag=True, help="With all that answers it, and all that answers that.")


@click.command(short_help="Make a conversation of its own of some messages.")
@handle_argument
@click.argument("messages", metavar="MESSAGE...", nargs=-1, required=True)
@_answers
@json_option
@click.pass_obj
def split(invocation: Invocation, handle: str, messages: tuple[str, ...], with_answers: bool, as_json: bool) -> None:
    """Make a conversation of its own of some messages of HANDLE. MESSAGE is the code that `brief show` prints beside it.

    An acknowledgement goes along with the mail that it acknowledges. Later replies to what went follow it, and the desk never
    makes one of the two again by itself.

    \b
    Example:
      brief split anna-rechnung k3x9q2m
      brief split anna-rechnung k3x9q2m --with-answers
    """
    with invocation.desk() as desk:
        row = desk.split(handle, messages, with_answers=with_answers)
    closed = f"; it is closed, as {row['from']} is: `brief reopen {row['handle']}` opens it"
    told(row, _now_holds(row) + (closed if row["status"] == "closed" else "") + _left(row), as_json=as_json)


@click.command(short_help="Put a message into another conversation.")
@click.argument("message")
@handle_argument
@_answers
@json_option
@click.pass_obj
def move(invocation: Invocation, message: str, handle: str, with_answers: bool, as_json: bool) -> None:
    """Put MESSAGE into the conversation HANDLE. Later replies to it follow; a conversation that is empty then leads there.

    \b
    Example:
      brief move k3x9q2m anna-umzug
    """
    with invocation.desk() as desk:
        row = desk.move(message, handle, with_answers=with_answers)
    told(row, _now_holds(row) + _left(row), as_json=as_json)


def _now_holds(row: Mapping[str, Any]) -> str:
    """What went where, each by its code, and what went along because it went out by itself."""
    went = [each for each in row["moved"] if each not in row["by_itself"]]
    along = f", with what the desk had sent because of it: {_few(row['by_itself'])}" if row["by_itself"] else ""
    return f"{row['handle']} now holds {counted(len(went), 'message')} of {row['from']}: {_few(went)}{along}"


def _left(row: Mapping[str, Any]) -> str:
    """What answers it and was left behind, and how it goes along."""
    if not row["answers_left"]:
        return ""
    left = f"; in {row['from']} stays what answers it: {_few(row['answers_left'])}"
    return f"{left} (`brief undo`, and again with --with-answers, takes it along)"


def _few(codes: Sequence[str]) -> str:
    more = f" and {len(codes) - _MOST_NAMED} more" if len(codes) > _MOST_NAMED else ""
    return ", ".join(codes[:_MOST_NAMED]) + more
