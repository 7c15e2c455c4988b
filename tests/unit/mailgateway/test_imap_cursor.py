"""How far a folder has got: whatever a server does, no mail is passed over and none is new twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.sources.imap_cursor import (
    OLD_AFTER,
    Cursor,
    Doing,
    batches,
    dealt_with,
    fate,
    nothing_old_left,
    opened,
    wanted_by_archive,
    wanted_new,
    wanted_old,
)

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LAST_YEAR = NOW - timedelta(days=365)


@dataclass
class Server:
    """A folder as a server keeps it: mails by UID, each known by a number of its own."""

    uidvalidity: int = 1
    uidnext: int = 1
    mails: dict[int, int] = field(default_factory=dict)
    made: int = 0

    def deliver(self, number: int) -> None:
        """New mail comes, with gaps between the UIDs."""
        for _ in range(number):
            self.mails[self.uidnext] = self.made
            self.made += 1
            self.uidnext += 1 + self.made % 3

    def expunge(self, nth: int) -> None:
        """Somebody deletes a mail."""
        if self.mails:
            del self.mails[sorted(self.mails)[nth % len(self.mails)]]

    def renumber(self, _: int) -> None:
        """A new life of the folder."""
        self.uidvalidity += 1
        self.mails = dict(enumerate(self.mails.values(), start=1))
        self.uidnext = len(self.mails) + 1

    def go_back(self, number: int) -> None:
        """It is restored from a backup that lacks the last mails, and nobody changed UIDVALIDITY."""
        for uid in sorted(self.mails)[-number:]:
            del self.mails[uid]
        self.uidnext = max(self.mails, default=0) + 1


@dataclass
class Desk:
    """What fetches: its cursor as it lies on disk, and how often each mail was taken in as what."""

    cursor: Cursor | None = None
    taken: Counter[int] = field(default_factory=Counter)
    as_new: Counter[int] = field(default_factory=Counter)
    archived: Counter[int] = field(default_factory=Counter)
    held: set[int] = field(default_factory=set)
    """UIDs of an archive that was brought in."""

    def bring_in(self, server: Server) -> None:
        """Bring the folder in as an archive, while a door serves it, or may some day."""
        if self.cursor is None:
            self.cursor = opened(None, server.uidvalidity, server.uidnext, NOW).cursor
        for uid in wanted_by_archive(server.mails, self.held, self.cursor, server.uidvalidity, served=True):
            self.held.add(uid)
            self.archived[server.mails[uid]] += not self.taken[server.mails[uid]]

    def fetch(self, server: Server, commits: int = 1000) -> None:
        """Fetch until nothing is left, or the desk is killed after so many commits."""
        found = opened(self.cursor, server.uidvalidity, server.uidnext, NOW)
        self.cursor = found.cursor
        for uids in (wanted_new(server.mails, self.cursor), wanted_old(server.mails, self.cursor)):
            for batch in batches(((uid, 100) for uid in uids), most=3):
                if commits == 0:
                    return
                commits -= 1
                self._take(server, batch)
        self.cursor = nothing_old_left(self.cursor)

    def _take(self, server: Server, batch: list[int]) -> None:
        assert self.cursor is not None
        for uid in batch:
            mail = server.mails[uid]
            doing = fate(uid, 100, NOW, self.cursor, NOW, 1000).doing
            if doing is not Doing.LEAVE:
                self.as_new[mail] += doing is Doing.KEEP and not self.taken[mail]
                self.taken[mail] += 1
        self.cursor = dealt_with(self.cursor, batch[-1])


DEEDS = st.lists(
    st.tuples(st.sampled_from(["deliver", "expunge", "renumber", "go_back", "fetch"]), st.integers(1, 7)), max_size=30
)


@given(before=st.integers(0, 10), deeds=DEEDS)
def test_every_mail_that_came_after_the_first_sight_is_taken_in_and_new_at_most_once(
    before: int, deeds: list[tuple[str, int]]
) -> None:
    server, desk = Server(), Desk()
    server.deliver(before)
    desk.fetch(server)
    assert not desk.taken
    for deed, number in deeds:
        if deed == "fetch":
            desk.fetch(server, number - 1)
        else:
            getattr(server, deed)(number)
        if deed == "go_back":
            desk.fetch(server, 0)  # UIDs that are given out again before anybody looks cannot be told from the first
    desk.fetch(server)
    assert {mail for mail in server.mails.values() if mail >= before} <= set(desk.taken)
    assert all(number <= 1 for number in desk.as_new.values())


@given(before=st.integers(0, 10), door_first=st.booleans(), deeds=DEEDS)
def test_an_archive_beside_a_door_takes_what_lay_there_and_the_door_what_came_since(
    before: int, door_first: bool, deeds: list[tuple[str, int]]
) -> None:
    server, desk = Server(), Desk()
    server.deliver(before)
    if door_first:
        desk.fetch(server)
    desk.bring_in(server)
    for deed, number in deeds:
        if deed == "fetch":
            desk.fetch(server, number - 1)
        elif deed == "renumber":
            desk.bring_in(server)
        elif deed in {"deliver", "expunge"}:
            getattr(server, deed)(number)
    desk.fetch(server)
    desk.bring_in(server)
    assert desk.archived == Counter(dict.fromkeys(range(before), 1))
    assert desk.as_new == desk.taken
    assert {mail for mail in server.mails.values() if mail >= before} <= set(desk.taken)
    assert all(number == 1 and mail >= before for mail, number in desk.taken.items())


def test_an_archive_takes_all_of_a_folder_that_no_door_serves_and_of_one_that_was_numbered_anew() -> None:
    cursor = Cursor(7, 5, 5, 5, NOW)
    assert wanted_by_archive([9, 4, 6, 0], {4}, cursor, 7, served=False) == [6, 9]
    assert wanted_by_archive([9, 4, 6], set(), cursor, 7, served=True) == [4]
    assert wanted_by_archive([9, 4, 6], set(), cursor, 8, served=True) == [4, 6, 9]


@given(deeds=DEEDS)
def test_what_the_server_does_not_renumber_is_fetched_once(deeds: list[tuple[str, int]]) -> None:
    server, desk = Server(), Desk()
    desk.fetch(server)
    for deed, number in deeds:
        if deed == "fetch":
            desk.fetch(server, number - 1)
        elif deed in {"deliver", "expunge"}:
            getattr(server, deed)(number)
    desk.fetch(server)
    assert all(number == 1 for number in desk.taken.values())
    assert desk.as_new == desk.taken


@given(sizes=st.lists(st.integers(0, 500), max_size=100), most=st.integers(1, 20), most_bytes=st.integers(1, 1000))
def test_batches_hold_every_mail_in_order_and_are_bounded(sizes: list[int], most: int, most_bytes: int) -> None:
    mails = list(enumerate(sizes, start=1))
    made = list(batches(mails, most, most_bytes))
    assert [uid for batch in made for uid in batch] == [uid for uid, _ in mails]
    for batch in made:
        assert 1 <= len(batch) <= most
        assert len(batch) == 1 or sum(sizes[uid - 1] for uid in batch) <= most_bytes


@given(st.lists(st.integers(1, 2**32 - 1)), st.integers(0, 2**32), st.integers(0, 2**32))
def test_a_cursor_never_goes_back(uids: list[int], seen: int, old: int) -> None:
    cursor = Cursor(1, max(seen, old), old, 0, LAST_YEAR)
    for uid in uids:
        after = dealt_with(cursor, uid)
        assert after.seen_uid >= cursor.seen_uid
        assert after.old_uid >= cursor.old_uid
        assert after.old_uid <= after.old_until or after.old_until == 0
        cursor = after


def test_the_last_mail_is_not_taken_for_a_new_one() -> None:
    cursor = opened(None, 1, 8, NOW).cursor
    assert wanted_new([7], cursor) == []  # what a server names for "8:*" where nothing is new
    assert wanted_new([9, 8, 8], cursor) == [8, 9]


def test_each_reason_to_begin_anew_is_said() -> None:
    first = opened(None, 1, 8, NOW)
    assert "first time: what lies there stays as it is" in first.because
    assert "is taken in from 2025-11-24 on" in opened(None, 1, 8, NOW, LAST_YEAR).because
    assert opened(first.cursor, 1, 9, NOW).anew is False
    assert "UIDVALIDITY" in opened(first.cursor, 2, 1, NOW).because
    assert "lower UIDs" in opened(first.cursor, 1, 5, NOW).because


SINCE = Cursor(1, seen_uid=10, old_until=10, old_uid=0, since_at=NOW - timedelta(days=30))


@pytest.mark.parametrize(
    ("uid", "size", "came_at", "doing"),
    [
        (11, 100, NOW, Doing.KEEP),
        (11, 100, NOW - OLD_AFTER + timedelta(seconds=1), Doing.KEEP),
        (11, 100, NOW - OLD_AFTER - timedelta(seconds=1), Doing.IMPORT),
        (11, 100, LAST_YEAR, Doing.IMPORT),
        (11, 1001, NOW, Doing.TOO_LARGE),
        (10, 100, NOW, Doing.IMPORT),
        (10, 100, LAST_YEAR, Doing.LEAVE),
        (10, 1001, LAST_YEAR, Doing.LEAVE),
        (10, 1001, NOW, Doing.TOO_LARGE),
    ],
)
def test_old_mail_is_left_or_imported_and_new_mail_kept(uid: int, size: int, came_at: datetime, doing: Doing) -> None:
    decided = fate(uid, size, came_at, SINCE, NOW, largest=1000)
    assert decided.doing is doing
    assert decided.because


def test_old_mail_that_is_dealt_with_is_not_wanted_again() -> None:
    assert wanted_old([3, 4, 5, 11], replace(SINCE, old_uid=3)) == [4, 5]
    assert not nothing_old_left(SINCE).old_left


def test_what_lies_among_the_sent_mail_is_never_new() -> None:
    new = SINCE.old_until + 1
    assert fate(new, 100, NOW, SINCE, NOW, 1000).doing is Doing.KEEP
    assert fate(new, 100, NOW, SINCE, NOW, 1000, sent=True).doing is Doing.IMPORT
    assert fate(new, 2000, NOW, SINCE, NOW, 1000, sent=True).doing is Doing.TOO_LARGE
