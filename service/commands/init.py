"""`brief init`: a commented settings file."""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path

import click

from service.invocation import Invocation, print_json, say
from storage.errors import BriefwechselError
from storage.reasons import in_words


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print what was written as JSON.")
@click.pass_obj
def init(invocation: Invocation, as_json: bool) -> None:
    """Write a commented brief.toml. One that is there stays as it is.

    \b
    Example:
      brief init && $EDITOR brief.toml && brief doctor
    """
    file = invocation.config or Path("brief.toml")
    text = resources.files("templates").joinpath("brief.toml").read_text(encoding="utf-8")
    try:
        # made for its owner alone: a relay's password may come to stand in it
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BriefwechselError(
            f"{file} is there already, and stays as it is; name another with --config FILE"
        ) from None
    except OSError as error:
        raise BriefwechselError(f"cannot write {file}: {in_words(error)}") from None
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(text)
    if as_json:
        print_json({"file": str(file)})
    say(f"wrote {file}: set your address in it, then `brief doctor` says whether all is well")
