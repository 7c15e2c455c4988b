"""Hours that change while clocks run, kept in a real database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from storage.database import Database
from storage.tables import CalendarRow, ConversationRow, TargetRow
from tests.integration.threads.conftest import SALES, SUPPORT, Desk
from threads.hours import Calendar
from threads.policy import Policy
from threads.sla.hours_changed import AT_A_TIME, HoursChanged
from threads.store.calendars import keep_hours, not_followed, with_history

OFFICE = Calendar("Mo-Fr 08:00-17:00")
LATE = Calendar("Mo-Fr 12:00-20:00")
MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def policy_with(hours: Calendar, **more: object) -> Policy:
    return Policy(mailboxes=(SUPPORT, SALES), calendar=hours, **more)  # type: ignore[arg-type]


def kept(database: Database, policy: Policy, now: datetime) -> tuple[Policy, list[str]]:
    with database.writing() as session:
        return keep_hours(session, policy, now)


def rows(database: Database) -> int:
    with database.reading() as session:
        return session.query(CalendarRow).count()


def test_hours_that_stay_as_they_are_are_written_once(database: Database) -> None:
    kept(database, policy_with(OFFICE), MONDAY)
    there = rows(database)
    policy, changed = kept(database, policy_with(OFFICE), MONDAY + timedelta(days=1))
    assert (rows(database), changed) == (there, [])
    assert policy.hours(SUPPORT.address).changes == ()


def test_what_has_passed_counts_by_the_hours_that_held_then(database: Database) -> None:
    kept(database, policy_with(OFFICE), MONDAY)
    noon = MONDAY.replace(hour=11)
    policy, changed = kept(database, policy_with(LATE), noon)
    assert changed == ["", "sales@desk.example", "support@desk.example"]
    hours = policy.hours(SUPPORT.address)
    assert hours.between(MONDAY, MONDAY + timedelta(days=1)) == timedelta(hours=2 + 8)
    with database.reading() as session:
        assert with_history(session, policy_with(LATE), noon + timedelta(days=3)).hours(SUPPORT.address) == hours


def test_a_mailbox_that_changes_its_calendar_keeps_what_it_counted(database: Database) -> None:
    kept(database, policy_with(OFFICE), MONDAY)
    named = {"late": LATE, SALES.address: LATE}
    policy, changed = kept(database, policy_with(OFFICE, calendars=named), MONDAY.replace(hour=10))
    assert changed == [SALES.address]
    assert policy.hours(SALES.address).at(MONDAY) == OFFICE
    assert policy.hours(SALES.address).newest == LATE
    assert policy.hours("late").first == LATE
    assert policy.hours(SUPPORT.address).changes == ()


def test_a_calendar_that_is_gone_leaves_the_hours_of_the_desk(database: Database) -> None:
    kept(database, policy_with(OFFICE, calendars={"late": LATE}), MONDAY)
    policy, changed = kept(database, policy_with(OFFICE), MONDAY + timedelta(days=1))
    assert changed == ["late"]
    assert policy.hours("late").at(MONDAY) == LATE
    assert policy.hours("late").newest == OFFICE


def test_what_other_settings_say_holds_from_now_on_and_is_not_written(database: Database) -> None:
    kept(database, policy_with(OFFICE), MONDAY)
    there = rows(database)
    with database.reading() as session:
        policy = with_history(session, policy_with(LATE), MONDAY + timedelta(hours=1))
    assert policy.hours(SUPPORT.address).newest == LATE
    assert rows(database) == there


def test_hours_that_can_be_read_no_more_stop_no_clock(database: Database) -> None:
    with database.writing() as session:
        session.add(
            CalendarRow(
                name="", from_at=MONDAY, opening="once upon a time", zone="Europe/Berlin", holidays="", off=[],
                followed_at=MONDAY,
            )
        )  # fmt: skip
    policy, _ = kept(database, policy_with(OFFICE), MONDAY + timedelta(days=1))
    assert policy.hours("").newest == OFFICE


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def test_a_running_clock_is_due_by_the_new_hours(desk: Desk) -> None:
    desk.policy, _ = kept(desk.database, replace(desk.policy, calendar=OFFICE), MONDAY - timedelta(days=1))
    conversation = desk.arrives(desk.mail()).conversation
    (target,) = [each for each in desk.all(TargetRow) if each.kind == "first"]
    assert desk.conversation(conversation).due_at == OFFICE.add(target.started_at, timedelta(hours=8))
    changed_at = MONDAY.replace(hour=11)  # 12:00 in Berlin, when the new hours begin
    desk.policy, _ = kept(desk.database, replace(desk.policy, calendar=LATE), changed_at)
    work = HoursChanged()
    assert work.step(desk.database, desk.policy, changed_at) == 1
    assert work.step(desk.database, desk.policy, changed_at) == 0
    expected = changed_at + timedelta(hours=8) - (changed_at - target.started_at)
    assert desk.conversation(conversation).due_at == expected
    assert [each.due_at for each in desk.all(TargetRow) if each.kind == "first"] == [expected]
    with desk.database.reading() as session:
        assert not_followed(session, desk.policy) == {}


def test_many_clocks_are_put_right_in_steps_and_what_was_left_undone_is_begun_anew(desk: Desk) -> None:
    desk.policy, _ = kept(desk.database, desk.policy, MONDAY - timedelta(days=1))
    for number in range(7):
        desk.arrives(desk.mail(f"kunde{number}@kunde.example", subject=f"Frage {number}"))
    desk.policy, _ = kept(desk.database, replace(desk.policy, calendar=LATE), desk.now)
    before = {each.id: each.due_at for each in desk.all(ConversationRow)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("threads.sla.hours_changed.AT_A_TIME", 3)
        assert AT_A_TIME == 200
        assert HoursChanged().step(desk.database, desk.policy, desk.now) == 3  # and ends there
        other = HoursChanged()
        assert [other.step(desk.database, desk.policy, desk.now) for _ in range(4)] == [3, 3, 1, 0]
    after = {each.id: each.due_at for each in desk.all(ConversationRow)}
    assert len(after) == 7
    assert all(after[each] != before[each] for each in after)


def test_a_process_with_the_old_settings_leaves_the_clocks_alone(desk: Desk) -> None:
    old, _ = kept(desk.database, desk.policy, MONDAY - timedelta(days=1))
    desk.arrives(desk.mail())
    new, _ = kept(desk.database, replace(desk.policy, calendar=LATE), desk.now)
    assert HoursChanged().step(desk.database, old, desk.now) == 0
    assert HoursChanged().step(desk.database, new, desk.now) == 1
