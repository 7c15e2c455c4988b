"""What the desk joined because of a mail is taken apart: each half stands as if the two had never been one."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from storage.database import Database
from storage.errors import WrongUse
from storage.tables import (
    ConversationRow,
    EventRow,
    MessageRow,
    OutboxRow,
    ParticipantRow,
    PersonRow,
    SubjectRow,
    WordRow,
)
from threads.arrive import Recorded
from threads.model import Status
from threads.policy import AcknowledgeLimits, Policy
from threads.regroup.splitting import By
from threads.store.belongings import set_apart
from threads.undo.conversations import last_event
from threads.undo.merges import Since
from threads.undo.people import undo_last

Arrives = Callable[..., Recorded]
ONE, OTHER = 0, 1
FIRST = (("Rechnung", "Wo ist die Rechnung vom Mai?"), ("Invoice for June", "Where is the one for June, please?"))
URGENT = "Unser Server ist ausgefallen, nichts geht mehr!"
NUMBERS = itertools.count(1)


@pytest.fixture
def policy(policy: Policy) -> Policy:
    """Nothing goes out by itself, so that all is the same however often it is tried."""
    return replace(policy, acknowledge=AcknowledgeLimits(enabled=False))


@dataclass
class Matters:
    """Two matters of one customer, who writes of both in one mail."""

    desk: Any
    arrives: Arrives
    a_mail: Callable[..., bytes]
    number: int = field(default_factory=lambda: next(NUMBERS))
    came: dict[str, Recorded] = field(default_factory=dict)

    @property
    def author(self) -> str:
        return f"Anna Beispiel <anna@kunde{self.number}.example>"

    def id_of(self, name: str) -> str:
        return f"<{name}@kunde{self.number}.example>"

    def comes(self, name: str, subject: str, text: str, *refers_to: str) -> Recorded:
        """A mail of the customer; it answers the first that it refers to."""
        named = [self.id_of(each) for each in refers_to]
        headers = {"in_reply_to": named[0], "references": " ".join(reversed(named))} if named else {}
        raw = self.a_mail(author=self.author, subject=subject, text=text, message_id=self.id_of(name), **headers)
        self.came[name] = self.arrives(raw)
        return self.came[name]

    def begin(self) -> None:
        for name, (subject, text) in zip(("one", "other"), FIRST, strict=True):
            self.comes(name, subject, text)

    def both_in_one(self, home: int = ONE, text: str = "Zu beidem noch etwas.") -> Recorded:
        """The mail that names mails of both; without the other it belongs to `home`."""
        named = ("one", "other") if home == ONE else ("other", "one")
        return self.comes("both", FIRST[home][0], text, *named)

    @property
    def handles(self) -> tuple[str, str]:
        return self.came["one"].handle, self.came["other"].handle

    def place(self, name: str) -> str:
        """Where a mail stands now."""
        with self.desk.database.reading() as session:
            key = session.get_one(MessageRow, self.came[name].message).conversation_id
            return str(session.get_one(ConversationRow, key).handle)

    def code(self, name: str) -> str:
        with self.desk.database.reading() as session:
            return str(session.get_one(MessageRow, self.came[name].message).code)

    def received_at(self, name: str) -> datetime:
        with self.desk.database.reading() as session:
            found: datetime = session.get_one(MessageRow, self.came[name].message).received_at
            return found

    def row(self, which: int) -> ConversationRow:
        with self.desk.database.reading() as session:
            found: ConversationRow = session.get_one(ConversationRow, self.came[("one", "other")[which]].conversation)
            return found

    def set_apart(self) -> None:
        with self.desk.database.writing() as session:
            set_apart(session, self.came["one"].conversation, self.came["other"].conversation)

    def state(self) -> dict[str, Any]:
        """All that an agent finds of both, in words that are the same for another customer."""
        return {name: self._state(self.came[name].conversation) for name in ("one", "other")}

    def _state(self, key: Any) -> Any:
        fields = ("status", "priority", "rule", "priority_because", "messages", "waiting_since", "due_at", "snoozed_until",
                  "closed_at", "updated_at", "assignee_id", "customer_address", "merged_into_id")  # fmt: skip
        with self.desk.database.reading() as session:
            row = session.get_one(ConversationRow, key)
            messages = session.scalars(select(MessageRow).where(MessageRow.conversation_id == key)).all()
            people = (
                select(PersonRow.name, ParticipantRow.role, ParticipantRow.since_at)
                .join(ParticipantRow, ParticipantRow.person_id == PersonRow.id)
                .where(ParticipantRow.conversation_id == key)
            )
            words = session.scalars(select(WordRow.word).where(WordRow.conversation_id == key))
            subjects = session.scalars(select(SubjectRow.canonical_subject).where(SubjectRow.conversation_id == key))
            events = session.scalars(select(EventRow).where(EventRow.conversation_id == key)).all()
            found = {
                **{name: getattr(row, name) for name in fields},
                "mails": sorted((each.received_at, each.subject, each.direction, each.held) for each in messages),
                "people": sorted(map(tuple, session.execute(people))),
                "words": sorted(words),
                "subjects": sorted(subjects),
                "events": sorted(each.kind for each in events if each.undone_at is None),
            }
        return _without_number(found, self.number)


def _without_number(value: Any, number: int) -> Any:
    if isinstance(value, dict):
        return {key: _without_number(each, number) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_number(each, number) for each in value]
    return value.replace(f"kunde{number}", "kunde") if isinstance(value, str) else value


@pytest.fixture
def matters(desk: Any, arrives: Arrives, a_mail: Any) -> Callable[[], Matters]:
    """Two matters of a new customer, begun."""

    def begun() -> Matters:
        made = Matters(desk, arrives, a_mail)
        made.begin()
        return made

    return begun


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
LATER = st.lists(st.sampled_from(["one", "other", "both"]), max_size=3)


def story(matters: Matters, acts: tuple[str, str], home: int, text: str, later: list[str], *, apart: bool) -> None:
    """The same for two customers, of whose matters one pair is never joined."""
    for handle, act in zip(matters.handles, acts, strict=True):
        before(matters.desk, handle, act)
    if apart:
        matters.set_apart()
    both = matters.both_in_one(home, text)
    assert both.handle == matters.handles[home if apart else ONE]
    for number, parent in enumerate(later):
        matters.comes(f"later{number}", "Nachfrage", f"Und dann noch Punkt {number}: Glasfaser.", parent)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
    later: list[str],
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


def reason(matters: Matters, name: str) -> Any:
    """By which signal a mail stands where it does, and why."""
    with matters.desk.database.reading() as session:
        row = session.get_one(MessageRow, matters.came[name].message)
        return _without_number([row.signal, row.because], matters.number)


def differences(desk: Any) -> tuple[Any, ...]:
    """What an archive threaded anew would have elsewhere."""
    found = desk.look_through()
    assert found.unread == ()
    return tuple(found.differences)


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


def last_sent(desk: Any) -> dict[str, Any]:
    """What went out last."""
    with desk.database.reading() as session:
        [ours] = session.scalars(select(OutboxRow).order_by(OutboxRow.id.desc()).limit(1))
        return dict(ours.mail)


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


def test_what_an_agent_moved_meanwhile_stays_where_they_put_it(matters: Callable[[], Matters], desk: Any) -> None:
    two = matters()
    two.both_in_one(OTHER)
    own = desk.split(two.handles[ONE], [two.code("both")])["handle"]

    desk.acting_as("ben").undo(two.handles[OTHER])

    assert two.place("both") == own
    assert reason(two, "both")[0] == "agent"


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
    passed_on = (
        "Bitte kümmern.\n\n---------- Forwarded message ---------\nFrom: Carl Kunde <carl@kunde.example>\n"
        "Date: Mon, 23 Nov 2026 09:00:00 +0100\nSubject: Kaputt\nTo: ben@localhost\n\nMein Router ist kaputt.\n"
    )
    carls = arrives(a_mail(author="Ben Otto <ben@localhost>", subject="Fwd: Kaputt", text=passed_on))
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


def test_a_merge_is_not_taken_back_past_an_emergency_that_comes_at_that_moment(
    matters: Callable[[], Matters], desk: Any
) -> None:
    two = matters()
    desk.merge(two.handles[OTHER], two.handles[ONE])
    by = By("lena", desk.policy, desk.clock())
    with desk.database.reading() as session:
        event = last_event(session, by.actor, by.now, None)
        assert event is not None
    two.comes("later", "Rechnung", URGENT, "other")

    with desk.database.writing() as session, pytest.raises(WrongUse, match="somebody else has just changed it"):
        undo_last(session, by, since=Since(merge=event.id))

    desk.undo()
    assert two.place("later") == two.handles[OTHER]


@pytest.mark.parametrize("home", [ONE, OTHER])
def test_the_desk_names_the_mail_that_joined_two_and_both_of_them(
    matters: Callable[[], Matters], desk: Any, home: int
) -> None:
    two = matters()
    two.both_in_one(home)
    one, other = two.handles
    named = two.id_of(("one", "other")[home])
    because = (
        f"{two.code('both')}, a mail from anna@kunde{two.number}.example, belongs to {other} and to {one}: "
        f"its In-Reply-To names {named}"
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

    because = f"a mail from anna@example.com, belongs to {other} and to {one}: its In-Reply-To names {named[1]}"
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
