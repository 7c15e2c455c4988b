"""`brief agent`: the people who answer."""

from __future__ import annotations

import click

from service.commands.options import json_option, output, print_all
from service.invocation import Invocation, print_json
from templates.amounts import counted


@click.group(short_help="The people who answer.")
def agent() -> None:
    """The people who answer.

    \b
    Example:
      brief agent add anna --name "Anna Weber" --email anna@example.org
    """


@agent.command()
@click.argument("agent_id", metavar="ID")
@click.option("--name", default="", help="As customers read it under an answer.")
@click.option("--email", default="", metavar="ADDRESS", help="Where notices go, and what mail of theirs is known by.")
@click.option(
    "--login", default="", metavar="USER", help="Their user of the operating system, by which they are known."
)
@json_option
@click.pass_obj
def add(invocation: Invocation, agent_id: str, name: str, email: str, login: str, as_json: bool) -> None:
    """Make an agent, or let a disabled one in again.

    \b
    Example:
      brief agent add anna --name "Anna Weber" --email anna@example.org --login aweber
    """
    with invocation.desk() as desk:
        row = desk.add_agent(agent_id, name=name, email=email, login=login)
    if as_json:
        print_json(row)
    else:
        output().print(f"{row['id']} may answer now: brief --as {row['id']} inbox")


@agent.command(short_help="Give an agent another name, address or login.")
@click.argument("agent_id", metavar="ID")
@click.option("--name", default=None, help="As customers read it under an answer.")
@click.option("--email", default=None, metavar="ADDRESS", help='Where notices go; "" takes it away.')
@click.option("--login", default=None, metavar="USER", help='Their user of the operating system; "" takes it away.')
@json_option
@click.pass_obj
def change(
    invocation: Invocation, agent_id: str, name: str | None, email: str | None, login: str | None, as_json: bool
) -> None:
    """Give an agent another name, mail address or login; what is not named stays.

    \b
    Example:
      brief agent change anna --email anna@example.org
    """
    with invocation.desk() as desk:
        row = desk.change_agent(agent_id, name=name, email=email, login=login)
    if as_json:
        print_json(row)
    else:
        reached = f"notices go to {row['email']}" if row["email"] else "they have no mail address and get no notices"
        output().print(f"{row['id']} is {row['name']}; {reached}.")


@agent.command(name="list")
@json_option
@click.pass_obj
def list_agents(invocation: Invocation, as_json: bool) -> None:
    """Everybody who answers, or did.

    \b
    Example:
      brief agent list
    """
    with invocation.desk(reading=True) as desk:
        rows = desk.agents()
    if as_json:
        print_all(rows)
        return
    from service.terminal_lists import agents

    if rows:
        agents(output(listing=True), rows)
    else:
        output().print("There is no agent yet: brief agent add ID makes one.")


@agent.command()
@click.argument("agent_id", metavar="ID")
@json_option
@click.pass_obj
def disable(invocation: Invocation, agent_id: str, as_json: bool) -> None:
    """Let an agent act no more. What they did stays; what was theirs is still theirs.

    \b
    Example:
      brief agent disable anna
    """
    with invocation.desk() as desk:
        row = desk.disable_agent(agent_id)
    if as_json:
        print_json(row)
        return
    left = row["conversations"]
    rest = (
        f"; {counted(left, 'conversation is', 'conversations are')} still theirs: brief assign HANDLE AGENT"
        if left
        else ""
    )
    output().print(f"{row['id']} acts no more{rest}")
