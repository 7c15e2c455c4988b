"""`brief serve`: the desk itself."""

from __future__ import annotations

import click

from service.invocation import Invocation

PARTS = ("smtp", "lmtp", "imap", "worker", "delivery", "clock", "web")


def _parts(_context: click.Context, _option: click.Parameter, value: str | None) -> frozenset[str]:
    names = [name.strip() for name in value.split(",") if name.strip()] if value is not None else list(PARTS)
    unknown = sorted(set(names) - set(PARTS))
    if unknown or not names:
        raise click.BadParameter(
            f"{', '.join(unknown) or 'nothing'} is no part of the desk; there are: {', '.join(PARTS)}"
        )
    return frozenset(names)


@click.command()
@click.option(
    "--only", "parts", callback=_parts, metavar="PART,...", help=f"Run these parts alone: {', '.join(PARTS)}."
)
@click.option("--sample", is_flag=True, help="Where there are no articles yet, begin with those of a sample company.")
@click.option("--json", "as_json", is_flag=True, help="Say where it listens as one line of JSON on stdout.")
@click.pass_obj
def serve(invocation: Invocation, parts: frozenset[str], sample: bool, as_json: bool) -> None:
    """Start the desk. Ctrl-C stops it cleanly, SIGHUP has it read the settings again.

    \b
    Example:
      brief serve
      brief serve --only worker,delivery
    """
    from service.serving import serve_desk

    serve_desk(invocation, parts, sample=sample, as_json=as_json)
