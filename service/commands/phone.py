"""`brief phone`: what was said in a call."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from service.commands import texts
from service.commands.options import json_option, told
from service.invocation import Invocation
from storage.errors import WrongUse

if TYPE_CHECKING:
    from service.desk_phone import Rang

_LONGEST = 1000
"""Characters that are read of a password."""


@click.command(short_help="Write down what was said in a call.")
@click.argument("handle", required=False)
@click.option(
    "--new", "who", metavar="ADDRESS", help="Open a conversation with the customer who rang, in place of HANDLE."
)
@click.option("--subject", default=None, metavar="TEXT", help="What the new one is about.")
@click.option("--mailbox", default="", metavar="ADDRESS", help="From which mailbox it is answered  [the first]")
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
    handle: str | None,
    who: str | None,
    subject: str | None,
    mailbox: str,
    messages: tuple[str, ...],
    file: Path | None,
    caller: str,
    number: str,
    password: bool,
    as_json: bool,
) -> None:
    """Write down what was said in a call; only agents see it. Whether the caller knew the phone password stands beside it.

    With --new it opens a conversation of its own, in which the customer waits for an answer; nothing is sent to them.

    \b
    Example:
      brief phone anna-rechnung --caller "Anna Beispiel" --number "0221 123456" -m "Die Rechnung ist da."
      brief phone anna-rechnung --password -m "Will die Domain kündigen."
      brief phone --new anna@example.org --subject "Umzug" --caller "Anna Beispiel" -m "Fragt, wann wir umziehen."
    """
    if password and str(file) == "-":
        raise WrongUse("the password is read from stdin; give the text with -m, or from a file")
    if not messages and file is None:
        raise WrongUse("what was said? Give it with -m TEXT or -F FILE")
    if (handle is None) == (who is None):
        raise WrongUse("which conversation? Name its HANDLE, or say --new ADDRESS --subject TEXT for one of its own")
    if who is None and (subject is not None or mailbox):
        raise WrongUse("--subject and --mailbox are of a new conversation: say --new ADDRESS as well")
    text = texts.given(messages, file) or ""
    rang: Rang = {"caller": caller, "number": number, "password": secret() if password else None}
    if who is not None:
        rang |= {"subject": subject or "", "mailbox": mailbox}
    with invocation.desk() as desk:
        row = desk.phone(who or handle or "", text, **rang)
    known = {"right": ", the password is right", "wrong": ", the password is WRONG", "none set": ", no password is set"}
    did = "opened" if who is not None else "noted at"
    told(row, f"{did} {row['handle']}{known.get(row['password'], '')}", as_json=as_json)


def secret(*, new: bool = False) -> str:
    """A phone password, typed unseen; where nobody sits at a terminal, a line of stdin."""
    if sys.stdin.isatty():
        typed: str = click.prompt("Phone password", hide_input=True, confirmation_prompt=new, err=True)
        return typed[:_LONGEST]
    return sys.stdin.readline(_LONGEST).rstrip("\r\n")
