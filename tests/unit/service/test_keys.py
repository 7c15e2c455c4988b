"""The desk's secret."""

from __future__ import annotations

import base64
import stat
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.keys import FILE, Keys, open_keys
from storage.database import Database
from storage.errors import OutOfStep

ALPHABET = string.ascii_letters + string.digits + "-_"


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


def test_what_was_sealed_for_one_purpose_opens_for_no_other_and_for_no_other_desk() -> None:
    keys = Keys(b"k" * 32)
    token = keys.seal("form", "Grüße".encode())
    assert keys.unseal("form", token) == "Grüße".encode()
    assert keys.unseal("link", token) is None
    assert Keys(b"o" * 32).unseal("form", token) is None


@given(st.integers(0, 10_000), st.sampled_from(ALPHABET))
def test_a_sealed_token_with_another_letter_anywhere_opens_nothing_else(place: int, letter: str) -> None:
    keys, data = Keys(b"k" * 32), b"anna@example.org"
    token = keys.seal("link", data)
    place %= len(token)
    assert keys.unseal("link", token[:place] + letter + token[place + 1 :]) in (None, data)  # the last has spare bits


@given(st.text(max_size=300))
def test_what_nobody_sealed_opens_nothing(token: str) -> None:
    assert Keys(b"k" * 32).unseal("link", token) is None


def test_a_sealed_token_stands_in_an_address_and_shows_nothing_of_what_it_holds() -> None:
    keys, data = Keys(b"k" * 32), b"anna@example.org " * 3
    one, other = keys.seal("link", data), keys.seal("link", data)
    assert set(one) <= set(ALPHABET)
    seen = base64.urlsafe_b64decode(one + "=" * (-len(one) % 4))
    assert b"anna" not in seen
    assert seen[1:9] == bytes(8), "not even when it was made"
    assert one[20:] != other[20:], "that two are for the same is not seen either"


def test_a_sealed_token_ends_so_that_programs_which_make_links_take_all_of_it() -> None:
    keys = Keys(b"k" * 32)
    assert [token for token in (keys.seal("link", bytes(39)) for _ in range(600)) if not token[-1].isalnum()] == []


def test_a_pseudonym_is_the_same_for_the_same_visitor_and_of_this_desk_alone() -> None:
    keys = Keys(b"k" * 32)
    assert keys.visitor_pseudonym("192.0.2.1") == keys.visitor_pseudonym("192.0.2.1")
    assert keys.visitor_pseudonym("192.0.2.1") != keys.visitor_pseudonym("192.0.2.2")
    assert keys.visitor_pseudonym("192.0.2.1") != Keys(b"o" * 32).visitor_pseudonym("192.0.2.1")


def test_the_secret_is_never_shown() -> None:
    keys = Keys(b"k" * 32)
    assert "kkk" not in repr(keys)
    assert keys.secret.hex() not in keys.fingerprint
