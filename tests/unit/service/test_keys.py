"""The desk's secret."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from service.keys import FILE, Keys, open_keys
from storage.database import Database
from storage.errors import OutOfStep


def test_keys_are_made_once_and_only_for_the_user_who_runs_the_desk(database: Database, tmp_path: Path) -> None:
    data = tmp_path / "data"
    keys = open_keys(data, database)
    assert open_keys(data, database) == keys
    assert stat.S_IMODE((data / FILE).stat().st_mode) == 0o600
    assert [path.name for path in data.iterdir()] == [FILE]


def test_a_desk_with_other_keys_than_its_database_does_not_start(database: Database, tmp_path: Path) -> None:
    open_keys(tmp_path / "one", database)
    with pytest.raises(OutOfStep, match="is missing"):
        open_keys(tmp_path / "two", database)
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / FILE).write_text("ab" * 32)
    with pytest.raises(OutOfStep, match="other keys"):
        open_keys(tmp_path / "two", database)


@pytest.mark.parametrize("text", ["", "ab", "x" * 64, "ä" * 64])
def test_a_file_that_holds_no_keys_is_refused(database: Database, tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(OutOfStep, match="no keys"):
        open_keys(tmp_path, database)


def test_what_was_signed_for_one_purpose_holds_for_no_other() -> None:
    keys = Keys(b"k" * 32)
    signed = keys.sign("form", "Grüße")
    assert keys.unsign("form", signed) == "Grüße"
    assert keys.unsign("link", signed) is None
    assert keys.unsign("form", signed + "x") is None
    assert keys.unsign("form", "") is None
    assert Keys(b"o" * 32).unsign("form", signed) is None


def test_a_pseudonym_is_the_same_for_the_same_visitor_and_of_this_desk_alone() -> None:
    keys = Keys(b"k" * 32)
    assert keys.visitor_pseudonym("192.0.2.1") == keys.visitor_pseudonym("192.0.2.1")
    assert keys.visitor_pseudonym("192.0.2.1") != keys.visitor_pseudonym("192.0.2.2")
    assert keys.visitor_pseudonym("192.0.2.1") != Keys(b"o" * 32).visitor_pseudonym("192.0.2.1")


def test_the_secret_is_never_shown() -> None:
    keys = Keys(b"k" * 32)
    assert "kkk" not in repr(keys)
    assert keys.secret.hex() not in keys.fingerprint
