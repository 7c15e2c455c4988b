"""Where imported articles came from, and which are no longer there: that is told, and nothing taken away by it."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an article was read."""

    file: str = ""
    """The whole path; "" is no file."""
    page: str = ""
    """The address that a saved web page says it has: the same page may be saved under another name."""


def gone(known: Mapping[str, Origin], read: Mapping[str, Origin], path: str, unread: Collection[str]) -> list[str]:
    """The articles that came from a file or folder, or from a page that was read again, and are no longer there.

    Of the files `unread`, which hold something that could not be taken, nothing is said: what is missed may be just that.
    """
    pages = {each.page for each in read.values() if each.file not in unread} - {""}
    below = os.path.join(path, "")
    return sorted(
        name
        for name, origin in known.items()
        if name not in read
        and origin.file not in unread
        and (origin.file == path or origin.file.startswith(below) or origin.page in pages)
    )
