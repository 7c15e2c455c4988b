"""`brief mail`: mail as it came."""

from __future__ import annotations

import importlib

import click

COMMANDS: dict[str, tuple[str, str]] = {
    # name: (module:attribute, the line that `brief mail --help` shows)
    "inspect": ("service.commands.mail_inspect:inspect", "Say what would be made of a mail; changes nothing."),
    "import": ("service.commands.mail_import:import_", "Bring an archive in; sends nothing."),
    "list": ("service.commands.mail_list:list_", "Every mail that came, by its kind."),
    "again": ("service.commands.mail_again:again", "Read mails again from their bytes."),
    "shunted": ("service.commands.mail_shunted:shunted", "Mail that was set aside for a person."),
}


class LazyMail(click.Group):
    """Imports a command only when it is called: inspecting a mail needs no database."""

    def list_commands(self, _context: click.Context) -> list[str]:
        """The commands in the order in which they are listed."""
        return list(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        """The command of that name, or None."""
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.command(cls=LazyMail)
def mail() -> None:
    """Mail as it came: inspect, import, try again.

    \b
    Example:
      brief mail inspect letter.eml
      brief mail import old-archive.mbox
      brief mail shunted list
    """
