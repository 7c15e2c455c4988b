"""`brief mail prove`: that nothing was lost."""

from __future__ import annotations

from collections import Counter
from typing import Any

import click

from service.commands.options import json_option, output
from service.invocation import Invocation, print_json, say


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
    from service.harmless import line
    from service.opening import reading
    from service.progress import progress

    tally: Counter[tuple[str, str]] = Counter()
    differences = 0
    with reading(invocation.settings()) as session, progress("adding up", None) as step:
        for each in outcomes(session, read=read):
            tally[each.source, each.outcome if not each.wrong else "difference"] += 1
            step(1)
            if each.wrong:
                differences += 1
                if as_json:
                    print_json(
                        {
                            "difference": each.name,
                            "source": each.source,
                            "received_at": each.received_at.isoformat(),
                            "because": each.wrong,
                        }
                    )
                else:
                    output().print(
                        line(f"{each.name}  {each.source}  {each.received_at:%Y-%m-%d %H:%M}  {each.wrong}"),
                        soft_wrap=True,
                    )
    if as_json:
        print_json(summary(tally))
    else:
        for text in lines(tally):
            output().print(line(text), soft_wrap=True)
    if differences:
        say(f"{differences} mails do not add up: bring them back from a backup, and tell us")
        raise click.exceptions.Exit(1)


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
        f"{source}: " + ", ".join(f"{number} {outcome}" for outcome, number in outcomes.items())
        for source, outcomes in found["by_source"].items()
    ]
    return [*said, f"{found['accepted']} accepted, difference {found['difference']}"]
