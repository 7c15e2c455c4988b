"""What a rule or a department says about what is owed in a conversation holds, and `brief sla explain` says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from service.terminal import THEME
from service.terminal_sla import explained
from storage.errors import WrongUse
from threads.departments import Department
from threads.hours import Calendar
from threads.model import Mailbox, Priority
from threads.policy import Policy
from threads.rule import Rule
from threads.sla.terms import SlaPolicy

NIGHT = Department("Nacht", ("lena",))


@pytest.fixture
def policy() -> Policy:
    """Whoever cancels is answered within an hour; the night department is there day and night."""
    fast = SlaPolicy(
        "fast", "gold", first={Priority.NORMAL: timedelta(hours=1)}, next={Priority.NORMAL: timedelta(hours=2)}
    )
    office = Calendar("Mo-Fr 08:00-17:00", "Europe/Berlin", "")
    return Policy(
        (Mailbox("support@localhost", "Support"),),
        office,
        {"department:Nacht": Calendar("24/7", "Europe/Berlin")},
        rules=(Rule("cancels", any_words=("Kündigung",), sla="fast"),),
        sla=(fast,),
        departments=(NIGHT, Department("Tag")),
    )  # fmt: skip


def owed(desk: Any, handle: str) -> dict[str, Any]:
    """The target that runs."""
    [row] = [each for each in desk.sla.explain(handle) if each["state"] in ("running", "overdue")]
    return dict(row)


def asked(arrives: Any, a_mail: Any, text: str, **more: Any) -> str:
    handle: str = arrives(a_mail(author="Anna <anna@kunde.example>", text=text, **more)).handle
    return handle


def test_the_policy_that_a_rule_gives_holds_for_the_first_and_each_further_answer(
    desk: Any, arrives: Any, a_mail: Any
) -> None:
    handle = asked(arrives, a_mail, "Anbei meine Kündigung.", message_id="<a@kunde.example>")
    assert (owed(desk, handle)["policy"], owed(desk, handle)["within_seconds"]) == ("fast", 3600)
    desk.reply(handle, "Schade!")
    asked(arrives, a_mail, "Und die Domain?", subject="Re: Frage", in_reply_to="<a@kunde.example>")
    assert (owed(desk, handle)["policy"], owed(desk, handle)["within_seconds"]) == ("fast", 7200)


def test_a_later_mail_that_a_rule_fits_changes_the_policy_from_then_on(desk: Any, arrives: Any, a_mail: Any) -> None:
    handle = asked(arrives, a_mail, "Eine Frage.", message_id="<a@kunde.example>")
    assert owed(desk, handle)["policy"] == ""
    asked(arrives, a_mail, "Dann die Kündigung.", subject="Re: Frage", in_reply_to="<a@kunde.example>")
    assert owed(desk, handle)["policy"] == "fast"
    [row] = desk.show(handle)
    assert any('the SLA policy "fast" holds' in each.get("because", "") for each in row["timeline"])


def test_a_department_has_hours_of_its_own_from_when_it_is_theirs(
    desk: Any, arrives: Any, a_mail: Any, clock: Any
) -> None:
    handle = asked(arrives, a_mail, "Eine Frage.")
    before = owed(desk, handle)
    assert before["hours"] == "support@localhost"
    clock.forward(hours=10)  # the office is closed by then
    desk.move_to(handle, "Nacht")
    there = owed(desk, handle)
    assert there["hours"] == "department:Nacht"
    assert sum(each["seconds"] for each in there["stretches"] if each["counts"]) == there["counted_seconds"]
    clock.forward(hours=1)
    later = owed(desk, handle)
    assert later["counted_seconds"] - there["counted_seconds"] == 3600
    assert datetime.fromisoformat(there["due_at"]) < datetime.fromisoformat(before["due_at"])
    desk.move_to(handle, "Tag")
    assert owed(desk, handle)["hours"] == "support@localhost"


def test_the_hours_of_a_department_are_called_so_and_are_nobody_elses(desk: Any, arrives: Any, a_mail: Any) -> None:
    handle = asked(arrives, a_mail, "Eine Frage.")
    desk.move_to(handle, "Nacht")
    there = owed(desk, handle)
    assert there["marks"][-1]["because"] == "other hours count: the department Nacht"
    shown = StringIO()
    explained(Console(file=shown, width=120, theme=THEME), [there], datetime.fromisoformat(there["started_at"]), UTC)
    assert "by the hours of the department Nacht" in shown.getvalue()
    desk.people.add_organisation("Nord AG")
    with pytest.raises(WrongUse, match=r"there is 24/7\. A \[\[calendar\]\] in the settings makes one"):
        desk.people.promise("Nord AG", calendar="department:Nacht")


def test_a_merge_keeps_the_policy_that_either_has_and_undo_takes_it_back(
    desk: Any, arrives: Any, a_mail: Any, clock: Any
) -> None:
    plain = asked(arrives, a_mail, "Eine Frage.", subject="Rechnung")
    clock.forward(minutes=5)
    fast = asked(arrives, a_mail, "Anbei meine Kündigung.", subject="Vertrag")
    desk.merge(fast, plain)
    assert owed(desk, plain)["policy"] == "fast"
    desk.undo(plain)
    assert owed(desk, plain)["policy"] == ""
    assert owed(desk, fast)["policy"] == "fast"


def test_what_is_split_off_keeps_the_policy(desk: Any, arrives: Any, a_mail: Any, clock: Any) -> None:
    handle = asked(arrives, a_mail, "Anbei meine Kündigung.", message_id="<a@kunde.example>")
    clock.forward(minutes=5)
    other = arrives(
        a_mail(
            author="Anna <anna@kunde.example>",
            text="Und die Domain?",
            subject="Re: Frage",
            in_reply_to="<a@kunde.example>",
        )
    )
    [row] = desk.show(handle)
    last = [each for each in row["timeline"] if each.get("text") and "Domain" in each["text"]][-1]
    assert other.handle == handle
    made = desk.split(handle, [last["code"]])
    assert owed(desk, made["handle"])["policy"] == "fast"


def test_an_agents_priority_and_department_leave_the_policy(desk: Any, arrives: Any, a_mail: Any) -> None:
    handle = asked(arrives, a_mail, "Anbei meine Kündigung.")
    desk.priority(handle, "high", "sie hat angerufen")
    desk.move_to(handle, "Tag")
    assert owed(desk, handle)["policy"] == "fast"
