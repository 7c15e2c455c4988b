"""What the desk joined because of a mail is taken apart: each half stands as if the two had never been one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.database import Database
from tests.two_matters import FIRST, ONE, OTHER, URGENT, WEBSITE, Arrives, Matters, differences, last_sent, reason
from threads.policy import AcknowledgeLimits, Policy


@pytest.fixture
def policy(policy: Policy) -> Policy:
    """Nothing goes out by itself, so that all is the same however often it is tried."""
    return replace(policy, acknowledge=AcknowledgeLimits(enabled=False))


def before(desk: Any, handle: str, act: str) -> None:
    """What had become of a matter when the mail came that names both."""
    if act in ("answered", "closed"):
        desk.reply(handle, "Kommt heute.", afterwards="closed" if act == "closed" else "waiting")
    elif act == "put aside":
        desk.snooze(handle, "tomorrow 9am")
    elif act == "urgent":
        desk.priority(handle, "critical", "eilt")
    elif act == "taken":
        desk.take(handle)


ACTS = st.sampled_from(["nothing", "answered", "closed", "put aside", "urgent", "taken"])
LATER = st.lists(
    st.tuples(st.sampled_from(["one", "other", "both"]), st.sampled_from(["", URGENT, WEBSITE])), max_size=3
)


def story(
    matters: Matters, acts: tuple[str, str], home: int, text: str, later: list[tuple[str, str]], *, apart: bool
) -> None:
    """The same for two customers, of whose matters one pair is never joined."""
    for handle, act in zip(matters.handles, acts, strict=True):
        before(matters.desk, handle, act)
    if apart:
        matters.set_apart()
    both = matters.both_in_one(home, text)
    assert both.handle == matters.handles[home if apart else ONE]
    for number, (parent, urgent) in enumerate(later):
        matters.comes(f"later{number}", "Nachfrage", urgent or f"Und dann noch Punkt {number}: Glasfaser.", parent)


@pytest.mark.timeout(600)
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    acts=st.tuples(ACTS, ACTS), home=st.sampled_from([ONE, OTHER]), text=st.sampled_from(["Zu beidem.", URGENT]),
    later=LATER, named=st.sampled_from([ONE, OTHER]),
)  # fmt: skip
def test_what_the_desk_joined_is_as_if_it_had_never_been_once_it_is_taken_apart(
    matters: Callable[[], Matters],
    clock: Any,
    acts: tuple[str, str],
    home: int,
    text: str,
    later: list[tuple[str, str]],
    named: int,
) -> None:
    start = clock.forward(days=7)
    joined = matters()
    story(joined, acts, home, text, later, apart=False)
    joined.desk.undo(joined.handles[named])
    clock.set(start)
    never = matters()
    story(never, acts, home, text, later, apart=True)

    assert joined.state() == never.state()
    assert reason(joined, "both") == reason(never, "both")


@pytest.mark.parametrize("home", [ONE, OTHER])
def test_what_was_taken_apart_is_joined_by_the_same_evidence_no_more(
    matters: Callable[[], Matters], desk: Any, home: int
) -> None:
    both = matters()
    both.both_in_one(home)
    assert (both.place("both"), differences(desk)) == (both.handles[ONE], ())

    desk.undo(both.handles[OTHER])

    assert both.place("both") == both.handles[home]
    assert "so they are one now" not in reason(both, "both")[1]
    assert differences(desk) == ()
    both.comes("again", "Noch einmal", "Und noch einmal zu beidem.", "other", "one")
    both.comes("reply", "Weiter", "Es geht weiter.", "both")
    assert [both.place(each) for each in ("again", "reply")] == [both.handles[OTHER], both.handles[home]]
    assert differences(desk) == ()


def test_our_answer_goes_with_the_mail_that_it_answers_and_what_comes_back_to_it_follows(
    matters: Callable[[], Matters], desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    both = matters()
    both.both_in_one(OTHER)
    desk.reply(both.handles[ONE], "Zu beidem: kommt.")
    letter = last_sent(desk)

    desk.undo(both.handles[OTHER])

    one, other = (desk.show(handle)[0] for handle in both.handles)
    assert [each["direction"] for each in one["timeline"] if each["kind"] == "message"] == ["in"]
    assert [each["direction"] for each in other["timeline"] if each["kind"] == "message"] == ["in", "in", "out"]
    assert (one["status"], other["status"]) == ("open", "waiting")
    reply_to = letter["reply_to"]
    back = arrives(
        a_mail(author=both.author, to=reply_to, subject="Danke", text="Und wann?", in_reply_to=letter["message_id"]),
        to=reply_to,
    )
    assert (back.handle, back.held) == (both.handles[OTHER], False)
    assert differences(desk) == ()


def test_of_three_that_one_mail_joined_each_is_taken_out_by_its_name(matters: Callable[[], Matters], desk: Any) -> None:
    three = matters()
    third = three.comes("third", "Umzug", "Wann wird umgezogen?").handle
    named = ("other", "one", "third")
    three.comes("both", "Zu allem", "Noch eine Frage zu allem.", *named)
    assert {three.place(each) for each in (*named, "both")} == {three.handles[ONE]}

    desk.undo(third)

    assert [three.place(each) for each in (*named, "both")] == [*[three.handles[ONE]] * 2, third, three.handles[ONE]]
    one, other = three.handles
    assert reason(three, "both")[1].endswith(f"; it belongs to {other} and {one}, so they are one now")
    desk.undo(other)
    assert [three.place(each) for each in (*named, "both")] == [other, one, third, other]
    three.comes("again", "Noch einmal", "Noch einmal zu allem.", "third", "one", "other")
    assert [three.place(each) for each in (*named, "again")] == [other, one, third, third]
    assert differences(desk) == ()


def test_what_an_agent_moved_meanwhile_stays_where_they_put_it(matters: Callable[[], Matters], desk: Any) -> None:
    two = matters()
    two.both_in_one(OTHER)
    own = desk.split(two.handles[ONE], [two.code("both")])["handle"]

    desk.acting_as("ben").undo(two.handles[OTHER])

    assert two.place("both") == own
    assert reason(two, "both")[0] == "agent"


@pytest.mark.parametrize("home", [ONE, OTHER])
def test_the_desk_names_the_mail_that_joined_two_and_both_of_them(
    matters: Callable[[], Matters], desk: Any, home: int
) -> None:
    two = matters()
    two.both_in_one(home)
    one, other = two.handles
    led, beside = ("its In-Reply-To names", "it names") if home == OTHER else ("it names", "its In-Reply-To names")
    because = (
        f"{two.code('both')}, a mail from anna@kunde{two.number}.example, belongs to {other} and to {one}: "
        f"{led} {two.id_of('other')}, and {beside} {two.id_of('one')}"
    )
    for name in (one, other):
        [merged] = [each for each in desk.why(name) if each["about"] == "merged"]
        assert merged["says"] == f"The desk merged {other} into it: {because}. `brief undo {other}` takes it apart."
        [shown] = [each for each in desk.show(name)[0]["timeline"] if each.get("event") == "merged"]
        assert shown["because"] == because


def test_an_agent_reads_why_two_are_one_takes_them_apart_and_nothing_of_it_comes_back(
    typed: Callable[..., str], database: Database, a_mail: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not database.is_sqlite:
        monkeypatch.setenv("BRIEF_DATABASE__URL", database.engine.url.render_as_string(hide_password=False))
    named = ["<one@mail.example.com>", "<other@mail.example.com>"]
    for name, (subject, text) in zip(named, FIRST, strict=True):
        taken_in(typed, tmp_path, a_mail(subject=subject, text=text, message_id=name))
    both = a_mail(subject=f"Re: {FIRST[OTHER][0]}", text="Zu beidem.", in_reply_to=named[1], references=" ".join(named))
    taken_in(typed, tmp_path, both)
    [row] = inbox(typed)
    one, other = row["handle"], "anna-invoice"

    shown = f"its In-Reply-To names {named[1]}, and it names {named[0]}"
    because = f"a mail from anna@example.com, belongs to {other} and to {one}: {shown}"
    assert because in " ".join(typed("show", one).split())
    assert f"The desk merged {other} into it: " in " ".join(typed("why", other).split())
    assert f"the desk had merged {other} into it" in typed("undo", one)

    assert {each["handle"]: each["messages"] for each in inbox(typed)} == {one: 1, other: 2}
    assert "nothing would stand elsewhere" in typed("mail", "rethread", "--dry-run")
    taken_in(typed, tmp_path, both.replace(b"Zu beidem", b"Noch einmal zu beidem").replace(b"<mail-", b"<again-"))
    assert {each["handle"]: each["messages"] for each in inbox(typed)} == {one: 1, other: 3}


def taken_in(typed: Callable[..., str], folder: Path, raw: bytes) -> None:
    (folder / "mail.eml").write_bytes(raw)
    typed("mail", "import", str(folder / "mail.eml"))


def inbox(typed: Callable[..., str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in typed("inbox", "--all", "--json").splitlines()]
