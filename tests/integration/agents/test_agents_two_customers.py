"""Two customers' conversations that were merged by mistake, answered and parted again: neither gets what is the other's."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from service.drafts import keep_text
from storage.errors import NotThere
from storage.tables import ConversationRow, MessageRow, OutboxRow
from tests.two_matters import Arrives, differences, last_sent, reports, send_all
from threads.model import Kind
from threads.store.known import known_for

ANNA, BERND = "Anna Beispiel <anna@kunde.example>", "Bernd Meier <bernd@fremd.example>"
OF_ONE_HOUSE = "Bernd Meier <bernd@kunde.example>"
ANSWER = "Die Rechnung vom Mai liegt bei, der Umzug ist am Montag um neun Uhr."

_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


@dataclass
class Mistake:
    """Anna's conversation, into which an agent has merged Bernd's."""

    desk: Any
    arrives: Arrives
    a_mail: Callable[..., bytes]
    bernd: str = BERND
    annas: str = ""
    bernds: str = ""
    answer: dict[str, Any] = field(default_factory=dict)

    def begin(self) -> Mistake:
        self.annas = self.writes(ANNA, "Rechnung", "Wo ist sie?", message_id="<anna@kunde.example>").handle
        self.bernds = self.writes(self.bernd, "Umzug", "Wann?", message_id="<bernd@fremd.example>").handle
        self.desk.merge(self.bernds, self.annas)
        return self

    def writes(self, author: str, subject: str, text: str, *, to: str = "support@localhost", **more: Any) -> Any:
        return self.arrives(self.a_mail(author=author, subject=subject, text=text, to=to, **more), to=to)

    def answered(self, who: str, *, cc: tuple[str, ...] = ()) -> Mistake:
        """One of them writes once more, and an agent's answer goes to both."""
        self.asked_and_answered(who, cc=cc)
        self.desk.clock.forward(seconds=10)
        send_all(self.desk, self.desk.clock())
        return self

    def asked_and_answered(self, who: str, *, cc: tuple[str, ...] = ()) -> None:
        """One of them writes once more, and an agent's answer to both is held for ten seconds."""
        named, subject = ("anna@kunde", "Rechnung") if who == ANNA else ("bernd@fremd", "Umzug")
        self.writes(who, f"Re: {subject}", "Und?", in_reply_to=f"<{named}.example>")
        self.desk.reply(self.annas, ANSWER, cc=cc)
        self.answer = last_sent(self.desk)

    def replies(self, author: str, text: str = "Danke, und dann?", *, to: str = "", **headers: Any) -> Any:
        """Somebody answers what went to both."""
        named = {"in_reply_to": self.answer["message_id"], **headers}
        named = {name: each for name, each in named.items() if each}
        return self.writes(author, "Re: Umzug", text, to=to or self.answer["reply_to"], **named)

    def people(self, handle: str) -> list[str]:
        [shown] = self.desk.show(handle)
        return sorted(each["address"] for each in shown["participants"])

    def parted(self) -> None:
        """Each takes part in their own, and the next answer goes to nobody else."""
        addresses = {self.annas: ANNA, self.bernds: self.bernd}
        for handle, who in addresses.items():
            address = who.partition("<")[2].rstrip(">")
            assert self.people(handle) == [address]
            self.desk.reply(handle, "Noch etwas dazu.")
            sent = last_sent(self.desk)
            assert [each["address"] for each in (*sent["to"], *sent["cc"])] == [address]


@pytest.fixture
def mistake(desk: Any, arrives: Arrives, a_mail: Any) -> Mistake:
    return Mistake(desk, arrives, a_mail).begin()


@pytest.fixture(params=[ANNA, BERND], ids=["annas", "bernds"])
def answered(mistake: Mistake, request: pytest.FixtureRequest) -> Mistake:
    """What one of them wrote was answered, with the other in copy."""
    other = BERND if request.param == ANNA else ANNA
    return mistake.answered(request.param, cc=(other,) if request.param == ANNA else ())


