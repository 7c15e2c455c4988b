"""One call of `brief`: its global options, how it prints, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from service.harmless import safe
from storage.errors import BriefwechselError

if TYPE_CHECKING:
    from service.desk import Desk
    from service.settings import Settings


@dataclass(frozen=True, slots=True)
class Invocation:
    """The options that stand before the command. `click.pass_obj` hands it to each command."""

    config: Path | None = None
    data: Path | None = None
    agent: str | None = None

    def settings(self) -> Settings:
        """The settings, read and checked. Raises `WrongUse` with file, line and what was meant."""
        from service.settings import read_settings

        return read_settings(self.config, self.data)

    def desk(self, *, reading: bool = False) -> Desk:
        """The desk, open, and to be closed (it is a context manager). An empty one is made where there is none.

        Raises `NotThere` instead where it is opened only for `reading`.
        """
        from service.desk import open_desk
        from service.opening import refuse_missing

        settings = self.settings()
        if reading:
            refuse_missing(settings)
        return open_desk(settings, agent=self.agent)


def print_json(value: Mapping[str, Any]) -> None:
    """One JSON value on a line of its own on stdout, in ASCII, ended by LF."""
    sys.stdout.write(json.dumps(value, ensure_ascii=True, default=str) + "\n")


def say(text: str) -> None:
    """A message for people, on stderr. What a mail or a file brought into it cannot steer their terminal."""
    click.echo(safe(text), err=True)


def run(command: click.Command) -> int:
    """Run a command to its end: the exit code is 0 done, 1 it failed, 2 wrong use. Never a traceback.

    SIGTERM ends what is begun as SIGINT does. A reader that went away (`brief inbox | head`) is no error.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        ended = command.main(standalone_mode=False, prog_name="brief")
        sys.stdout.flush()
    except click.ClickException as error:
        return _refused(error, command)
    except (KeyboardInterrupt, click.Abort):
        return 0
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except BriefwechselError as error:
        for each in str(error).splitlines():  # several only of settings
            say(f"brief: {each}")
        return error.exit_code
    except Exception as error:
        if os.environ.get("BRIEF_DEBUG"):
            raise
        say(f"brief: {type(error).__name__}: {first_line(error)} (this is an error of ours; BRIEF_DEBUG=1 shows where)")
        return 1
    return ended if isinstance(ended, int) else 0


def _refused(error: click.ClickException, command: click.Command) -> int:
    """Say in one line what was wrong with how a command was called, as all else of ours is said."""
    said = " ".join(error.format_message().split()).removesuffix(".")
    if not isinstance(error, click.UsageError):
        say(f"brief: {said}")
        return 1
    path = error.ctx.command_path if error.ctx else _called(command, sys.argv[1:])
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message() + "\n", err=True)
        said = f"`{path}` wants a command"
    said = said[:1].lower() + said[1:]
    say(f"brief: {said}" if said.endswith("?") else f"brief: {said}; `{path} --help` shows how it is used")
    return 2


def _called(command: click.Command, words: Sequence[str]) -> str:
    """The command that was typed: click does not say which one an option belongs to whose value is missing."""
    path = ["brief"]
    for word in words:
        found = command.get_command(click.Context(command), word) if isinstance(command, click.Group) else None
        if found is not None:
            path.append(word)
            command = found
    return " ".join(path)


def first_line(error: BaseException) -> str:
    """The first line of what an error says."""
    return (str(error).strip().splitlines() or ["no further word"])[0]
