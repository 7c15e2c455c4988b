"""`brief customer correspondence`: all that a customer and the desk wrote to each other, for that customer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from service.commands.options import json_option, output
from service.harmless import line
from service.invocation import Invocation, print_json
from storage.errors import BriefwechselError, WrongUse
from storage.reasons import in_words
from templates.amounts import counted

if TYPE_CHECKING:
    from service.correspondence import Correspondence
    from service.desk import Desk
    from service.settings import Settings
    from threads.people.correspondence import Reader


@click.command(short_help="All that a customer and you wrote to each other, for them.")
@click.argument("who", metavar="ADDRESS|HANDLE")
@click.option("--send", is_flag=True, help="Mail them a link, to their address on record.")
@click.option(
    "--mbox", "file", metavar="FILE", type=click.Path(path_type=Path), help="Write the mails into a new file."
)
@json_option
@click.pass_obj
def correspondence(invocation: Invocation, who: str, send: bool, file: Path | None, as_json: bool) -> None:
    """Give a customer all that you wrote to each other: a link that ends by itself, or the mails as an mbox.

    They get what they wrote or got: no notes, no mails of strangers and machines, nothing that third parties were asked.
    A HANDLE means its customer, at the address they wrote from last.

    \b
    Example:
      brief customer correspondence anna@example.org --send
      brief customer correspondence anna-rechnung --mbox anna.mbox
    """
    if not send and file is None:
        raise click.UsageError("say how: --send mails a link, --mbox FILE writes the mails")
    from service.correspondence import Correspondence, reader_named, unavailable
    from service.keys import open_keys

    settings = invocation.settings()
    if send and (why := unavailable(settings.web)):
        raise WrongUse(f"no link can be sent: {why}")
    with invocation.desk() as desk:
        agent_id = desk.me()
        keys = open_keys(desk.data, desk.database)
        shown = Correspondence(desk.database, keys, desk.policy, settings.web, desk.clock)
        with desk.reading() as session:
            reader = reader_named(session, who)
        row: dict[str, Any] = {"customer": {"name": reader.name, "address": reader.address}}
        if file is not None:
            row |= _written(desk, shown, reader, file)
        if send:
            row |= _sent(desk, shown, reader, agent_id, settings)
        zone = desk.zone
    print_json(row) if as_json else _tell(row, zone)


def _sent(desk: Desk, shown: Correspondence, reader: Reader, agent_id: str, settings: Settings) -> dict[str, Any]:
    why = shown.mail_link(reader, agent_id=agent_id)
    if why:
        raise WrongUse(why)
    return {"sent_to": reader.address, "until": (desk.clock() + settings.web.correspondence_for).isoformat()}


def _written(desk: Desk, shown: Correspondence, reader: Reader, file: Path) -> dict[str, Any]:
    from threads.store.correspondence import readable

    with desk.reading() as session:
        letters = readable(session, reader)
    mails = _into(file, shown.mbox(letters))
    return {"file": str(file), "mails": mails, "left_out": len(letters) - mails}


def _into(file: Path, mails: Iterator[bytes]) -> int:
    """Write mails into a file that is not there yet; how many."""
    from service.files import new_file

    try:
        with new_file(file) as opened:
            return sum(1 for each in mails if opened.write(each))
    except FileExistsError:
        raise WrongUse(f"{file} is there already; name a file that is not") from None
    except OSError as error:
        raise BriefwechselError(f"{file} cannot be written: {in_words(error)}") from None


def _tell(row: dict[str, Any], zone: tzinfo) -> None:
    from threads.outgoing.wording import day_and_time

    to = output()
    if "file" in row:
        left_out = f"; {counted(row['left_out'], 'mail')} with a virus or erased left out" if row["left_out"] else ""
        to.print(line(f"{counted(row['mails'], 'mail')} written to {row['file']}{left_out}"), soft_wrap=True)
    if "sent_to" in row:
        until = day_and_time(datetime.fromisoformat(row["until"]).astimezone(zone), "en")
        to.print(line(f"the link is on its way to {row['sent_to']}; it works until {until}"), soft_wrap=True)
