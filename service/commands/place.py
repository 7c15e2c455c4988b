"""The commands that put messages where they belong. Each is taken back by `brief undo`, and holds for the replies that follow."""

from __future__ import annotations

import click

from service.commands.options import handle_argument, json_option, told
from service.invocation import Invocation
from templates.amounts import counted

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
    now_holds = f"{row['handle']} now holds {counted(len(row['moved']), 'message')} of {row['from']}"
    closed = f"; it is closed, as {row['from']} is: `brief reopen {row['handle']}` opens it"
    told(row, now_holds + (closed if row["status"] == "closed" else ""), as_json=as_json)


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
    told(row, f"{row['handle']} now holds {counted(len(row['moved']), 'message')} of {row['from']}", as_json=as_json)
