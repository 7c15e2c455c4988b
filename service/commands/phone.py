"""`brief phone`: what was said in a call."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from service.commands import texts
from service.commands.options import handle_argument, json_option, told
from service.invocation import Invocation
from storage.errors import WrongUse

_LONGEST = 1000
"""Characters that are read of a password."""


@click.command(short_help="Write down what was said in a call.")
@handle_argument
@click.option(
    "-m", "--message", "messages", multiple=True, metavar="TEXT", help="What was said; more than once: paragraphs."
)
@click.option(
    "-F", "--file", type=click.Path(path_type=Path, allow_dash=True), help="The same from a file, - is stdin."
)
@click.option("--caller", default="", metavar="NAME", help="Who rang.")
@click.option("--number", default="", metavar="NUMBER", help="From which number.")
@click.option(
    "--password", is_flag=True, help="Ask for the customer's phone password: typed unseen, or a line of stdin."
)
@json_option
@click.pass_obj
def phone(
    invocation: Invocation,
    handle: str,
    messages: tuple[str, ...],
    file: Path | None,
    caller: str,
    number: str,
    password: bool,
    as_json: bool,
) -> None:
    """Write down what was said in a call; only agents see it. Whether the caller knew the phone password stands beside it.

    \b
    Example:
      brief phone anna-rechnung --caller "Anna Beispiel" --number "0221 123456" -m "Die Rechnung ist da."
      brief phone anna-rechnung --password -m "Will die Domain kündigen."
    """
    if password and str(file) == "-":
        raise WrongUse("the password is read from stdin; give the text with -m, or from a file")
    if not messages and file is None:
        raise WrongUse("what was said? Give it with -m TEXT or -F FILE")
    text = texts.given(messages, file) or ""
    with invocation.desk() as desk:
        row = desk.phone(handle, text, caller=caller, number=number, password=secret() if password else None)
    known = {"right": ", the password is right", "wrong": ", the password is WRONG", "none set": ", no password is set"}
    told(row, f"noted at {row['handle']}{known.get(row['password'], '')}", as_json=as_json)


def secret(*, new: bool = False) -> str:
    """A phone password, typed unseen; where nobody sits at a terminal, a line of stdin."""
    if sys.stdin.isatty():
        typed: str = click.prompt("Phone password", hide_input=True, confirmation_prompt=new, err=True)
        return typed[:_LONGEST]
    return sys.stdin.readline(_LONGEST).rstrip("\r\n")
