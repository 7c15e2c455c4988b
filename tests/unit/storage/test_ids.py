"""Keys that sort by time."""

from __future__ import annotations

import threading
from unittest.mock import patch
from uuid import UUID

from storage.ids import uuid7


def test_a_key_is_a_uuid_of_version_7() -> None:
    key = uuid7()
    assert (key.version, key.variant) == (7, "specified in RFC 4122")


def test_later_keys_are_greater_also_from_many_threads() -> None:
    made: list[list[UUID]] = [[] for _ in range(4)]
    threads = [threading.Thread(target=lambda mine=mine: mine.extend(uuid7() for _ in range(2000))) for mine in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert all(mine == sorted(mine) for mine in made)
    assert len({key for mine in made for key in mine}) == 8000


def test_keys_never_run_backwards_where_the_clock_does() -> None:
    before = uuid7()
    with patch("time.time_ns", return_value=1):
        assert uuid7() > before


def test_the_time_of_creation_can_be_read_from_a_key() -> None:
    import time

    before = time.time_ns() // 1_000_000
    assert before <= uuid7().int >> 80 <= time.time_ns() // 1_000_000 + 100
