"""`brief mail inspect`: what would be made of a mail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from service.commands.options import json_option, output
from service.harmless import line, safe
from service.invocation import print_json
from templates.amounts import size


@click.command("inspect")
@json_option
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
def inspect(as_json: bool, paths: tuple[str, ...]) -> None:
    """Read mails and say what would be made of each. Changes nothing, and needs no desk.

    PATH is an .eml file, an mbox, a Maildir or a folder; "-" is standard input.

    \b
    Example:
      brief mail inspect letter.eml
      brief mail inspect --json archive.mbox
    """
    from mailgateway.archive import mails_in
    from mailgateway.inspect import inspected

    for path in paths:
        for source, raw in mails_in(path):
            found = inspected(source, raw)
            if as_json:
                print_json(found)
            else:
                show(found)


def show(found: Mapping[str, Any]) -> None:
    """Print what was found for people."""
    from rich.rule import Rule
    from rich.text import Text

    from service.terminal import READABLE, hang

    to = output()
    to.print(Rule(Text(line(found["source"])), align="left", style="dim"))
    for label, value in lines_of(found):
        if value:
            hang(to, Text(f"{label:<10}  ", "quiet"), Text(line(value)))
    to.print()
    text = safe(found["reply"]).strip() or safe(found["text"]).strip() or "(no text)"
    hang(to, Text(), Text(text), widest=READABLE)
    to.print()


def lines_of(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The facts about one mail, each with its label."""
    answer = "acknowledged" if found["acknowledge"] else "not acknowledged"
    return [
        ("From", written(found["from"])),
        ("To", ", ".join(written(each) for each in found["to"])),
        ("Cc", ", ".join(written(each) for each in found["cc"])),
        ("Subject", found["subject"]),
        ("Date", found["date"] or ""),
        ("Kind", f"{found['kind']}, {answer}: {found['because']}"),
        ("Customer", written(found["customer"]) if found["customer"] != found["from"] else ""),
        ("Failed for", ", ".join(found["failed_recipients"])),
        ("Priority", found["priority"]),
        ("Attached", ", ".join(f"{each['name']} ({size(each['size'])})" for each in found["attachments"])),
        ("Defects", "; ".join(found["defects"])),
    ]


def written(person: Mapping[str, str] | None) -> str:
    """A person as in a letter head."""
    if person is None:
        return ""
    return f"{person['name']} <{person['address']}>" if person["name"] else person["address"]
