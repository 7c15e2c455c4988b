"""`brief customer`: who writes to the desk, and which addresses are one person's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from service.commands.customer_correspondence import correspondence
from service.commands.options import json_option, output, print_all, refuse_doubtful
from service.invocation import Invocation, print_json, say
from storage.errors import WrongUse

if TYPE_CHECKING:
    from service.desk import Desk

_PAGE = 50


@click.group(short_help="Who writes to the desk.")
def customer() -> None:
    """Who writes to the desk: their addresses, their organisation, their conversations.

    \b
    Example:
      brief customer show anna@example.com
    """


customer.add_command(correspondence)


@customer.command(short_help="Somebody with their addresses and conversations.")
@click.argument("name", metavar="ADDRESS|HANDLE")
@json_option
@click.pass_obj
def show(invocation: Invocation, name: str, as_json: bool) -> None:
    """The person with an address, or the customer of a conversation; and their organisation's conversations, where they may see all.

    \b
    Example:
      brief customer show anna@example.com
      brief customer show anna-rechnung
    """
    with invocation.desk(reading=True) as desk:
        row = desk.people.customer(name)
        if as_json:
            print_json(row)
            return
        from service.terminal_people import customer as on_terminal

        on_terminal(output(listing=True), row, desk.clock(), desk.zone)


@customer.command(name="list", short_help="The customers, by their addresses.")
@click.argument("beginning", default="")
@click.option("--organisation", default="", metavar="NAME", help="Only those of one organisation.")
@click.option(
    "--limit", metavar="N", default=_PAGE, show_default=True, type=click.IntRange(1, 1000), help="How many at most."
)
@click.option("--after", default="", metavar="ADDRESS", help="Go on after this one: the last of the page before.")
@json_option
@click.pass_obj
def list_customers(
    invocation: Invocation, beginning: str, organisation: str, limit: int, after: str, as_json: bool
) -> None:
    """The customers in the order of their addresses: all of them, or those whose address begins so.

    \b
    Example:
      brief customer list
      brief customer list anna
      brief customer list --organisation "Nord AG"
    """
    with invocation.desk(reading=True) as desk:
        rows = desk.people.customers(beginning=beginning, organisation=organisation, limit=limit, after=after)
    if as_json:
        print_all(rows)
        return
    from service.terminal_people import customers

    if rows:
        customers(output(listing=True), rows)
    else:
        output().print("There is no such customer." if beginning or organisation or after else "Nobody wrote yet.")
    if len(rows) == limit:
        say(f"there may be more: --after {rows[-1]['address']} goes on, --limit shows more at once")


@customer.command(short_help="Say that two addresses are one person's.")
@click.argument("address")
@click.argument("other")
@click.option("--yes", is_flag=True, help="Also two who are called otherwise, without asking.")
@json_option
@click.pass_obj
def link(invocation: Invocation, address: str, other: str, yes: bool, as_json: bool) -> None:
    """Say that OTHER is another address of the person with ADDRESS. From now on mail from either is by that person.

    The conversations of both are theirs. OTHER need not have written yet. Two who are called otherwise are linked only after a
    question, or with --yes. Mail of theirs that is held stays so until you let it in.

    \b
    Example:
      brief customer link anna@example.com anna@home.example
    """
    with invocation.desk() as desk:
        refuse_doubtful(_doubt(desk, address, other), "Are they one person?", yes=yes, quiet=as_json)
        row = desk.people.link(address, other)
    if as_json:
        print_json(row)
        return
    from service.terminal_people import done

    both = " and ".join(name for name in row["names"] if name)
    called = f": {both}" if all(row["names"]) else ""
    done(output(), row, f"{', '.join(row['addresses'])} are one person's{called}")
    for code in row["held"]:
        doubt = ", which may be forged," if code in row["may_be_forged"] else ""
        say(f"the mail {code} of {other}{doubt} came before that, and is still held: `brief accept {code}` lets it in")


def _doubt(desk: Desk, address: str, other: str) -> str:
    """What speaks against two addresses being one person's: that their names are not alike."""
    from threads.people.linking import differ

    one, another = desk.people.names(address, other)
    return f"{address} is {one}, and {other} is {another}" if differ(one, another) else ""


@customer.command(name="phone-password", short_help="What somebody says on the telephone to show who they are.")
@click.argument("address")
@click.option("--none", "takes_away", is_flag=True, help="Take it away.")
@json_option
@click.pass_obj
def phone_password(invocation: Invocation, address: str, takes_away: bool, as_json: bool) -> None:
    """Give a customer a phone password: typed twice and unseen, or a line of stdin. Only a salted hash of it is kept.

    `brief phone HANDLE --password` asks for it. Capitals and blanks do not count: it is spoken.

    \b
    Example:
      brief customer phone-password anna@example.com
      brief customer phone-password anna@example.com --none
    """
    from service.commands.phone import secret

    password = "" if takes_away else secret(new=True)
    if not takes_away and not password:
        raise WrongUse("the password is empty; --none takes one away")
    with invocation.desk() as desk:
        row = desk.people.phone_password(address, password)
    if as_json:
        print_json(row)
    else:
        say(f"{row['address']} has {'a' if row['phone_password'] else 'no'} phone password now")
