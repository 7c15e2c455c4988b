"""Raw mail is kept byte for byte."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from storage.database import Database
from storage.errors import Lost
from storage.ids import uuid7
from storage.raw import CHUNK, get_raw, put_raw
from storage.tables import RawChunkRow, RawRow

Clock = Callable[[], datetime]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=2000))
def test_what_is_kept_is_given_back_byte_for_byte(database: Database, clock: Clock, data: bytes) -> None:
    with database.writing() as session:
        raw_id = put_raw(session, data, clock())
        assert get_raw(session, raw_id) == data


def test_a_large_mail_that_cannot_be_compressed_lies_in_chunks(database: Database, clock: Clock) -> None:
    data = random.Random(1).randbytes(3 * CHUNK + 5)
    with database.writing() as session:
        raw_id = put_raw(session, data, clock())
    with database.reading() as session:
        assert get_raw(session, raw_id) == data
        assert session.get_one(RawRow, raw_id).compression == ""
        sizes = select(func.length(RawChunkRow.data)).where(RawChunkRow.raw_id == raw_id)
        assert sorted(session.scalars(sizes)) == [5, CHUNK, CHUNK, CHUNK]


def test_text_is_kept_compressed(database: Database, clock: Clock) -> None:
    with database.writing() as session:
        raw_id = put_raw(session, b"Guten Tag\r\n" * 100_000, clock())
        stored = session.scalar(select(func.sum(func.length(RawChunkRow.data))).where(RawChunkRow.raw_id == raw_id))
        assert stored is not None
        assert stored < 20_000


@pytest.mark.parametrize(
    ("raw", "damage", "said"),
    [
        pytest.param(b"Guten Tag\r\n" * 100, b"rubbish", "damaged", id="rubbish"),
        pytest.param(b"Guten Tag\r\n" * 100, b"", "damaged", id="nothing"),
        pytest.param(b"ab", b"ac", "checksum", id="one byte of what is not compressed"),
    ],
)
def test_damage_is_noticed(database: Database, clock: Clock, raw: bytes, damage: bytes, said: str) -> None:
    with database.writing() as session:
        raw_id = put_raw(session, raw, clock())
        session.execute(update(RawChunkRow).where(RawChunkRow.raw_id == raw_id).values(data=damage))
        with pytest.raises(Lost, match=said):
            get_raw(session, raw_id)


def test_an_erased_mail_is_lost_and_says_when(database: Database, clock: Clock) -> None:
    with database.writing() as session:
        raw_id = put_raw(session, b"mail", clock())
        session.get_one(RawRow, raw_id).erased_at = clock()
        session.flush()
        with pytest.raises(Lost, match="erased at 2026-11-24"):
            get_raw(session, raw_id)


def test_a_mail_that_never_was_is_lost(database: Database) -> None:
    with database.reading() as session, pytest.raises(Lost, match="no raw mail"):
        get_raw(session, uuid7())