def recipients(mail: dict[str, Any]) -> set[str]:
    return {each["address"] for each in (*mail["to"], *mail["cc"])}


def test_nobody_takes_part_in_the_others_conversation_by_an_answer_that_went_to_both(answered: Mistake) -> None:
    assert recipients(answered.answer) == {"anna@kunde.example", "bernd@fremd.example"}

    answered.desk.undo(answered.bernds)

    answered.parted()
    assert differences(answered.desk) == ()


def test_whoever_cannot_take_their_answer_to_both_back_is_told_how_the_two_are_parted(answered: Mistake) -> None:
    for named in (answered.annas, ""):
        with pytest.raises(NotThere, match=rf"cannot be taken back; `brief undo {answered.bernds}` parts"):
            answered.desk.undo(named)


def test_the_agent_is_told_that_an_answer_went_to_both_and_both_conversations_say_so(answered: Mistake) -> None:
    undone = answered.desk.undo(answered.bernds)

    [told] = undone["told"]
    assert told.endswith(
        f"went to the people of {answered.annas} and of {answered.bernds}, which were one then; who has read it cannot unread it"
    )
    for handle in (answered.annas, answered.bernds):
        [said] = [each for each in answered.desk.show(handle)[0]["timeline"] if each.get("event") == "went to both"]
        assert said["because"] == told
        assert [each["says"] for each in answered.desk.why(handle) if each["about"] == "went to both"] == [
            f"{told[0].upper()}{told[1:]}."
        ]


@pytest.mark.parametrize("who", [ANNA, BERND])
def test_an_answer_to_both_that_is_still_held_is_kept_back(mistake: Mistake, who: str) -> None:
    mistake.asked_and_answered(who, cc=(BERND,) if who == ANNA else ())
    code = code_of(mistake.desk, mistake.answer["message_id"])

    undone = mistake.desk.undo(mistake.bernds)

    assert Path(keep_text(mistake.desk, undone)[0]).read_text() == ANSWER
    assert undone["told"] == [
        f"the answer {code}, still held, goes to nobody: it was to the people of {mistake.bernds} and of {mistake.annas}"
    ]
    mistake.desk.clock.forward(seconds=60)
    send_all(mistake.desk, mistake.desk.clock())
    assert state_of_outgoing(mistake.desk, mistake.answer["message_id"]) == "cancelled"
    assert [mistake.desk.show(each)[0]["status"] for each in (mistake.annas, mistake.bernds)] == ["open", "open"]
    assert "went to both" not in [each.get("event") for each in mistake.desk.show(mistake.annas)[0]["timeline"]]
    mistake.parted()
    assert differences(mistake.desk) == ()


def test_an_answer_that_went_to_one_of_them_alone_is_the_others_no_matter(mistake: Mistake) -> None:
    mistake.writes(BERND, "Re: Umzug", "Und?", in_reply_to="<bernd@fremd.example>")
    mistake.desk.reply(mistake.annas, ANSWER, only_customer=True)
    assert recipients(last_sent(mistake.desk)) == {"anna@kunde.example"}

    undone = mistake.desk.undo(mistake.bernds)

    assert undone["told"] == []
    shown = {handle: mistake.desk.show(handle)[0] for handle in (mistake.annas, mistake.bernds)}
    ours = {
        handle: [each["direction"] for each in row["timeline"] if each.get("mail") == "reply"]
        for handle, row in shown.items()
    }
    assert ours == {mistake.annas: ["out"], mistake.bernds: []}
    assert shown[mistake.bernds]["status"] == "open"
    mistake.parted()


@pytest.mark.parametrize("who", [ANNA, BERND])
@pytest.mark.parametrize("by", ["all", "id", "address"])
def test_a_reply_to_what_went_to_both_comes_to_its_writers_own_conversation(
    answered: Mistake, who: str, by: str
) -> None:
    answered.desk.undo(answered.bernds)

    own = {ANNA: answered.annas, BERND: answered.bernds}[who]
    headers = {"all": {}, "id": {"to": "support@localhost"}, "address": {"in_reply_to": ""}}[by]
    back = answered.replies(who, **headers)

    assert (back.handle, back.held) == (own, False)
    again = answered.replies(who, "Und noch etwas.", references=answered.answer["message_id"])
    assert (again.handle, again.held) == (own, False)
    answered.parted()
    assert differences(answered.desk) == ()


