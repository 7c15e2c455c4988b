"""`brief mail prove`: that nothing was lost."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from service.commands.options import json_option, output
from service.invocation import Invocation, print_json, say
from templates.amounts import counted

if TYPE_CHECKING:
    from mailgateway.prove import Outcome


@click.command(short_help="Every mail ever accepted, and what became of it.")
@click.option("--read", is_flag=True, help="Read each raw mail, too, and compare its checksum.")
@json_option
@click.pass_obj
def prove(invocation: Invocation, read: bool, as_json: bool) -> None:
    """Add up every mail that was ever accepted: in a conversation, a duplicate, shunted, or still waiting.

    What does not add up is named, and the command ends with 1.

    \b
    Example:
      brief mail prove
      brief mail prove --read --json
    """
    from mailgateway.prove import outcomes
    from service.opening import reading
    from service.progress import progress

    tally: Counter[tuple[str, str]] = Counter()
    with reading(invocation.settings()) as session, progress("adding up", None) as step:
        for each in outcomes(session, read=read):
            tally[each.source, "difference" if each.wrong else each.outcome] += 1
            step(1)
            if each.wrong:
                _name(each, as_json=as_json)
    _sum_up(tally, as_json=as_json)
    if differences := summary(tally)["difference"]:
        mails = counted(differences, "mail does", "mails do")
        say(f"{mails} not add up: bring back from a backup what is gone, and tell us")
        raise click.exceptions.Exit(1)


def _name(each: Outcome, *, as_json: bool) -> None:
    """Print a mail that does not add up."""
    if as_json:
        at = each.received_at.isoformat()
        print_json({"difference": each.name, "source": each.source, "received_at": at, "because": each.wrong})
    else:
        _print(f"{each.name}  {each.source}  {each.received_at:%Y-%m-%d %H:%M}  {each.wrong}")


def _sum_up(tally: Counter[tuple[str, str]], *, as_json: bool) -> None:
    if as_json:
        print_json(summary(tally))
        return
    for text in lines(tally):
        _print(text)


def _print(text: str) -> None:
    from service.harmless import line

    output().print(line(text), soft_wrap=True)


_SAID = {
    "conversation": "in a conversation",
    "duplicate": "there already",
    "difference": "not adding up",
}
"""What an outcome is called behind a number."""


def summary(tally: Counter[tuple[str, str]]) -> dict[str, Any]:
    """The sums: by source, by outcome, and the difference, which should be 0."""
    by_source: dict[str, dict[str, int]] = {}
    for (source, outcome), number in sorted(tally.items()):
        by_source.setdefault(source, {})[outcome] = number
    envelopes = {source: found for source, found in by_source.items() if source != "imap uid"}
    return {
        "accepted": sum(sum(found.values()) for found in envelopes.values()),
        "by_source": by_source,
        "difference": sum(found.get("difference", 0) for found in by_source.values()),
    }


def lines(tally: Counter[tuple[str, str]]) -> list[str]:
    """The sums for people."""
    found = summary(tally)
    said = [
        f"{source}: " + ", ".join(f"{number} {_SAID.get(outcome, outcome)}" for outcome, number in outcomes.items())
        for source, outcomes in found["by_source"].items()
    ]
    return [*said, f"{found['accepted']} accepted, difference {found['difference']}"]
