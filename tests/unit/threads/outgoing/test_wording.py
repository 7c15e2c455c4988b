"""Moments in the words of a letter."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from threads.outgoing.wording import by_when

_MONTHS_DE = ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
              "Dezember")  # fmt: skip


@given(
    st.datetimes(datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2027-12-31")),
    st.timedeltas(timedelta(), timedelta(days=40)),
)
@example(datetime.fromisoformat("2026-10-25T00:10:00"), timedelta(hours=1))  # 02:10 for the second time
@example(datetime.fromisoformat("2026-10-25T00:20:00"), timedelta(minutes=9))  # 02:29 for the first time
@example(
    datetime.fromisoformat("2026-03-29T00:00:00"), timedelta(minutes=50)
)  # ten minutes before 02:00, which is not there
@example(datetime.fromisoformat("2026-12-31T22:00:00"), timedelta(minutes=59, seconds=30))
def test_no_promise_is_read_as_earlier_than_what_is_due(moment: datetime, ahead: timedelta) -> None:
    zone = ZoneInfo("Europe/Berlin")
    now = moment.replace(tzinfo=UTC)
    due = (now + ahead).astimezone(zone)
    said = by_when(due, now, "de")
    today = now.astimezone(zone)
    named = re.search(r"(\d+)\. (\w+)(?: (\d{4}))?,", said)
    day = today.date() if said.startswith("heute") else today.date() + timedelta(days=1)
    if named:
        number, month = int(named[1]), _MONTHS_DE.index(named[2]) + 1
        day = date(int(named[3] or 0) or today.year + (month < today.month), month, number)
    clock = re.search(r"bis (\d+)(?::(\d\d))? Uhr", said)
    assert clock
    day, hour = (day + timedelta(days=1), 0) if clock[1] == "24" else (day, int(clock[1]))
    read = datetime(day.year, day.month, day.day, hour, int(clock[2] or 0), tzinfo=zone)
    assert due.timestamp() <= read.timestamp() <= due.timestamp() + 5400
