"""`brief mail`: mail as it came."""

from __future__ import annotations

import click

from service.lazy_group import LazyGroup

COMMANDS: dict[str, tuple[str, str]] = {
    # name: (module:attribute, the line that `brief mail --help` shows)
    "inspect": ("service.commands.mail_inspect:inspect", "Say what would be made of a mail; changes nothing."),
    "import": ("service.commands.mail_import:import_", "Bring an archive in; sends nothing."),
    "list": ("service.commands.mail_list:list_", "Every mail that came, by its kind."),
    "again": ("service.commands.mail_again:again", "Read mails again from their bytes."),
    "dkim": ("service.commands.mail_dkim:dkim", "The keys that outgoing mail is signed with."),
    "prove": ("service.commands.mail_prove:prove", "Every mail ever accepted, and what became of it."),
    "rethread": ("service.commands.mail_rethread:rethread", "Thread the archive anew by today's policy."),
    "reconcile": ("service.commands.mail_reconcile:reconcile", "Compare the mail servers with what the desk holds."),
    "shunted": ("service.commands.mail_shunted:shunted", "Mail that was set aside for a person."),
}


@click.command(cls=LazyGroup, table=COMMANDS)
def mail() -> None:
    """Mail as it came: inspect, import, try again.

    \b
    Example:
      brief mail inspect letter.eml
      brief mail import old-archive.mbox
      brief mail shunted
    """
