"""What came to two conversations while an agent had made them one goes where it belongs once that is taken back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from storage.tables import ConversationRow
from tests.two_matters import ONE, OTHER, PASSED_ON, URGENT, Arrives, Matters, differences, last_sent, reports, send_all
from threads.arrive import Recorded
from threads.model import Kind, Priority, Status
from threads.policy import AcknowledgeLimits, Policy


@pytest.fixture
def policy(policy: Policy) -> Policy:
    """Nothing goes out by itself, so that all is the same however often it is tried."""
    return replace(policy, acknowledge=AcknowledgeLimits(enabled=False))


def test_what_came_since_an_agent_merged_two_is_waited_for_once_that_is_taken_back(
    matters: Callable[[], Matters], desk: Any
) -> None:
    two = matters()
    desk.close_conversation(two.handles[ONE])
    desk.merge(two.handles[OTHER], two.handles[ONE])
    two.comes("later", "Rechnung", "Sie fehlt noch immer.", "one")
    two.comes("aside", "Juni", "Und die vom Juni auch.", "other")

    desk.undo()

    assert (two.place("later"), two.place("aside")) == two.handles
    one, other = two.row(ONE), two.row(OTHER)
    assert (one.status, one.messages, one.closed_at) == (Status.OPEN, 2, None)
    assert one.waiting_since == two.received_at("later")
    assert (other.status, other.messages, other.waiting_since) == (Status.OPEN, 2, two.received_at("other"))
    [told] = [each for each in desk.why(two.handles[ONE]) if "came since" in each["because"]]
    assert told["because"] == "what came since the two were one is not answered (it was closed)"


@pytest.mark.parametrize("which", [ONE, OTHER])
def test_what_was_put_aside_until_the_customer_writes_waits_once_they_wrote_of_it_while_it_was_one_with_another(
    matters: Callable[[], Matters], desk: Any, which: int
) -> None:
    two = matters()
    desk.snooze(two.handles[which], "tomorrow 9am")
    desk.merge(two.handles[OTHER], two.handles[ONE])
    two.comes("later", "Noch etwas", "Noch etwas dazu.", ("one", "other")[which])

    desk.undo()

    assert (two.row(which).status, two.row(which).snoozed_until) == (Status.OPEN, None)


@pytest.mark.parametrize("which", [ONE, OTHER])
def test_what_was_put_aside_waits_for_its_customer_once_they_were_answered_while_it_was_one_with_another(
    matters: Callable[[], Matters], desk: Any, clock: Any, which: int
) -> None:
    two = matters()
    desk.reply(two.handles[which], "Welche?")
    desk.snooze(two.handles[which], "tomorrow 9am")
    desk.merge(two.handles[OTHER], two.handles[ONE])
    two.comes("later", "Noch etwas", "Die vom Mai.", ("one", "other")[which])
    clock.forward(minutes=1)
    desk.reply(two.handles[ONE], "Anbei.")

    desk.undo(two.handles[OTHER])

    row = two.row(which)
    assert (row.status, row.snoozed_until, row.waiting_since) == (Status.WAITING, None, None)


@pytest.mark.parametrize("which", [ONE, OTHER])
def test_what_was_put_aside_stays_so_where_only_the_other_was_written_of_and_answered(
    matters: Callable[[], Matters], desk: Any, clock: Any, which: int
) -> None:
    two = matters()
    clock.forward(minutes=1)
    desk.reply(two.handles[which], "Welche?")
    desk.snooze(two.handles[which], "tomorrow 9am")
    before = two.row(which)
    desk.merge(two.handles[OTHER], two.handles[ONE])
    two.comes("later", "Noch etwas", "Die vom Mai.", ("other", "one")[which])
    clock.forward(minutes=1)
    desk.reply(two.handles[ONE], "Anbei.")

    desk.undo(two.handles[OTHER])

    row = two.row(which)
    assert (row.status, row.snoozed_until) == (Status.SNOOZED, before.snoozed_until)
    assert two.row(1 - which).status == Status.WAITING


@pytest.mark.parametrize("answered", [True, False], ids=["answered before", "not answered before"])
@pytest.mark.parametrize("since", ["", "mail", "mail answer", "mail answer mail", "mail answer report"])
def test_what_an_agent_put_aside_after_all_that_came_rests_on(
    matters: Callable[[], Matters], desk: Any, clock: Any, since: str, answered: bool
) -> None:
    two = matters()
    if answered:
        desk.reply(two.handles[ONE], "Welche?")
    desk.merge(two.handles[OTHER], two.handles[ONE])
    for number, what in enumerate(since.split()):
        clock.forward(minutes=1)
        if what == "mail":
            two.comes(f"later-{number}", "Noch etwas", "Die vom Mai.", "one")
        elif what == "answer":
            desk.reply(two.handles[ONE], "Anbei.")
            send_all(desk, clock.forward(minutes=1))
        else:
            two.arrives(reports(two.author, last_sent(desk)["message_id"]), kind=Kind.BOUNCE)
    clock.forward(minutes=1)
    desk.snooze(two.handles[ONE], "tomorrow 9am")
    until = two.row(ONE).snoozed_until

    desk.undo(two.handles[OTHER])

    row = two.row(ONE)
    assert (row.status, row.snoozed_until) == (Status.SNOOZED, until)
    assert (row.undelivered_at is not None) == ("report" in since)
    waits_for_the_customer = since.endswith("answer") or (answered and not since)
    assert (row.waiting_since is None) == (row.due_at is None) == waits_for_the_customer


@contextmanager
def another_host(monkeypatch: pytest.MonkeyPatch, seconds: int) -> Iterator[None]:
    """What is written meanwhile has the keys of a host whose clock is that far ahead."""
    with monkeypatch.context() as there:
        there.setattr("storage.ids._last", 0)
        there.setattr("storage.ids.time", SimpleNamespace(time_ns=lambda: time.time_ns() + seconds * 10**9))
        yield


@pytest.mark.parametrize("which", [ONE, OTHER])
@pytest.mark.parametrize("seconds", [-5, 5], ids=["behind", "ahead"])
def test_what_came_since_is_found_whatever_the_clock_of_the_host_that_read_it(
    matters: Callable[[], Matters], desk: Any, monkeypatch: pytest.MonkeyPatch, which: int, seconds: int
) -> None:
    two = matters()
    with another_host(monkeypatch, seconds):
        two.comes("before", "Rechnung", "Noch etwas.", ("one", "other")[which])
    before = two.state()
    desk.merge(two.handles[OTHER], two.handles[ONE])
    with another_host(monkeypatch, seconds):
        two.comes("later", "Rechnung", URGENT, ("one", "other")[which])

    desk.undo(two.handles[OTHER])

    assert two.place("before") == two.place("later") == two.handles[which]
    assert two.row(which).priority == Priority.CRITICAL
    assert two.state()[("other", "one")[which]] == before[("other", "one")[which]]


def test_what_came_since_goes_on_where_it_belongs_once_the_merge_before_is_taken_back_too(
    matters: Callable[[], Matters], desk: Any
) -> None:
    three = matters()
    third = three.comes("third", "Umzug", "Wann wird umgezogen?").handle
    one, other = three.handles
    desk.merge(one, other)
    desk.merge(other, third)
    three.comes("later", "Rechnung", "Sie fehlt noch immer.", "one")
    places = []
    for _ in range(2):
        desk.undo()
        places.append(three.place("later"))

    assert places == [other, one]
    assert differences(desk) == ()


def test_what_only_a_reply_address_led_there_goes_with_the_conversation_that_has_the_address(
    matters: Callable[[], Matters], desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    two = matters()
    desk.reply(two.handles[OTHER], "Welche?")
    address = last_sent(desk)["reply_to"]
    desk.merge(two.handles[OTHER], two.handles[ONE])
    two.came["back"] = arrives(a_mail(author=two.author, to=address, subject="Danke", text="Die vom Juni."), to=address)

    desk.undo(two.handles[OTHER])

    assert two.place("back") == two.handles[OTHER]
    assert differences(desk) == ()


def test_two_that_an_agent_made_one_by_mistake_are_not_made_one_again_by_who_replies_to_an_answer_of_that_time(
    matters: Callable[[], Matters], desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    two = matters()
    desk.reply(two.handles[OTHER], "Welche?")
    desk.merge(two.handles[OTHER], two.handles[ONE])
    two.comes("again", "Rechnung", "Die vom Mai.", "one")
    desk.reply(two.handles[ONE], "Im Mai war keine.")
    ours = last_sent(desk)

    desk.undo(two.handles[OTHER])
    back = a_mail(
        author=two.author, to=ours["reply_to"], subject="Re: Rechnung", text="Doch!", in_reply_to=ours["message_id"]
    )
    two.came["back"] = arrives(back, to=ours["reply_to"])

    assert (two.place("other"), two.place("back")) == (two.handles[OTHER], two.handles[ONE])
    assert not two.came["back"].held
    assert differences(desk) == ()


def test_a_conversation_that_a_colleague_passed_on_stays_its_customers_once_a_merge_into_it_is_taken_back(
    desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    carls = arrives(a_mail(author="Ben Otto <ben@localhost>", subject="Fwd: Kaputt", text=PASSED_ON))
    dora = {"author": "Dora <dora@fremd.example>", "subject": "Rechnung"}
    doras = arrives(a_mail(**dora, text="Wo ist sie?", message_id="<one@fremd.example>"))
    desk.merge(doras.handle, carls.handle)
    arrives(a_mail(**dora, text="Sie fehlt noch immer.", in_reply_to="<one@fremd.example>"))

    desk.undo()

    with desk.database.reading() as session:
        row = session.get_one(ConversationRow, carls.conversation)
        assert row.customer_address == "carl@kunde.example"
        assert row.customer_id != session.get_one(ConversationRow, doras.conversation).customer_id
    assert "carl@kunde.example" in str(desk.reply(carls.handle, "Wir tauschen ihn.")["to"])


def test_a_merge_is_taken_back_with_what_comes_each_time_that_the_mails_before_were_read(
    matters: Callable[[], Matters], desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    two, reading = matters(), desk.reading
    came: list[Recorded] = []
    desk.merge(two.handles[OTHER], two.handles[ONE])

    @contextmanager
    def reading_while_another_comes() -> Iterator[Any]:
        with reading() as session:
            yield session
        came.append(two.comes(f"later-{len(came)}", "Rechnung", URGENT, "other"))

    monkeypatch.setattr(desk, "reading", reading_while_another_comes)
    desk.undo()

    assert {two.place(f"later-{number}") for number in range(len(came))} == {two.handles[OTHER]}
    assert (two.row(ONE).priority, two.row(OTHER).priority) == (Priority.NORMAL, Priority.CRITICAL)
