"""`brief organisation`: several people of one customer, and what each of them may see, say and declare."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from service.commands.options import json_option, output, print_all
from service.invocation import Invocation, print_json
from storage.errors import WrongUse


@click.group(short_help="Several people of one customer, and their rights.")
def organisation() -> None:
    """Several people of one customer, and what each of them may see, say and declare.

    NAME is the whole name, or a beginning of it that fits only one.

    \b
    Example:
      brief organisation add "Nord AG"
      brief organisation member add "Nord AG" anna@nord.example --sees all --speaks
    """


@organisation.command()
@click.argument("name")
@json_option
@click.pass_obj
def add(invocation: Invocation, name: str, as_json: bool) -> None:
    """Make an organisation.

    \b
    Example:
      brief organisation add "Nord AG"
    """
    with invocation.desk() as desk:
        row = desk.people.add_organisation(name)
    _told(row, f"made {row['name']}", as_json=as_json)


@organisation.command(name="list")
@json_option
@click.pass_obj
def list_organisations(invocation: Invocation, as_json: bool) -> None:
    """Every organisation, with how many members it has.

    \b
    Example:
      brief organisation list
    """
    with invocation.desk(reading=True) as desk:
        rows = desk.people.organisations()
    if as_json:
        print_all(rows)
        return
    from service.terminal_people import organisations

    if rows:
        organisations(output(listing=True), rows)
    else:
        output().print("There is no organisation yet: brief organisation add NAME makes one.")


@organisation.command()
@click.argument("name")
@json_option
@click.pass_obj
def show(invocation: Invocation, name: str, as_json: bool) -> None:
    """An organisation with its members, and what each of them may do.

    \b
    Example:
      brief organisation show Nord
    """
    with invocation.desk(reading=True) as desk:
        row = desk.people.organisation(name)
    if as_json:
        print_json(row)
        return
    from service.terminal_people import organisation as on_terminal

    on_terminal(output(listing=True), row)


@organisation.command()
@click.argument("name")
@click.argument("new")
@json_option
@click.pass_obj
def rename(invocation: Invocation, name: str, new: str, as_json: bool) -> None:
    """Call an organisation otherwise.

    \b
    Example:
      brief organisation rename "Nord AG" "Nord SE"
    """
    with invocation.desk() as desk:
        row = desk.people.rename_organisation(name, new)
    _told(row, f"it is called {row['name']} now", as_json=as_json)


@organisation.command(short_help="Give it a contract class, and hours of its own.")
@click.argument("name")
@click.option("--contract", metavar="CLASS", help='The class of an [[sla]] of the settings; "" is none.')
@click.option("--calendar", metavar="NAME", help='A [[calendar]] of the settings, or 24/7; "" is the mailbox\'s.')
@json_option
@click.pass_obj
def promise(invocation: Invocation, name: str, contract: str | None, calendar: str | None, as_json: bool) -> None:
    """Say what an organisation has been promised: a contract class, and the hours by which its clocks run.

    What is open with its members is due anew, by what has passed since each began.

    \b
    Example:
      brief organisation promise "Nord AG" --contract gold
      brief organisation promise "Nord AG" --calendar 24/7
      brief organisation promise "Nord AG" --contract ""
    """
    if contract is None and calendar is None:
        raise WrongUse("what is promised? Say --contract CLASS or --calendar NAME")
    with invocation.desk() as desk:
        row = desk.people.promise(name, contract=contract, calendar=calendar)
    _told(row, row["did"], as_json=as_json)


@organisation.command(short_help="End an organisation; its members stay as people.")
@click.argument("name")
@json_option
@click.pass_obj
def remove(invocation: Invocation, name: str, as_json: bool) -> None:
    """End an organisation. Its members stay as people, each with their own conversations.

    \b
    Example:
      brief organisation remove "Nord AG"
    """
    with invocation.desk() as desk:
        row = desk.people.remove_organisation(name)
    _told(row, f"removed {row['name']}", as_json=as_json)


@organisation.group(short_help="Who is of an organisation, and what they may do for it.")
def member() -> None:
    """Who is of an organisation, and what they may do for it.

    \b
    Example:
      brief organisation member add "Nord AG" ben@nord.example
    """


@member.command(name="add", short_help="Make somebody a member, or change their rights.")
@click.argument("name", metavar="ORGANISATION")
@click.argument("address")
@click.option(
    "--sees", type=click.Choice(["own", "all"]), help="Which of its conversations they may see.  [default: own]"
)
@click.option("--may-declare/--may-not-declare", default=None, help="Whether they may declare an emergency.")
@click.option("--speaks/--does-not-speak", default=None, help="Whether they are an authorised speaker.")
@json_option
@click.pass_obj
def add_member(
    invocation: Invocation,
    name: str,
    address: str,
    sees: str | None,
    may_declare: bool | None,
    speaks: bool | None,
    as_json: bool,
) -> None:
    """Make somebody a member, or change what a member may do: what is not named stays as it is.

    Who sees all is no stranger in the conversations of the others; who sees only their own is, also by their domain.

    \b
    Example:
      brief organisation member add "Nord AG" ben@nord.example
      brief organisation member add "Nord AG" anna@nord.example --sees all --speaks --may-declare
    """
    with invocation.desk() as desk:
        row = desk.people.add_member(name, address, sees=sees, may_declare=may_declare, speaks=speaks)
    _told(row, row["did"], as_json=as_json)


@member.command(name="remove")
@click.argument("name", metavar="ORGANISATION")
@click.argument("address")
@json_option
@click.pass_obj
def remove_member(invocation: Invocation, name: str, address: str, as_json: bool) -> None:
    """Somebody is a member no more, and has no rights of one.

    \b
    Example:
      brief organisation member remove "Nord AG" ben@nord.example
    """
    with invocation.desk() as desk:
        row = desk.people.remove_member(name, address)
    _told(row, row["did"], as_json=as_json)


def _told(row: Mapping[str, Any], text: str, *, as_json: bool) -> None:
    if as_json:
        print_json(row)
        return
    from service.terminal_people import done

    done(output(), row, text)