@pytest.mark.parametrize("who", [ANNA, BERND])
def test_a_reply_that_came_before_the_merge_was_taken_back_goes_with_its_writer(answered: Mistake, who: str) -> None:
    answered.replies(who, message_id="<back@anywhere.example>")

    answered.desk.undo(answered.bernds)

    own = {ANNA: answered.annas, BERND: answered.bernds}[who]
    assert place(answered.desk, "<back@anywhere.example>") == own
    answered.parted()
    further = answered.writes(who, "Re: Umzug", "Weiter.", in_reply_to="<back@anywhere.example>")
    assert (further.handle, further.held) == (own, False)
    assert differences(answered.desk) == ()


@pytest.mark.parametrize("when", ["before", "after"])
def test_who_answers_all_brings_the_other_in_no_more_than_our_answer_did(answered: Mistake, when: str) -> None:
    if when == "after":
        answered.desk.undo(answered.bernds)
    answered.replies(ANNA, cc="bernd@fremd.example", message_id="<all@kunde.example>")
    if when == "before":
        answered.desk.undo(answered.bernds)

    answered.parted()
    back = answered.writes(BERND, "Re: Umzug", "Ach so.", in_reply_to="<all@kunde.example>")
    assert back.handle == answered.bernds or back.held
    assert "bernd@fremd.example" not in answered.people(answered.annas)
    answered.desk.reply(answered.annas, "Nur für Anna.", cc=("bernd@fremd.example",))
    assert recipients(last_sent(answered.desk)) == {"anna@kunde.example", "bernd@fremd.example"}


