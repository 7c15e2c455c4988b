"""Files that agents take out of the desk."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.files import harmless_name, write_new


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Rechnung März.pdf", "Rechnung März.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\x.exe", "x.exe"),
        (".bashrc", "bashrc"),
        ("--help", "help"),
        ("", "attachment"),
        ("..", "attachment"),
        ("a\x1b[2Jb\n.txt", "a_[2Jb_.txt"),
    ],
)
def test_a_name_out_of_a_mail_is_harmless(name: str, kept: str) -> None:
    assert harmless_name(name) == kept


@given(st.text(max_size=400))
def test_no_name_leaves_its_folder_or_is_too_long(name: str) -> None:
    kept = harmless_name(name)

    assert kept
    assert kept not in (".", "..")
    assert not kept.startswith((".", "-"))
    assert "/" not in kept
    assert len(kept.encode()) <= 160


def test_nothing_is_written_over(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_text("old")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "nowhere")

    for file in (there, link):
        with pytest.raises(FileExistsError):
            write_new(file, b"new")

    assert there.read_text() == "old"
    assert not (tmp_path / "nowhere").exists()


def test_what_is_written_is_only_for_its_owner(tmp_path: Path) -> None:
    write_new(tmp_path / "new", b"data")

    assert (tmp_path / "new").read_bytes() == b"data"
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o600
