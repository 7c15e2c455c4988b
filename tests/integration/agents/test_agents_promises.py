"""What an organisation has been promised holds for what its people write, also for what is open already."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from storage.errors import WrongUse
from threads.hours import Calendar
from threads.model import Mailbox, Priority
from threads.policy import Policy
from threads.sla.terms import SlaPolicy

OPENING, ANNA = "Mo-Fr 08:00-17:00", "anna@kunde.example"


@pytest.fixture
def policy() -> Policy:
    """Gold is answered within an hour; the night shift is there in the evening, too."""
    gold = SlaPolicy("gold", "gold", first={Priority.NORMAL: timedelta(hours=1)})
    night = Calendar("Mo-Fr 08:00-22:00", "Europe/Berlin", "")
    mailbox = Mailbox("support@localhost", "Support")
    return Policy((mailbox,), Calendar(OPENING, "Europe/Berlin", ""), {"Nacht": night}, sla=(gold,))


@pytest.fixture
def nord(desk: Any) -> str:
    """An organisation that Anna is of."""
    desk.people.add_organisation("Nord AG")
    desk.people.add_member("Nord AG", ANNA)
    return "Nord AG"


def due(desk: Any, handle: str) -> timedelta:
    """How long after it came its answer is due, by the wall clock."""
    [row] = desk.show(handle)
    return datetime.fromisoformat(row["due_at"]) - datetime.fromisoformat(row["waiting_since"])


def asked(arrives: Any, a_mail: Any, subject: str = "Rechnung") -> str:
    handle: str = arrives(a_mail(author=f"Anna <{ANNA}>", subject=subject)).handle
    return handle


def test_what_is_open_is_due_by_the_new_promise_and_undo_takes_it_back(
    desk: Any, arrives: Any, a_mail: Any, nord: str
) -> None:
    handle = asked(arrives, a_mail)
    before = due(desk, handle)
    row = desk.people.promise(nord, contract="GOLD")
    assert (row["contract"], row["did"]) == ("gold", "lena gave Nord AG the contract class gold")
    assert due(desk, handle) == timedelta(hours=1) < before
    assert not desk.people.promise(nord, contract="gold")["changed"]
    desk.undo()
    assert desk.people.organisation(nord)["contract"] == ""
    assert due(desk, handle) == before


def test_what_comes_then_is_due_by_it_from_the_first_moment(desk: Any, arrives: Any, a_mail: Any, nord: str) -> None:
    desk.people.promise(nord, contract="gold")
    assert due(desk, asked(arrives, a_mail)) == timedelta(hours=1)
    other = arrives(a_mail(author="Ole <ole@example.net>", subject="DNS")).handle
    assert due(desk, other) > timedelta(hours=1)


def test_its_clocks_run_by_its_own_hours(desk: Any, arrives: Any, a_mail: Any, nord: str) -> None:
    handle = asked(arrives, a_mail)
    assert due(desk, handle) > timedelta(hours=12)  # over night
    desk.people.promise(nord, calendar="nacht")
    assert due(desk, handle) == timedelta(hours=8)
    assert due(desk, asked(arrives, a_mail, "Umzug")) == timedelta(hours=8)
    desk.people.promise(nord, calendar="24/7")
    assert due(desk, handle) == timedelta(hours=8)
    desk.people.promise(nord, calendar="")
    assert due(desk, handle) > timedelta(hours=12)


def test_who_leaves_it_is_promised_no_more_than_everybody(desk: Any, arrives: Any, a_mail: Any, nord: str) -> None:
    desk.people.promise(nord, contract="gold")
    handle = asked(arrives, a_mail)
    desk.people.remove_member(nord, ANNA)
    assert due(desk, handle) > timedelta(hours=1)
    desk.people.add_member(nord, ANNA)
    assert due(desk, handle) == timedelta(hours=1)
    desk.people.remove_organisation(nord)
    assert due(desk, handle) > timedelta(hours=1)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ({"contract": "golden"}, "no contract class is called 'golden'; did you mean gold?"),
        (
            {"calendar": "Tag"},
            "no calendar is called 'Tag'; there is 24/7, Nacht. A [[calendar]] in the settings makes one",
        ),
    ],
)
def test_what_there_is_not_is_refused(desk: Any, nord: str, what: dict[str, str], said: str) -> None:
    with pytest.raises(WrongUse) as refused:
        desk.people.promise(nord, **what)
    assert said in str(refused.value)
