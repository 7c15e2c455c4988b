"""Where a command takes the text of a letter or a note from: the command line, a file, or an editor."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from storage.errors import BriefwechselError, WrongUse
from storage.reasons import in_words
from templates.amounts import size

LARGEST_FILE = 4_000_000


def given(messages: tuple[str, ...], file: Path | None, *, needed: bool = True) -> str | None:
    """The text from the command line, None where an editor is to open. One that is not `needed` may be empty."""
    if messages and file:
        raise WrongUse("the text comes from -m or from -F, not from both")
    if file is not None:
        return read(file)
    if messages:
        return "\n\n".join(messages)
    if os.environ.get("VISUAL") or os.environ.get("EDITOR") or sys.stdin.isatty():
        return None
    if needed:
        raise BriefwechselError("there is no terminal for an editor; say -m TEXT or -F FILE")
    return ""


def read(file: Path) -> str:
    """The text of a file, - is stdin. Raises where it is none."""
    try:
        if str(file) == "-":
            data = sys.stdin.buffer.read(LARGEST_FILE + 1)
        else:
            with file.open("rb") as stream:
                data = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        raise WrongUse(f"{file} cannot be read: {in_words(error)}") from None
    if len(data) > LARGEST_FILE:
        raise WrongUse(f"{file} is larger than {size(LARGEST_FILE)}; that is no letter")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise WrongUse(f"{file} is no UTF-8 text; save it as UTF-8") from None
