"""`brief mail list`: every mail that came, by its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from service.commands.options import json_option, print_listing
from service.invocation import Invocation
from threads.model import Kind

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from storage.tables import MessageRow


@click.command("list")
@click.option("--kind", type=click.Choice([each.value for each in Kind]), help="Only mails of this kind.")
@click.option(
    "--limit", metavar="N", type=click.IntRange(1, 100_000), default=50, show_default=True, help="How many at most."
)
@json_option
@click.pass_obj
def list_(invocation: Invocation, kind: str | None, limit: int, as_json: bool) -> None:
    """The mails that came last, those of machines too.

    \b
    Example:
      brief mail list --kind bounce
    """
    from mailgateway.arrived import arrived
    from service.terminal_mail import arrived as listed

    def read(session: Session) -> list[dict[str, Any]]:
        return [_plain(message, handle) for message, handle in arrived(session, kind or "", limit=limit)]

    nothing = "no mail came yet" if not kind else f"no mail of this kind came: {kind}"
    print_listing(invocation, read, listed, nothing, as_json=as_json)


def _plain(message: MessageRow, handle: str) -> dict[str, Any]:
    return {
        "message": message.code,
        "handle": handle,
        "conversation": str(message.conversation_id),
        "at": message.received_at.isoformat(),
        "kind": message.kind,
        "from": {"name": message.from_name, "address": message.from_address},
        "subject": message.subject,
        "message_id": message.message_id,
        "because": message.kind_because,
    }
