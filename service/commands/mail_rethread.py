"""`brief mail rethread`: the archive by today's policy; the difference is shown before anything changes."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

from service.commands.options import json_option, output, print_all, since_when
from service.invocation import Invocation, print_json, say
from service.progress import progress
from templates.amounts import counted

if TYPE_CHECKING:
    from service.desk_rethreading import Difference, Look, Outcome

_MOST_TOLD = 20
"""Messages that could not be read of which each is told by itself."""


@click.command()
@click.option("--since", metavar="DATE|DURATION", help="Only what came since: 2026-11-01, or 30d.")
@click.option("--dry-run", is_flag=True, help="Only show the difference.")
@click.option("--yes", is_flag=True, help="Apply it without asking.")
@json_option
@click.pass_obj
def rethread(invocation: Invocation, since: str | None, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Thread the archive anew by today's policy, and show what would stand elsewhere before anything changes.

    What agents decided stays. On a terminal it asks whether to apply the difference; elsewhere only --yes does. Each change
    is an act of yours, which `brief undo` takes back. Mail may come in meanwhile.

    \b
    Example:
      brief mail rethread --dry-run
      brief mail rethread --since 30d
      brief mail rethread --yes --json
    """
    from service.desk_rethreading import Outcome, apply, look
    from service.logs import start_logging

    start_logging("critical", json_lines=invocation.settings().log.json_lines)  # what failed is counted
    with invocation.desk(reading=True) as desk:
        try:
            looked = look(desk, since_when(since, desk.clock(), desk.zone), progress)
        except KeyboardInterrupt:
            say("interrupted; nothing was changed")
            raise
        found = looked.differences
        if not (as_json and yes and not dry_run):  # else each is told once, with what became of it
            _show([Outcome(each, each.target, left=each.left) for each in found], as_json=as_json)
        say(_summary(looked))
        _tell_unread(looked)
        if found and not dry_run and (yes or _agreed(found, asks=not as_json)):
            _applied(apply(desk, found), as_json=as_json)


def _agreed(found: Sequence[Difference], *, asks: bool) -> bool:
    """Whether a person wants it; where nobody can be asked it is said how it is done."""
    if not (asks and sys.stdin.isatty() and sys.stderr.isatty()):
        say("nothing was changed; --yes applies it")
        return False
    those = "this change" if len(found) == 1 else f"these {len(found)} changes"
    try:
        agreed = click.confirm(f"Apply {those}?", default=False, err=True)
    except click.Abort:
        say("")  # behind the question
        agreed = False
    if not agreed:
        say("nothing was changed")
    return agreed


def _show(shown: Sequence[Outcome], *, as_json: bool) -> None:
    from service.terminal_rethreading import differences

    rows = [each.as_json() for each in shown]
    if as_json:
        print_all(rows)
    elif rows:
        differences(output(listing=True), rows)


def _summary(looked: Look) -> str:
    tally = Counter(each.what.becomes for each in looked.differences)
    said = ", ".join(f"{number} {becomes.value}" for becomes, number in tally.items())
    changes = f"{counted(len(looked.differences), 'difference')}: {said}" if said else "nothing would stand elsewhere"
    unread = len(looked.unread)
    failed = f"; {counted(unread, 'message')} could not be read anew and would stay" if unread else ""
    return f"{counted(looked.messages, 'message')} threaded anew, {changes}{failed}"


def _tell_unread(looked: Look) -> None:
    for each in looked.unread[:_MOST_TOLD]:
        say(f"{each.code} could not be read anew: {each.because}")
    if len(looked.unread) > _MOST_TOLD:
        say(f"and {len(looked.unread) - _MOST_TOLD} more could not be read anew")


def _applied(outcomes: Iterable[Outcome], *, as_json: bool) -> None:
    """Apply them one after another; how many were, and what was left, is said also where it was interrupted."""
    done = 0
    try:
        for each in outcomes:
            done += each.applied
            if as_json:
                print_json(each.as_json())
            elif each.left:
                say(f"{each.difference.source}: left as it is: {each.left}")
    finally:
        say(f"{counted(done, 'change')} applied" + ("; `brief undo` takes each back, the last first" if done else ""))
