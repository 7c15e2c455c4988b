"""Why a file cannot be read or written, as a person says it."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.reasons import in_words


def refused(path: Path) -> str:
    """What is said of a file that cannot be read."""
    with pytest.raises(OSError, match=r"^\[Errno") as caught:
        path.read_bytes()
    return in_words(caught.value)


def test_what_is_wrong_with_a_file_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert refused(tmp_path / "nowhere") == "it is not there"
    assert refused(tmp_path) == "it is a folder"
    assert refused(tmp_path / "file" / "below") == "what should be a folder on the way there is a file"
    assert refused(tmp_path / "loop") == "its links lead in a circle"
    assert refused(tmp_path / ("n" * 300)) == "its name is too long"


def test_what_is_rare_is_said_as_the_system_says_it() -> None:
    assert in_words(OSError(98, "Address already in use")) == "Address already in use"
    assert in_words(OSError("broken")) == "broken"
