"""The hours of the settings: what cannot be used is left out and named, and [hours] holds in its place."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from service.calendars import calendars_of, hardly_meant
from service.check import State
from service.doctor import checks
from service.running import Running
from service.settings import Settings, read_settings
from storage.errors import WrongUse
from threads.hours import Calendar
from threads.model import Mailbox, Priority
from threads.policy import Policy
from threads.sla.terms import Aim, Given, Promised
from threads.working import Chronicle

BERLIN = ZoneInfo("Europe/Berlin")
MAILBOXES = """\
[[mailbox]]
address = "support@example.org"
[[mailbox]]
address = "hotline@example.org"
calendar = "hotline"
"""
HOURS = """\
[hours]
opening = "Mo-Fr 08:00-17:00; PH off"
holidays = "DE-NW"
off = [2026-12-24, "2026-12-31..2027-01-02"]
"""


def settings_of(folder: Path, text: str) -> Settings:
    file = folder / "brief.toml"
    file.write_text(text, encoding="utf-8")
    return read_settings(file, folder / "data")


def test_a_mailbox_has_the_hours_of_its_calendar_and_what_that_leaves_out_is_of_the_desk(tmp_path: Path) -> None:
    text = MAILBOXES + HOURS + '[[calendar]]\nname = "hotline"\nopening = "Mo-Su 06:00-22:00; PH off"\n'
    policy = settings_of(tmp_path, text).policy()
    off = ("2026-12-24", "2026-12-31..2027-01-02")
    assert policy.calendar == Calendar("Mo-Fr 08:00-17:00; PH off", "Europe/Berlin", "DE-NW", off)
    hotline = Calendar("Mo-Su 06:00-22:00; PH off", "Europe/Berlin", "DE-NW", off)
    assert policy.calendars == {"hotline": hotline, "hotline@example.org": hotline}
    assert policy.hours("hotline@example.org").newest == hotline
    assert policy.hours("support@example.org").newest == policy.calendar


def test_what_a_calendar_says_holds_for_it_alone(tmp_path: Path) -> None:
    text = MAILBOXES + HOURS + '[[calendar]]\nname = "hotline"\nzone = "America/New_York"\nholidays = ""\noff = []\n'
    hotline = settings_of(tmp_path, text).policy().calendars["hotline"]
    assert hotline == Calendar("Mo-Fr 08:00-17:00; PH off", "America/New_York", "")


def hours_of(policy: Policy, mailbox: Mailbox, priority: Priority, calendar: str = "") -> Chronicle:
    """The hours in which the clock of an answer runs, for an organisation with a calendar."""
    terms = policy.terms(Aim.FIRST, mailbox.address, priority, Promised(calendar=calendar))
    assert terms is not None
    return policy.hours(terms.calendar)


def test_a_mailbox_may_be_there_day_and_night(tmp_path: Path) -> None:
    policy = settings_of(tmp_path, '[[mailbox]]\naddress = "a@example.org"\ncalendar = "24/7"\n').policy()
    sunday = datetime(2026, 12, 27, 3, tzinfo=UTC)
    assert hours_of(policy, policy.mailboxes[0], Priority.LOW).is_open(sunday)
    assert policy.zone_of(policy.mailboxes[0]) == BERLIN


def test_the_calendar_of_an_organisation_goes_before_that_of_the_mailbox(tmp_path: Path) -> None:
    text = MAILBOXES + HOURS + '[[calendar]]\nname = "hotline"\nopening = "Mo-Su 06:00-22:00"\n'
    policy = settings_of(tmp_path, text).policy()
    support, hotline = policy.mailboxes
    sunday = datetime(2026, 12, 27, 12, tzinfo=UTC)
    assert hours_of(policy, support, Priority.NORMAL, "hotline").is_open(sunday)
    assert not hours_of(policy, support, Priority.NORMAL).is_open(sunday)
    assert not hours_of(policy, support, Priority.NORMAL, "there is none").is_open(sunday)
    assert hours_of(policy, support, Priority.NORMAL, "24/7").is_open(sunday)
    assert hours_of(policy, hotline, Priority.CRITICAL).is_open(datetime(2026, 12, 27, 3, tzinfo=UTC))


def test_the_calendar_of_a_department_goes_before_that_of_the_mailbox_and_behind_that_of_the_organisation(
    tmp_path: Path,
) -> None:
    text = MAILBOXES + HOURS + '[[calendar]]\nname = "hotline"\nopening = "Mo-Su 06:00-22:00"\n'
    text += (
        '[[department]]\nname = "Technik"\ncalendar = "hotline"\n[[department]]\nname = "Nacht"\ncalendar = "24/7"\n'
    )
    policy = settings_of(tmp_path, text).policy()
    support = policy.mailboxes[0].address
    names = {
        (of, promised): policy.terms(Aim.FIRST, support, Priority.NORMAL, Promised(calendar=promised), Given(of))
        for of in ("Technik", "Nacht", "Einkauf", "")
        for promised in ("", "24/7")
    }
    told = {key: terms.calendar for key, terms in names.items() if terms}
    assert [told[of, ""] for of in ("Technik", "Nacht", "Einkauf", "")] == [
        "department:Technik", "department:Nacht", support, support
    ]  # fmt: skip
    assert {told[of, "24/7"] for of in ("Technik", "Nacht", "Einkauf", "")} == {"24/7"}
    sunday = datetime(2026, 12, 27, 12, tzinfo=UTC)
    assert policy.hours("department:Technik").is_open(sunday)
    assert policy.hours("department:Nacht").is_open(sunday.replace(hour=3))


def test_a_department_that_names_no_calendar_of_the_desk_is_told_of(tmp_path: Path) -> None:
    text = MAILBOXES.replace('"hotline"', '""') + '[[department]]\nname = "Technik"\ncalendar = "hotlin"\n'
    [left_out] = calendars_of(settings_of(tmp_path, text)).left_out
    assert '[department] calendar: there is no calendar "hotlin"' in left_out
    assert left_out.endswith("the mailbox's hours hold for Technik")


@pytest.mark.parametrize(
    ("calendar", "said"),
    [
        ('opening = "2020 Mo-Fr 08:00-17:00"', r"\[calendar\] opening: .* never open in the next two years"),
        ('opening = "whenever"', r"\[calendar\] opening: .* cannot be read"),
        ('zone = "Europe/Berlyn"', r"\[calendar\] zone: there is no time zone .* did you mean Europe/Berlin\?"),
        ('holidays = "DE-NRW"', r"\[calendar\] holidays: .* did you mean DE-NW\?"),
        ('holidays = "BY"', r'\[calendar\] holidays: a Land is written "DE-BY"'),
    ],
)
def test_a_calendar_that_cannot_be_used_is_left_out_with_file_and_line(
    tmp_path: Path, calendar: str, said: str
) -> None:
    found = calendars_of(settings_of(tmp_path, f'{MAILBOXES}{HOURS}[[calendar]]\nname = "hotline"\n{calendar}\n'))
    (left_out,) = found.left_out
    assert left_out.startswith(f"{tmp_path}/brief.toml, line 12: ")
    assert re.search(said, left_out)
    assert left_out.endswith("Until then [hours] holds in its place")
    assert found.named == {}


def test_of_days_off_only_what_is_none_is_left_out(tmp_path: Path) -> None:
    text = MAILBOXES + HOURS + '[[calendar]]\nname = "hotline"\noff = ["2026-02-30", "2026-12-30"]\n'
    found = calendars_of(settings_of(tmp_path, text))
    assert found.named["hotline"].off == ("2026-12-30",)
    assert 'line 12: [calendar] off: "2026-02-30" is no day off' in found.left_out[0]


def test_of_two_calendars_of_one_name_the_first_holds(tmp_path: Path) -> None:
    first, second = ('[[calendar]]\nname = "{}"\nopening = "{}"\n'.format(*each) for each in (
        ("hotline", "Mo-Su 06:00-22:00"), ("Hotline", "Mo 10:00-11:00")))  # fmt: skip
    found = calendars_of(settings_of(tmp_path, MAILBOXES + HOURS + first + second))
    assert found.named["hotline"].opening == "Mo-Su 06:00-22:00"
    assert 'line 14: [calendar] name: the name "Hotline" is taken by "hotline"' in found.left_out[0]


def test_an_unknown_calendar_is_named_with_what_was_meant(tmp_path: Path) -> None:
    text = MAILBOXES.replace('"hotline"', '"hotlin"') + HOURS + '[[calendar]]\nname = "hotline"\n'
    found = calendars_of(settings_of(tmp_path, text))
    assert 'line 5: [mailbox] calendar: there is no calendar "hotlin"; did you mean hotline?' in found.left_out[0]
    assert "hotline@example.org" not in found.named


@pytest.mark.parametrize("name", ["24/7", "a@b", " ", ""])
def test_a_calendar_has_a_name_that_nothing_else_has(tmp_path: Path, name: str) -> None:
    with pytest.raises(WrongUse, match=r"line 2: \[calendar\] name: "):
        settings_of(tmp_path, f'[[calendar]]\nname = "{name}"\n')


@pytest.mark.parametrize("off", ['"2026-02-30"', '"2026-12-31..2026-12-24"', "7"])
def test_a_day_off_of_the_desk_that_is_none_is_refused_with_its_line(tmp_path: Path, off: str) -> None:
    with pytest.raises(WrongUse, match=r"line 2: \[hours\] off: .* is no day off"):
        settings_of(tmp_path, f"[hours]\noff = [{off}]\n")


def test_the_doctor_names_a_night_that_a_semicolon_cuts(tmp_path: Path) -> None:
    text = (
        '[hours]\nopening = "Mo-Fr 22:00-06:00; Sa 10:00-12:00"\n[[calendar]]\nname = "a"\nopening = "nonsense"\n'
        '[[calendar]]\nname = "b"\nopening = "22:00-06:00; Su 12:00-13:00"\n[[calendar]]\nname = "c"\n'
    )
    said = [each.said for each in checks(settings_of(tmp_path, text)) if "semicolon" in each.said]
    assert len(said) == 2
    assert re.search(
        r'brief.toml, line 2: \[hours\] opening: "Sa 10:00-12:00" takes .* a night from Friday to Saturday ends',
        said[0],
    )
    assert re.search(
        r'brief.toml, line 8: \[calendar\] opening: "Su 12:00-13:00" takes .* a night from Saturday to Sunday ends',
        said[1],
    )


def test_the_doctor_names_what_was_left_out(tmp_path: Path) -> None:
    found = [each for each in checks(settings_of(tmp_path, MAILBOXES + HOURS)) if each.name == "hours"]
    assert [each.state for each in found] == [State.WARNING]
    assert 'there is no calendar "hotline"' in found[0].said


def test_a_desk_that_runs_tells_what_was_left_out_and_keeps_hours_that_changed(tmp_path: Path) -> None:
    with capture_logs() as told:
        running = Running.open(settings_of(tmp_path, MAILBOXES + HOURS))
    try:
        assert [each["event"] for each in told] == ["left out of the settings"]
        before = running.policy.hours("support@example.org")
        changed = settings_of(tmp_path, MAILBOXES + HOURS.replace("08:00-17:00", "06:00-22:00"))
        began = datetime.now(UTC)
        running.read_again(lambda: changed)
        hours = running.policy.hours("support@example.org")
        assert hours.first == before.newest
        assert [calendar for _, calendar in hours.changes] == [running.policy.calendar]
        assert began <= hours.changes[0][0] <= datetime.now(UTC)
    finally:
        running.close()
    again = Running.open(settings_of(tmp_path, MAILBOXES + HOURS.replace("08:00-17:00", "06:00-22:00")))
    try:
        assert again.policy.hours("support@example.org") == hours
    finally:
        again.close()


def test_days_off_are_closed_on_both_their_ends(tmp_path: Path) -> None:
    calendar = settings_of(tmp_path, MAILBOXES + HOURS).policy().calendar
    days = [date(2026, 12, 21) + timedelta(days=each) for each in range(15)]
    closed = [day for day in days if not calendar.is_open(datetime(day.year, day.month, day.day, 10, tzinfo=BERLIN))]
    weekdays = [f"{day:%m-%d}" for day in closed if day.weekday() < 5]
    assert weekdays == ["12-24", "12-25", "12-31", "01-01"]


def test_hours_that_never_count_are_named_with_their_line(tmp_path: Path) -> None:
    twice = '[[calendar]]\nname = "noon"\nopening = "Mo-Fr 08:00-12:00; Mo-Fr 13:00-17:00"\n'
    settings = settings_of(tmp_path, twice + MAILBOXES)
    [said] = hardly_meant(settings)
    assert said.startswith(f'{settings.file}, line 3: [calendar] opening: "Mo-Fr 08:00-12:00" never counts: ')
