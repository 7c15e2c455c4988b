"""Files that are only for the user who runs the desk."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from storage.errors import DiskFull, OutOfStep, Unavailable
from storage.private import private_file, private_folder, user_name, write_private


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_made_is_private(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        folder = private_folder(tmp_path / "a")
        write_private(folder / "written", b"x")
        private_file(folder / "empty")
    finally:
        os.umask(before)
    assert (mode(folder), mode(folder / "written"), mode(folder / "empty")) == (0o700, 0o600, 0o600)


def test_what_is_there_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")
    private_file(tmp_path / "file")
    private_folder(tmp_path)
    assert (tmp_path / "file").read_text() == "kept"


def test_a_file_is_replaced_wholly_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_private(tmp_path / "file", b"old")

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull, match="disk is full"):
        write_private(tmp_path / "file", b"new")
    monkeypatch.undo()
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]


def test_what_belongs_to_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    for act in (private_folder, private_file):
        with pytest.raises(OutOfStep, match="--data"):
            act(tmp_path)


def test_a_place_where_nothing_can_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="folder"):
        private_folder(tmp_path / "file" / "folder")


def test_a_user_without_a_name_is_a_number() -> None:
    assert user_name(4_000_000_000) == "4000000000"
    assert user_name(0) == "root"
