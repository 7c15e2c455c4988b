"""The commands that change where a conversation stands. Each is taken back by `brief undo`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from service.commands.options import handle_argument, json_option, refuse_doubtful, told
from service.invocation import Invocation
from storage.errors import WrongUse
from templates.amounts import counted

if TYPE_CHECKING:
    from service.desk import Desk


@click.command(short_help="Give a conversation to an agent.")
@handle_argument
@click.argument("agent", required=False)
@click.option("--nobody", is_flag=True, help="Give it back, so that it is nobody's.")
@click.option("--department", default="", metavar="NAME", help="Give it to another department.")
@json_option
@click.pass_obj
def assign(
    invocation: Invocation, handle: str, agent: str | None, nobody: bool, department: str, as_json: bool
) -> None:
    """Give a conversation to an agent, or to another department. The customer hears nothing of it.

    In another department it is nobody's, unless who has it is of that one, too.

    \b
    Example:
      brief assign anna-rechnung ben
      brief assign anna-rechnung --nobody
      brief assign anna-rechnung --department Buchhaltung
    """
    if [bool(agent), nobody, bool(department)].count(True) != 1:
        raise WrongUse("to whom? Name one of these: an agent, --nobody, or --department NAME")
    with invocation.desk() as desk:
        if department:
            row = desk.move_to(handle, department)
            told(row, f"{row['handle']} is now {row['department']}'s", as_json=as_json)
            return
        row = desk.assign(handle, None if nobody else agent)
    told(row, f"{row['handle']} is now {row['assignee'] or 'nobody'}'s", as_json=as_json)


@click.command(short_help="Take a conversation yourself.")
@handle_argument
@json_option
@click.pass_obj
def take(invocation: Invocation, handle: str, as_json: bool) -> None:
    """Take a conversation yourself.

    \b
    Example:
      brief take anna-rechnung
    """
    with invocation.desk() as desk:
        row = desk.take(handle)
    told(row, f"{row['handle']} is now yours", as_json=as_json)


@click.command(short_help="Close a conversation.")
@handle_argument
@json_option
@click.pass_obj
def close(invocation: Invocation, handle: str, as_json: bool) -> None:
    """Close a conversation. A mail of the customer opens it again; a callback that is open stays so.

    \b
    Example:
      brief close anna-rechnung
    """
    with invocation.desk() as desk:
        row = desk.close_conversation(handle)
    call = f"; its callback stays open: `brief callback done {row['handle']}`, or `cancel`" if row["callback"] else ""
    told(row, f"closed {row['handle']}{call}", as_json=as_json)


@click.command(short_help="Open a closed conversation again.")
@handle_argument
@json_option
@click.pass_obj
def reopen(invocation: Invocation, handle: str, as_json: bool) -> None:
    """Open a conversation that is closed, waits or was put aside.

    \b
    Example:
      brief reopen anna-rechnung
    """
    with invocation.desk() as desk:
        row = desk.reopen(handle)
    told(row, f"opened {row['handle']} again", as_json=as_json)


@click.command(short_help="Put a conversation aside until a time.")
@handle_argument
@click.argument("until", nargs=-1, required=True)
@json_option
@click.pass_obj
def snooze(invocation: Invocation, handle: str, until: tuple[str, ...], as_json: bool) -> None:
    """Put a conversation aside until a time, said in German or English. A mail of the customer brings it back earlier.

    \b
    Example:
      brief snooze anna-rechnung morgen 9 Uhr
      brief snooze anna-rechnung in 3 days
      brief snooze anna-rechnung 2026-12-24 10:00
    """
    with invocation.desk() as desk:
        row = desk.snooze(handle, " ".join(until))
        if as_json:
            told(row, "", as_json=True)
            return
        from service.terminal import parse_time, stamp

        at = parse_time(row["snoozed_until"])
        back = stamp(at, desk.clock(), desk.zone) if at else ""
        told(row, f"{row['handle']} comes back {back}", as_json=False)


@click.command(short_help="Change how urgent a conversation is.")
@handle_argument
@click.argument("priority", metavar="PRIORITY", type=click.Choice(["critical", "high", "normal", "low"]))
@click.option("-m", "--because", default="", metavar="TEXT", help="Why: `brief why` will say it.")
@json_option
@click.pass_obj
def priority(invocation: Invocation, handle: str, priority: str, because: str, as_json: bool) -> None:
    """Change how urgent a conversation is; when an answer is due follows.

    PRIORITY is critical, high, normal or low.

    \b
    Example:
      brief priority anna-rechnung high -m "their shop is down"
    """
    with invocation.desk() as desk:
        row = desk.priority(handle, priority, because)
        told(row, f"{row['handle']} is now {row['priority']}{_due(desk, row)}", as_json=as_json)


def _due(desk: Desk, row: Mapping[str, Any]) -> str:
    """By when an answer is due now, where one is."""
    from service.terminal import parse_time, stamp

    at = parse_time(row["due_at"])
    return f"; an answer is due {stamp(at, desk.clock(), desk.zone)}" if at else ""


@click.command(short_help="Make one conversation of two.")
@handle_argument
@click.argument("into")
@json_option
@click.pass_obj
def merge(invocation: Invocation, handle: str, into: str, as_json: bool) -> None:
    """Move everything of HANDLE into the conversation INTO. Later mails to either come there.

    \b
    Example:
      brief merge anna-nachtrag anna-rechnung
    """
    with invocation.desk() as desk:
        row = desk.merge(handle, into)
    holds = f"{row['handle']} now holds what {row['merged']} held, {counted(row['messages'], 'mail')} in all"
    told(row, f"{holds}; later mails to either come there{_of_two_customers(row)}", as_json=as_json)


def _of_two_customers(row: Mapping[str, Any]) -> str:
    """What an agent has to know who made one conversation of two customers': who reads the next answer."""
    other, to = row["other_customer"], row["answer_goes_to"]
    if not to:
        return ""
    goes = (
        f"to both, {' and '.join(to)}"
        if other in to
        else f"to {' and '.join(to)}, and to {other} once they write again"
    )
    handle = row["handle"]
    return f". They were two customers': the next answer goes {goes}; `brief undo {handle}` or `brief split {handle} CODE` parts them"


