"""An agent's own editor: what they see when it opens, and what of it is sent."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from service.harmless import line, safe
from storage.errors import BriefwechselError
from templates.amounts import counted

SCISSORS = "# ------------------------ >8 ------------------------"
STDERR = 2
"""The number of the stream that is there whatever Python was told stderr is."""
_QUOTED_LINES = 200
_FALLBACKS = ("sensible-editor", "nano", "vi")


def template(begun: Mapping[str, Any], text: str, facts: list[str]) -> str:
    """The file that opens: the text so far, then, below a line of scissors, what is not sent."""
    to = begun["to"]
    name, address = line(to["name"]), line(to["address"])
    quoted = safe(begun["customer_wrote"]).strip("\n").splitlines()
    below = [
        SCISSORS,
        "# Write above. Nothing from that line on is sent; the signature and the quotation come by themselves.",
        "# To:      " + (f"{name} <{address}>" if name else address),
        f"# Subject: {line(begun['subject'])}",
        *(f"# {fact}" for fact in facts),
        "#",
        *(f"# > {each}".rstrip() for each in quoted[:_QUOTED_LINES]),
    ]
    if len(quoted) > _QUOTED_LINES:
        below.append(f"# ... and {counted(len(quoted) - _QUOTED_LINES, 'more line')}: brief show {begun['handle']}")
    return f"{text}\n\n" + "\n".join(below) + "\n"


def written(content: str) -> str:
    """What of the file is sent: all above the scissors, or all of it where somebody took them out."""
    lines = content.splitlines()
    end = next((number for number, each in enumerate(lines) if each.rstrip() == SCISSORS), len(lines))
    return "\n".join(each.rstrip() for each in lines[:end]).strip("\n")


def edit(file: Path, *, quiet: bool = False) -> None:
    """Open a file in $VISUAL or $EDITOR, and wait until it is closed. Raises where that fails; the file stays.

    A `quiet` one writes to stderr what it has to show: stdout is for a program to read.
    """
    wanted = os.environ.get("VISUAL") or os.environ.get("EDITOR") or _fallback()
    try:
        command = shlex.split(wanted)
        out = STDERR if quiet else None
        ended = subprocess.run([*command, str(file)], check=False, stdout=out).returncode  # noqa: S603 - the agent's own editor
    except (OSError, ValueError) as error:
        raise BriefwechselError(
            f"the editor {wanted!r} cannot be started ({error}); set EDITOR, or say -m TEXT. Your text is in {file}"
        ) from None
    if ended != 0:
        raise BriefwechselError(f"the editor {wanted!r} ended with {ended}; nothing was sent. Your text is in {file}")
    if not file.is_file():
        raise BriefwechselError(f"the editor {wanted!r} took the file away; nothing was sent")


def _fallback() -> str:
    found = next((name for name in _FALLBACKS if shutil.which(name)), None)
    if found is None:
        raise BriefwechselError("there is no editor; set EDITOR, or say -m TEXT")
    return found
