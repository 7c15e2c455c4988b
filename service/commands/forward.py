"""`brief forward`: a third party is asked about a customer's matter."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from service.commands import texts
from service.commands.options import handle_argument, json_option, told
from service.harmless import line
from service.invocation import Invocation, say
from storage.errors import BriefwechselError, WrongUse

if TYPE_CHECKING:
    from service.desk import Desk
    from service.desk_forwarding import Wanted


@click.command(short_help="Ask a third party about it.")
@handle_argument
@click.option("--to", required=True, metavar="ADDRESS", help="Whom to ask.")
@click.option(
    "-m", "texts_given", multiple=True, metavar="TEXT", help="The question; more than once: paragraphs."
)  # fmt: skip
@click.option(
    "-F", "--file", type=click.Path(path_type=Path, allow_dash=True), help="The question from a file, - is stdin."
)
@click.option("--message", default="", metavar="CODE", help="What is forwarded  [default: the customer's last mail]")
@click.option("--with-address", is_flag=True, help="They get to see the customer's address, too.")
@click.option("--with-attachments", is_flag=True, help="The files of that message go along.")
@click.option("--anyway", is_flag=True, help="Send even to an address that mail failed for for good.")
@json_option
@click.pass_obj
def forward(
    invocation: Invocation,
    handle: str,
    to: str,
    texts_given: tuple[str, ...],
    file: Path | None,
    message: str,
    with_address: bool,
    with_attachments: bool,
    anyway: bool,
    as_json: bool,
) -> None:
    """Ask a third party about a customer's matter, with the customer's last mail. Without -m and -F your editor opens.

    Their answer comes into a side conversation, which the customer never sees; they see nothing but what is forwarded.
    The mail is held back for some seconds, in which `brief undo` takes it back.

    \b
    Example:
      brief forward anna-rechnung --to ben@registry.example -m "Ist die Domain frei?"
      brief forward anna-rechnung --to ben@registry.example --with-attachments
    """
    from service.desk_forwarding import Wanted
    from threads.outgoing.sending import address_of

    address_of(to)  # what is no address is told before a question is written
    text = texts.given(texts_given, file)
    wanted = Wanted(to, message, with_address, with_attachments, anyway)
    with invocation.desk() as desk:
        row = (
            desk.forward(handle, text, wanted) if text is not None else _edited(desk, handle, wanted, quiet=as_json)
        )  # fmt: skip
    when = f"in {row['held_for']:g} s" if row["held_for"] else "now"
    whom = ", ".join(each["address"] for each in row["to"])
    told(
        row,
        f"asked {whom} about {row['side_of']}: it goes out {when}; the answer comes into {row['handle']}",
        as_json=as_json,
        undoable=row["held_for"] > 0,
    )


def _edited(desk: Desk, handle: str, wanted: Wanted, *, quiet: bool) -> dict[str, Any]:
    """Open the editor on a draft, and send what was written; the draft stays until that has worked."""
    from service import editor
    from service.drafts import asking, own_draft
    from storage.private import write_private

    begun = desk.begin_forward(handle, wanted)
    with own_draft(desk.data, asking(begun["conversation"], begun["to"]["address"]), begun["agent"]) as file:
        before = editor.written(file.read_text("utf-8", "replace")) if file.exists() else ""
        write_private(file, editor.template(begun, before, _facts(begun, wanted)).encode())
        editor.edit(file, quiet=quiet)
        text = editor.written(file.read_text("utf-8", "replace"))
        if not text.strip():
            file.unlink(missing_ok=True)
            raise WrongUse("the question is empty; nothing was sent")
        try:
            row = desk.forward(begun["handle"], text, wanted)
        except BriefwechselError:
            say(f"what you wrote is in {file}; `brief forward {begun['handle']} --to {wanted.to}` begins with it")
            raise
        file.unlink(missing_ok=True)
    return row


def _facts(begun: Mapping[str, Any], wanted: Wanted) -> list[str]:
    """What else goes along, or does not."""
    names = ", ".join(line(each) for each in begun["attachments"])
    if not names:
        return []
    return [f"With:    {names}" if wanted.with_attachments else f"Without: {names} (--with-attachments)"]
