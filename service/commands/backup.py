"""`brief backup` and `brief restore`: everything in one file, and back."""

from __future__ import annotations

from pathlib import Path

import click

from service.invocation import Invocation, print_json, say
from templates.amounts import size


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print what was written as JSON.")
@click.pass_obj
def backup(invocation: Invocation, file: Path, as_json: bool) -> None:
    """Write everything into one file, while the desk runs. It holds the keys, so keep it safe.

    \b
    Example:
      brief backup briefwechsel.tar.gz
    """
    from service.backup import back_up

    settings = invocation.settings()
    manifest = back_up(settings, file)
    if as_json:
        print_json({"file": str(file), "size": file.stat().st_size, "members": len(manifest.members)})
    say(f"wrote {file}, {size(file.stat().st_size)}; `brief restore` puts it into an empty data directory")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print what was restored as JSON.")
@click.pass_obj
def restore(invocation: Invocation, file: Path, as_json: bool) -> None:
    """Put a backup back into an empty data directory and an empty database, of either kind.

    \b
    Example:
      brief --data /srv/desk restore briefwechsel.tar.gz
    """
    from service.restore import restore_from

    settings = invocation.settings()
    manifest = restore_from(settings, file)
    if as_json:
        print_json({"file": str(file), "made_at": manifest.made_at, "members": len(manifest.members)})
    say(
        f"restored what was backed up at {manifest.made_at} into {settings.data}; `brief doctor` says whether all is well"
    )
    if "brief.toml" in manifest.members:
        say(f"the settings of that time lie in {settings.data / 'brief.toml.restored'}; take from them what you need")
