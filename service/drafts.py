"""What an agent writes lies in a file in the data directory until it is sent: nothing that was written is lost."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from service.editor import written
from storage.private import private_folder, write_private

if TYPE_CHECKING:
    from service.desk import Desk


def draft_file(data: Path, conversation: str, agent_id: str) -> Path:
    """Where an agent's draft for a conversation lies."""
    folder = private_folder(data / "drafts")
    name = hashlib.sha256(f"{conversation} {agent_id}".encode()).hexdigest()[:16]
    return folder / f"{agent_id}-{name}.txt"


def keep_text(desk: Desk, undone: Mapping[str, Any]) -> tuple[str, str]:
    """Keep the text of an answer that was taken back as a draft, and the draft that was there beside it.

    The names of both files, "" where there is nothing to keep.
    """
    if undone["undone"] != "reply" or not undone["text"]:
        return "", ""
    file = draft_file(desk.data, undone["conversation"], desk.me())
    former = _put_aside(file, undone["text"])
    write_private(file, undone["text"].encode())
    return str(file), former


def _put_aside(file: Path, text: str) -> str:
    """Move a draft out of the way of another text; its new name, "" where there is none or it says the same."""
    there = written(file.read_text("utf-8", "replace")) if file.exists() else ""
    if not there.strip() or there.strip() == text.strip():
        return ""
    number = next(number for number in itertools.count(1) if not _beside(file, number).exists())
    return str(file.rename(_beside(file, number)))


def _beside(file: Path, number: int) -> Path:
    return file.with_name(f"{file.stem}-{number}.txt")
