"""How long to wait, and when to set a mail aside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mailgateway.retry import GIVE_UP_AFTER, TRIES, Again, Shunt, in_one_line, next_call, next_offer, retry
from storage.errors import DatabaseUnavailable, DiskFull, Lost

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def test_each_pause_is_longer_than_the_one_before() -> None:
    decided = [retry(tries, ValueError("x"), NOW) for tries in range(1, TRIES)]
    ats = [each.at for each in decided if isinstance(each, Again)]
    assert len(ats) == TRIES - 1
    assert ats == sorted(set(ats))
    assert ats[0] == NOW + timedelta(seconds=1)


def test_after_the_last_try_a_mail_is_shunted_with_the_reason() -> None:
    assert retry(TRIES, ValueError("a\nb"), NOW) == Shunt("ValueError: a b")


def test_what_is_lost_does_not_come_back_by_waiting() -> None:
    assert retry(1, Lost("the raw mail is damaged"), NOW) == Shunt("Lost: the raw mail is damaged")


@pytest.mark.parametrize("error", [DatabaseUnavailable("away"), DiskFull("full")])
def test_while_something_is_away_no_mail_is_shunted(error: Exception) -> None:
    decided = retry(500, error, NOW)
    assert isinstance(decided, Again)
    assert decided.at <= NOW + timedelta(minutes=2)


def test_a_deferred_mail_waits_longer_each_time_and_is_given_up_after_five_days() -> None:
    at, tries, pauses = NOW, 0, []
    while True:
        tries += 1
        then = next_offer(tries, NOW, at)
        if then is None:
            break
        pauses.append(then - at)
        at = then
    assert pauses[:7] == sorted(pauses[:7])
    assert at == NOW + GIVE_UP_AFTER
    assert tries < 50


def test_an_error_fits_one_line() -> None:
    assert in_one_line(KeyError()) == "KeyError: no further word"
    assert len(in_one_line(ValueError("x" * 1000))) == 300


def test_a_server_is_called_again_with_growing_pauses_and_slowly_where_it_did_not_let_us_in() -> None:
    away = [next_call(failures, refused=False) for failures in range(1, 12)]
    refused = [next_call(failures, refused=True) for failures in range(1, 12)]
    assert away == sorted(away)
    assert (away[0], away[-1]) == (timedelta(seconds=1), timedelta(minutes=5))
    assert refused == sorted(refused)
    assert (refused[0], refused[-1]) == (timedelta(minutes=1), timedelta(minutes=30))