@click.command(short_help="Let a held message in, or a suspected conversation.")
@click.argument("message", metavar="MESSAGE|HANDLE")
@click.option("--new", is_flag=True, help="Make it a conversation of its own.")
@click.option("--yes", is_flag=True, help="Also a mail that may be forged, without asking.")
@json_option
@click.pass_obj
def accept(invocation: Invocation, message: str, new: bool, yes: bool, as_json: bool) -> None:
    """Let a message in that is held beside a conversation (MESSAGE is its code), or a conversation that is suspected.

    HANDLE means a suspected conversation, or the one message that is held beside it. A mail that may be forged is let in
    only after a question, or with --yes.

    \b
    Example:
      brief accept k3x9q2m
      brief accept k3x9q2m --new
      brief accept anna-rechnung
    """
    with invocation.desk() as desk:
        doubt = desk.forgery(message)
        refuse_doubtful(doubt.because, "Let it in all the same?", yes=yes, quiet=as_json)
        row = desk.accept(message, new=new, anyway=doubt.code)
    told(row, f"{row['handle']}: {row['did']}", as_json=as_json)


@click.command(short_help="Take back what you did last.")
@click.argument("handle", required=False, default="")
@json_option
@click.pass_obj
def undo(invocation: Invocation, handle: str, as_json: bool) -> None:
    """Take back what you did last, or did last to one conversation. An answer, as long as it is held back.

    \b
    Example:
      brief undo
      brief undo anna-rechnung
    """
    from service.drafts import keep_text

    with invocation.desk() as desk:
        row = desk.undo(handle)
        kept, former = keep_text(desk, row)
    asked = row.get("asked")
    again = f"brief forward {asked['handle']} --to {asked['to']}" if asked else f"brief reply {row['handle']}"
    wrote = "what you wrote" if row["undone"] == "reply" else "what was still to go out"
    where = f"; {wrote} is in {kept}, and `{again}` begins with it" if kept else ""
    where += f"; the draft that was there is in {former}" if former else ""
    where += "".join(f"; {each}" for each in row["told"])
    told(
        {**row, "draft": kept},
        f"{row['handle'] or row['about']}: taken back ({row['because'] or row['undone']}){where}",
        as_json=as_json,
        undoable=False,
    )