def test_a_colleague_of_the_other_is_no_stranger_and_their_reply_is_their_own_all_the_same(
    desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    house = Mistake(desk, arrives, a_mail, bernd=OF_ONE_HOUSE).begin().answered(OF_ONE_HOUSE)
    house.replies(ANNA, message_id="<early@kunde.example>")
    desk.undo(house.bernds)

    assert place(desk, "<early@kunde.example>") == house.annas
    assert [house.replies(ANNA).handle, house.replies(ANNA, in_reply_to="").handle] == [house.annas] * 2
    house.parted()
    asked = house.writes(ANNA, "Re: Umzug", "Ich auch.", in_reply_to="<bernd@fremd.example>")
    assert (asked.handle, asked.held) == (house.bernds, False)


def test_who_named_a_mail_of_the_other_while_the_two_were_one_takes_part_there_no_more(mistake: Mistake) -> None:
    mistake.writes(
        BERND, "Re: Rechnung", "Und meine?", in_reply_to="<anna@kunde.example>", message_id="<named@x.example>"
    )

    mistake.desk.undo()

    assert place(mistake.desk, "<named@x.example>") == mistake.bernds
    mistake.parted()
    assert differences(mistake.desk) == ()


def test_what_was_merged_by_mistake_twice_says_of_each_answer_once_that_it_went_to_both(answered: Mistake) -> None:
    answered.desk.undo(answered.bernds)
    answered.desk.merge(answered.bernds, answered.annas)

    assert answered.desk.undo(answered.bernds)["told"] == []
    for handle in (answered.annas, answered.bernds):
        said = [each for each in answered.desk.show(handle)[0]["timeline"] if each.get("event") == "went to both"]
        assert len(said) == 1
    assert answered.replies(ANNA).handle == answered.annas
    answered.parted()


@pytest.mark.parametrize("into", ["its own", "a third", "the other"])
def test_who_puts_elsewhere_what_went_to_both_brings_nobody_of_the_other_along(answered: Mistake, into: str) -> None:
    answered.desk.undo(answered.bernds)
    home = place(answered.desk, answered.answer["message_id"])
    own = {answered.annas: "anna@kunde.example", answered.bernds: "bernd@fremd.example"}[home]
    code = code_of(answered.desk, answered.answer["message_id"])

    if into == "its own":
        went_to = answered.desk.split(home, [code])["handle"]
        expected = [own]
    elif into == "a third":
        went_to = answered.writes("Carla <carla@dritte.example>", "Frage", "Wie?").handle
        answered.desk.move(code, went_to)
        expected = sorted(["carla@dritte.example", own])
    else:
        [went_to] = {answered.annas, answered.bernds} - {home}
        answered.desk.move(code, went_to)
        expected = [{answered.annas: "anna@kunde.example", answered.bernds: "bernd@fremd.example"}[went_to]]

    assert answered.people(went_to) == expected
    answered.parted()


@pytest.mark.parametrize("back", [False, True], ids=["there", "and back"])
def test_who_replies_to_what_went_to_both_comes_to_their_own_also_once_that_stands_in_the_others(
    answered: Mistake, back: bool
) -> None:
    answered.desk.undo(answered.bernds)
    code = code_of(answered.desk, answered.answer["message_id"])
    for _ in range(2 if back else 1):
        home = place(answered.desk, answered.answer["message_id"])
        [other] = {answered.annas, answered.bernds} - {home}
        answered.desk.move(code, other)

    for who, own in ((ANNA, answered.annas), (BERND, answered.bernds)):
        reply = answered.replies(who)
        assert (reply.handle, reply.held) == (own, False)
    answered.parted()


def place(desk: Any, message_id: str) -> str:
    with desk.database.reading() as session:
        key = session.scalar(select(MessageRow.conversation_id).where(MessageRow.message_id == message_id))
        return str(session.get_one(ConversationRow, key).handle)


def state_of_outgoing(desk: Any, message_id: str) -> str:
    with desk.database.reading() as session:
        there = (
            OutboxRow.message_id == select(MessageRow.id).where(MessageRow.message_id == message_id).scalar_subquery()
        )
        return str(session.scalar(select(OutboxRow.state).where(there)))


def code_of(desk: Any, message_id: str) -> str:
    with desk.database.reading() as session:
        return str(session.scalar(select(MessageRow.code).where(MessageRow.message_id == message_id)))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_who_writes_while_the_two_are_being_parted_comes_to_their_own(
    mistake: Mistake, monkeypatch: pytest.MonkeyPatch, wait_until: Callable[..., Any]
) -> None:
    undoing: list[Future[Any]] = []

    def parted_or_waits() -> bool:
        with mistake.desk.database.reading() as session:
            return undoing[0].done() or bool(session.scalar(_WAITING))

    def known_while_an_agent_parts_them(*asked: Any, **more: Any) -> Any:
        known = known_for(*asked, **more)
        if not undoing:
            undoing.append(apart.submit(mistake.desk.undo, mistake.bernds))
            wait_until(parted_or_waits)
        return known

    monkeypatch.setattr("threads.arrive.known_for", known_while_an_agent_parts_them)
    with ThreadPoolExecutor(1) as apart:
        mistake.writes(
            BERND, "Re: Umzug", "Und?", in_reply_to="<bernd@fremd.example>", message_id="<later@fremd.example>"
        )
        undoing[0].result(30)

    with mistake.desk.database.reading() as session:
        at = select(ConversationRow.handle).join(MessageRow, MessageRow.conversation_id == ConversationRow.id)
        assert session.scalars(at.where(MessageRow.message_id == "<later@fremd.example>")).all() == [mistake.bernds]
    mistake.parted()


def test_an_answer_to_both_that_came_back_from_one_stands_at_theirs(mistake: Mistake) -> None:
    mistake.answered(BERND)
    mistake.arrives(reports(ANNA), kind=Kind.BOUNCE)

    mistake.desk.undo(mistake.bernds)

    with mistake.desk.database.reading() as session:
        at = select(ConversationRow.handle).join(MessageRow, MessageRow.conversation_id == ConversationRow.id)
        assert session.scalars(at.where(MessageRow.kind == Kind.BOUNCE)).all() == [mistake.annas]
