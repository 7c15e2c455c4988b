"""What an agent writes lies in a file in the data directory until it is sent: nothing that was written is lost."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.private import private_folder, write_private

if TYPE_CHECKING:
    from service.desk import Desk


def draft_file(data: Path, conversation: str, agent_id: str) -> Path:
    """Where an agent's draft for a conversation lies."""
    folder = private_folder(data / "drafts")
    name = hashlib.sha256(f"{conversation} {agent_id}".encode()).hexdigest()[:16]
    return folder / f"{agent_id}-{name}.txt"


def keep_text(desk: Desk, undone: Mapping[str, Any]) -> str:
    """Keep the text of an answer that was taken back as a draft; the file's name, "" where there is nothing to keep."""
    if undone["undone"] != "reply" or not undone["text"]:
        return ""
    file = draft_file(desk.data, undone["conversation"], desk.me())
    write_private(file, undone["text"].encode())
    return str(file)
