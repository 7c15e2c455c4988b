"""What an agent writes lies in a file in the data directory until it is sent: nothing that was written is lost."""

from __future__ import annotations

import fcntl
import hashlib
import itertools
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
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


def asking(conversation: str, to: str) -> str:
    """What the draft of a question to a third party is kept under, in the place of a conversation."""
    return f"forward {conversation} {to}"


@contextmanager
def own_draft(data: Path, conversation: str, agent_id: str) -> Iterator[Path]:
    """A draft of an agent's that no other editor has open, for as long as this is entered: one that was left, else a new one."""
    file = draft_file(data, conversation, agent_id)
    left = [each for each in (file, *sorted(file.parent.glob(f"{file.stem}-*.txt"))) if each.exists()]
    for each in itertools.chain(left, _free(file)):
        with _alone(each) as ours:
            if ours:
                yield each
                return


def keep_text(desk: Desk, undone: Mapping[str, Any]) -> tuple[str, str]:
    """Keep the text of an answer that was taken back as a draft, and the draft that was there beside it.

    The names of both files, "" where there is nothing to keep.
    """
    if undone["undone"] not in ("reply", "merged") or not undone["text"]:
        return "", ""
    asked = undone.get("asked")
    of = asking(asked["conversation"], asked["to"]) if asked else undone["conversation"]
    file, former = draft_file(desk.data, of, desk.me()), ""
    with _alone(file) as ours:
        if ours:
            former = _put_aside(file, undone["text"])
        else:  # an editor is open on it
            file = next(_free(file))
        write_private(file, undone["text"].encode())
    return str(file), former


def _put_aside(file: Path, text: str) -> str:
    """Move a draft out of the way of another text; its new name, "" where there is none or it says the same."""
    there = written(file.read_text("utf-8", "replace")) if file.exists() else ""
    if not there.strip() or there.strip() == text.strip():
        return ""
    return str(file.rename(next(_free(file))))


def _free(file: Path) -> Iterator[Path]:
    """The names of a draft under which none lies yet: its own, then those with a number."""
    numbered = (file.with_name(f"{file.stem}-{number}.txt") for number in itertools.count(1))
    return (each for each in itertools.chain((file,), numbered) if not each.exists())


@contextmanager
def _alone(file: Path) -> Iterator[bool]:
    """Whether a draft is ours for as long as this is entered; the system lets go of it where we are killed."""
    path = file.with_suffix(".lock")
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        ours = _locked(descriptor, path)
        try:
            yield ours
        finally:
            if ours:
                path.unlink(missing_ok=True)
    finally:
        os.close(descriptor)


def _locked(descriptor: int, path: Path) -> bool:
    """Whether nobody else has it; a file that its last owner has removed meanwhile is nobody's."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except (BlockingIOError, FileNotFoundError):
        return False
