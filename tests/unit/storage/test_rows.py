"""Statements that are made once, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import DateTime, bindparam, event, select, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError

from storage.database import Database
from storage.ids import uuid7
from storage.rows import change, column_of, put, rows_of, table_of, value_of
from storage.tables import CalendarRow, FactRow, PersonRow
from storage.tables.types import UtcTime

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
_NAMED = (
    select(FactRow.name, FactRow.value)
    .where(FactRow.name.in_(bindparam("names", expanding=True)))
    .order_by(FactRow.name)
)
_VALUE = select(FactRow.value).where(FactRow.name == bindparam("name"))
_FACT = table_of(FactRow)
_SET = update(_FACT).where(_FACT.c.name == bindparam("which")).values(value=bindparam("becomes"))


@pytest.mark.parametrize("number", [0, 1, 2, 3, 7])
def test_of_a_list_of_any_length_exactly_those_are_found(database: Database, number: int) -> None:
    names = [f"n{each}" for each in range(number)]
    with database.writing() as session:
        put(session, FactRow, *({"name": f"n{each}", "value": str(each)} for each in range(9)))
        found = rows_of(session, _NAMED, names=set(names))
    assert [(row.name, row.value) for row in found] == [(f"n{each}", str(each)) for each in range(number)]


def test_keys_and_times_come_back_as_they_were_put(database: Database) -> None:
    key = uuid7()
    since = select(PersonRow.id, PersonRow.created_at).where(PersonRow.created_at > bindparam("since", type_=UtcTime()))
    with database.writing() as session:
        put(session, PersonRow, {"id": key, "name": "Ägidius\0", "language": "de", "created_at": NOW})
        assert [tuple(row) for row in rows_of(session, since, since=NOW - timedelta(seconds=1))] == [(key, NOW)]
        assert rows_of(session, since, since=NOW) == []
        assert column_of(session, select(PersonRow.name)) == ["Ägidius\N{REPLACEMENT CHARACTER}"]


@given(at=st.datetimes(timezones=st.timezones()))
def test_a_time_is_written_as_the_library_writes_it(at: datetime) -> None:
    library = DateTime().dialect_impl(sqlite.dialect()).bind_processor(sqlite.dialect())
    assert library is not None
    try:
        utc = at.astimezone(UTC)
    except OverflowError:  # within a day of the first year or the last
        return
    assert UtcTime().dialect_impl(sqlite.dialect()).bind_processor(sqlite.dialect())(at) == library(utc)  # type: ignore[misc]


def test_the_two_times_of_an_hour_that_comes_twice_are_written_apart() -> None:
    write = UtcTime().bind_processor(sqlite.dialect())
    twice = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    assert write(twice) == "2026-10-25 00:30:00.000000"
    assert write(twice.replace(fold=1)) == "2026-10-25 01:30:00.000000"


def test_a_change_says_how_many_rows_it_met(database: Database) -> None:
    with database.writing() as session:
        put(session, FactRow, {"name": "a", "value": "1"})
        assert [change(session, _SET, which=each, becomes="2") for each in ("a", "b")] == [1, 0]
        assert value_of(session, _VALUE, name="a") == "2"


@pytest.mark.parametrize("number", [0, 1, 3, 5])
def test_a_list_that_is_one_value_is_written_as_it_is(database: Database, number: int) -> None:
    calendar = table_of(CalendarRow)
    off = [f"2026-12-{each + 1:02}" for each in range(number)]
    values = {"name": "a", "from_at": NOW, "opening": "24/7", "zone": "UTC", "holidays": "", "off": ["x"]}
    with database.writing() as session:
        put(session, CalendarRow, values)
        assert change(session, update(calendar).values(off=bindparam("becomes")), becomes=off) == 1
        assert column_of(session, select(CalendarRow.off)) == [off]


def test_what_the_database_refuses_is_one_kind_of_error(database: Database) -> None:
    with pytest.raises(IntegrityError), database.writing() as session:
        put(session, FactRow, {"name": "a", "value": "1"}, {"name": "a", "value": "2"})
    with database.reading() as session:
        assert value_of(session, _VALUE, name="a") is None


def test_whoever_looks_on_sees_every_statement(database: Database) -> None:
    seen: list[str] = []
    with database.writing() as session:
        event.listen(database.engine, "before_cursor_execute", lambda *each: seen.append(each[2]), named=False)
        put(session, FactRow, {"name": "a", "value": "1"})
        assert value_of(session, _VALUE, name="a") == "1"
    assert [each.split()[0] for each in seen[:2]] == ["INSERT", "SELECT"]
