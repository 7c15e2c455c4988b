"""`brief rules`: what ranks a mail, in order, and what it would make of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import click

from service.commands.options import handle_argument, json_option, now_and_here, output, print_all, since_when
from service.harmless import line, safe
from service.invocation import Invocation, print_json, say
from templates.amounts import counted


@click.group(short_help="What ranks a mail, and why.")
def rules() -> None:
    """The rules that rank a mail: those of the settings, [[rule]], then the built-in ones.

    \b
    Example:
      brief rules list
      brief rules test letter.eml
      brief rules replay --since 2026-10-01
    """


@rules.command(name="list", short_help="Every rule in order, and what it does.")
@json_option
@click.pass_obj
def list_rules(invocation: Invocation, as_json: bool) -> None:
    """Every rule in the order in which they are tried, what it asks for, and what follows from it.

    \b
    Example:
      brief rules list
    """
    from service.rules import rules_of
    from service.trying import described

    settings = invocation.settings()
    found = rules_of(settings)
    own = {each.name for each in settings.rule}
    rows = [described(each, own=each.name in own) for each in found.rules]
    if as_json:
        print_all(rows)
    else:
        how = "the first that fits decides" if settings.rules.match == "first" else "all that fit count together"
        _print(f"{len(rows)} rules: {how}.")
        for number, row in enumerate(rows, 1):
            _print()
            _print(f"{row['name']}{'' if row['own'] else '  (built in)'}", f"{number}. ")
            _print(_pairs(row["conditions"]), "   if    ")
            _print(_pairs(row["effects"]) or "nothing", "   then  ")
    for wrong in found.wrong:
        say(wrong)


@rules.command(short_help="What the rules make of a mail.")
@json_option
@click.option("--form", is_flag=True, help="As if it had been typed into the contact form.")
@click.argument("paths", nargs=-1, required=True, metavar="MAIL...")
@click.pass_obj
def test(invocation: Invocation, as_json: bool, form: bool, paths: tuple[str, ...]) -> None:
    """Which rules fire for a mail, and which nearly do: all but one of their conditions hold. Changes nothing, and needs no desk.

    MAIL is an .eml file, an mbox, a Maildir or a folder; "-" is standard input. It is read as of an unknown writer,
    and each line "Field: value" of what a form of [forms] wrote as a field of it; what has no header is read as if typed into a form.

    \b
    Example:
      brief rules test letter.eml
    """
    from mailgateway.archive import mails_in
    from service.trying import on_mail

    settings = invocation.settings()
    policy = settings.policy()
    for path in paths:
        for source, raw in mails_in(path):
            row = on_mail(source, raw, settings, policy, form=form)
            if as_json:
                print_json(row)
            else:
                _show(f"{row['source']}, read as {_READ_AS[row['read_as']]}", row)


@rules.command(short_help="What the rules make of a conversation's mails.")
@handle_argument
@json_option
@click.pass_obj
def why(invocation: Invocation, handle: str, as_json: bool) -> None:
    """What the rules of now make of each mail that came to a conversation, and what was decided when it came.

    \b
    Example:
      brief rules why anna-rechnung
    """
    from service.opening import reading
    from service.trying import on_conversation

    settings = invocation.settings()
    with reading(settings) as session:
        rows = on_conversation(session, handle, settings.policy())
    if as_json:
        print_all(rows)
        return
    for row in rows:
        _show(f"{row['message']}  {row['subject']}", row)
        _print(f"the conversation is {row['then']['priority']}: {row['then']['because']}", _INSET)


@rules.command(short_help="Try the rules on mails that came already.")
@click.option("--since", required=True, metavar="WHEN", help="Mails from this day on, or of the last days: 30d.")
@json_option
@click.pass_obj
def replay(invocation: Invocation, since: str, as_json: bool) -> None:
    """Try the rules as they are set now on every mail that opened a conversation, and print what would be otherwise. Changes nothing.

    \b
    Example:
      brief rules replay --since 2026-10-01
    """
    from service.opening import reading
    from service.progress import progress
    from service.trying import replayed, to_replay

    settings = invocation.settings()
    now, zone = now_and_here(settings)
    moment = since_when(since, now, zone) or now
    changes: Counter[str] = Counter()
    with reading(settings) as session:
        many = to_replay(session, moment)
        with progress("trying the rules", many) as step:
            for row in replayed(session, moment, settings.policy(), step):
                changes.update(_named(row))
                if as_json:
                    print_json(row)
                else:
                    _print(", ".join(_named(row)), f"{row['handle']}: ")
                    _print(row["because"], _INSET)
    if not as_json:
        differences = sum(changes.values())
        _print()
        _print(
            f"{counted(many, 'mail')} tried; {counted(differences, 'difference') if differences else 'no differences'}"
        )
        for change, number in changes.most_common():
            _print(change, f"{_INSET}{number} x ")


_INSET = "   "
_READ_AS = {"mail": "a mail", "form": "typed into a form"}


def _named(row: Mapping[str, Any]) -> list[str]:
    return [
        f"{name} {_told(each['was'])} -> {_told(each['now'])}"
        for name, each in row["changed"].items()
        if name != "rule" or len(row["changed"]) == 1
    ]


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, list) and value else str(value or "none")


def _show(title: str, row: Mapping[str, Any]) -> None:
    _print(title)
    asked = {name: row[name] for name in ("priority", "department", "tags", "assignee", "sla", "answer", "hold")}
    _print(f"{_pairs(asked)}: {row['because']}", _INSET)
    for each in row["fired"]:
        _print(f"{each['rule']}{'' if each['decided'] else ', behind one that decides'}", f"{_INSET}fires:  ")
    for each in row["nearly"]:
        words = f" ({each['words']})" if each["words"] else ""
        _print(f"{each['rule']}, but for {each['missing']}{words}", f"{_INSET}nearly: ")


def _pairs(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {_value(value)}" for name, value in values.items() if value)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(f"{name}={each}" if each else str(name) for name, each in value.items())
    if isinstance(value, list):
        return " | ".join(map(str, value))
    return "yes" if value is True else str(value)


def _print(text: str = "", label: str = "") -> None:
    """A text, of which each further line begins below the first one."""
    from rich.text import Text

    from service.terminal import hang

    hang(output(listing=True), Text(safe(label)), Text(line(text)))
