"""A row is found by the end of its key."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from storage.codes import code_of, one_with_code
from storage.database import Database
from storage.errors import NotThere, WrongUse
from storage.raw import put_raw
from storage.rows import put
from storage.tables import EnvelopeRow

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
KEYS = [UUID(f"01a20274-8792-7502-8b6b-{end}") for end in ("1cfedb03a58f", "2cfedb03a58f")]


@pytest.fixture
def found(database: Database) -> Database:
    """A database with two envelopes whose keys end alike."""
    with database.writing() as session:
        raw_id = put_raw(session, b"", NOW)
        row = {"raw_id": raw_id, "source": "smtp", "recipients": [], "received_at": NOW, "due_at": NOW}
        put(session, EnvelopeRow, *({**row, "id": key} for key in KEYS))
    return database


def named(database: Database, code: str) -> UUID:
    with database.reading() as session:
        return one_with_code(session, EnvelopeRow, code, shown_by="brief x", otherwise="no mail {}").id


@pytest.mark.parametrize("letters", [12, 13, 20, 32])
def test_a_row_is_found_by_as_much_of_its_key_as_is_written(found: Database, letters: int) -> None:
    assert [named(found, key.hex[-letters:].upper()) for key in KEYS] == KEYS


def test_what_fits_several_fits_nothing_or_is_none_is_refused(found: Database) -> None:
    with pytest.raises(WrongUse, match="fits several mails"):
        named(found, code_of(KEYS[0]))
    with pytest.raises(NotThere, match=r"no mail abcd; `brief x` shows those that are"):
        named(found, "abcd")
    for wrong in ("58f", "%%%%", "a" * 33):
        with pytest.raises(WrongUse, match="is no code of a mail"):
            named(found, wrong)
