"""`brief doctor`: what is wrong, and how to mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from service.invocation import Invocation, print_json
from storage.errors import BriefwechselError

if TYPE_CHECKING:
    from service.check import Check


@click.command()
@click.option("--mail", "of_mail", is_flag=True, help="Look at the DNS of your mailboxes' domains: what to publish.")
@click.option("--json", "as_json", is_flag=True, help="One check a line as JSON.")
@click.pass_obj
def doctor(invocation: Invocation, of_mail: bool, as_json: bool) -> int:
    """Look at everything that the desk stands on. Changes nothing; ends with 1 where something is wrong.

    \b
    Example:
      brief doctor
      brief doctor --mail
      brief doctor --json
    """
    from service.check import Check, State
    from service.doctor import checks

    try:
        if of_mail:
            from service.doctor_mail import mail_domain_checks as checks
        found = checks(invocation.settings())
    except BriefwechselError as error:
        found = [Check("settings", State.WRONG, each) for each in str(error).splitlines()]
    if as_json:
        for check in found:
            print_json(check.as_json())
    else:
        _show(found)
    return 0 if all(check.ok for check in found) else 1


def _show(found: list[Check]) -> None:
    from rich.text import Text

    from service.harmless import line
    from service.terminal import console, hang

    out = console(listing=True)
    signs = {"ok": ("✓", "ours"), "warning": ("!", "high"), "wrong": ("✗", "urgent")}
    widest = max(len(check.name) for check in found)
    for check in found:
        sign, style = signs[check.state]
        hang(out, Text.assemble((f"{sign} ", style), (f"{check.name:<{widest}}  ", "handle")), Text(line(check.said)))
        for each in check.publish:
            out.print(Text(f"    {line(each)}"), soft_wrap=True)
