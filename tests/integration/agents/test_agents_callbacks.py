"""Who wishes to be called is called: written with the mail, promised, listed, told once, and ended by an agent."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from faq.form import Typed, mail_of
from faq.words import words
from storage.database import Database, open_database
from storage.errors import NotThere, WrongUse
from storage.tables import CallbackRow, OutboxRow
from threads.arrive import Recorded
from threads.callbacks.telling import tell_due
from threads.model import Authenticity, Kind, Source, Suspicion, Verdict
from threads.policy import Policy

Arrives = Callable[..., Recorded]
ANNA = "anna@nord.example"
WISH = "Bitte rufen Sie mich zurück unter 0911 / 123 45-67, am besten morgen zwischen 14 und 16 Uhr."
ID = "<a@nord.example>"


@pytest.fixture
def wished(arrives: Arrives, a_mail: Any) -> str:
    """A conversation whose customer wishes to be called."""
    mail = a_mail(author=f"Anna Beispiel <{ANNA}>", subject="Export", text=WISH, message_id=ID)
    return arrives(mail).handle


def says(arrives: Arrives, a_mail: Any, text: str, **more: Any) -> Recorded:
    return arrives(a_mail(author=ANNA, subject="Re: Export", in_reply_to=ID, text=text), **more)


def rows_of(database: Database) -> list[CallbackRow]:
    with database.reading() as session:
        return list(session.scalars(select(CallbackRow).order_by(CallbackRow.id)))


def acknowledged(desk: Any, handle: str) -> str:
    [row] = desk.show(handle)
    [text] = [
        each["text"] for each in row["timeline"] if each["kind"] == "message" and each["mail"] == "acknowledgement"
    ]
    return " ".join(text.split())


def told(database: Database) -> list[dict[str, Any]]:
    with database.reading() as session:
        rows = session.scalars(select(OutboxRow).where(OutboxRow.purpose == "escalation").order_by(OutboxRow.id))
        return [row.mail for row in rows]


def test_wish_is_written_down_with_its_number_and_its_window(desk: Any, wished: str, clock: Any) -> None:
    [row] = desk.callbacks.list()
    assert (row["handle"], row["number"], row["overdue"]) == (wished, "+499111234567", False)
    begins = datetime.fromisoformat(row["from_at"]).astimezone(desk.policy.calendar.zone)
    ends = datetime.fromisoformat(row["until_at"]).astimezone(desk.policy.calendar.zone)
    assert (begins.hour, ends.hour, ends - begins) == (14, 16, timedelta(hours=2))
    assert begins.date() > clock().date()
    [shown] = desk.show(wished)
    assert shown["callback"]["number"] == "+499111234567"
    assert any(
        each.get("event") == "callback" and "wishes to be called" in each["because"] for each in shown["timeline"]
    )


def test_acknowledgement_promises_the_call(desk: Any, wished: str) -> None:
    said = acknowledged(desk, wished)
    assert "zwischen 14 und 16 Uhr unter 0911 1234567 an." in said
    assert "Wir rufen Sie " in said


def test_english_customer_is_promised_it_in_english(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    text = "Hello, I cannot log in to my account. Please call me back tomorrow between 2 and 4pm, my number is +49 911 1234567."
    handle = arrives(a_mail(author=ANNA, subject="My login", text=text)).handle
    assert "between 2 pm and 4 pm on 0911 1234567." in acknowledged(desk, handle)


def test_who_names_no_number_is_asked_for_it_and_may_just_send_it(
    desk: Any, arrives: Arrives, a_mail: Any, database: Database
) -> None:
    mail = a_mail(author=ANNA, subject="Export", text="Guten Tag, bitte um Rückruf wegen der Rechnung.", message_id=ID)
    handle = arrives(mail).handle
    assert "Unter welcher Nummer erreichen wir Sie?" in acknowledged(desk, handle)
    says(arrives, a_mail, "0171 1234567")
    [row] = rows_of(database)
    assert row.number == "+491711234567"


def test_wish_when_nobody_is_there_is_moved_and_said_so(
    desk: Any, arrives: Arrives, a_mail: Any, policy: Policy
) -> None:
    text = "Guten Tag, bitte rufen Sie mich am Samstag um 10 Uhr an: 0911 1234567."
    handle = arrives(a_mail(author=ANNA, subject="Export", text=text)).handle
    assert "ist bei uns leider niemand da" in acknowledged(desk, handle)
    [row] = desk.callbacks.list()
    begins, ends = (datetime.fromisoformat(row[name]) for name in ("from_at", "until_at"))
    assert policy.calendar.is_open(begins)
    assert policy.calendar.between(begins, ends) == ends - begins
    assert begins.astimezone(policy.calendar.zone).weekday() == 0


def test_second_wish_changes_the_open_one(arrives: Arrives, a_mail: Any, wished: str, database: Database) -> None:
    before = rows_of(database)[0].until_at
    says(arrives, a_mail, "Bitte rufen Sie mich doch lieber am Freitag um 9 Uhr an.")
    [row] = rows_of(database)
    assert row.until_at != before
    assert row.number == "+499111234567"


@pytest.mark.parametrize(
    "more",
    [
        {"kind": Kind.AUTO_REPLY},
        {"suspicion": Suspicion("may be spam")},
        {"verdict": Verdict(Authenticity.FORGED, "fails DMARC")},
    ],
)
def test_nobody_is_called_because_of_a_machine_or_a_forger(
    arrives: Arrives, a_mail: Any, database: Database, more: dict[str, Any]
) -> None:
    arrives(a_mail(author=ANNA, subject="Rückruf", text=WISH), **more)
    assert rows_of(database) == []


def test_number_that_was_typed_into_a_form_is_not_quoted(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    handle = arrives(a_mail(author=ANNA, subject="Export", text=WISH), source=Source.FORM).handle
    said = acknowledged(desk, handle)
    assert "Wir rufen Sie " in said
    assert "0911" not in said
    assert desk.callbacks.list()[0]["number"] == "+499111234567"


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("tone", ["Sie", "du"])
def test_number_of_the_contact_form_is_a_wish_in_each_language(
    desk: Any, arrives: Arrives, language: str, tone: str
) -> None:
    typed = Typed(
        "Anna", ANNA, "Export", "Der Export fehlt. Am besten morgen zwischen 14 und 16 Uhr.", phone="0911 1234567"
    )
    call_me = words(language, tone).call_me
    raw = mail_of(typed, mailbox="support@localhost", language=language, now=desk.clock(), call_me=call_me)
    arrives(raw, source=Source.FORM)
    [row] = desk.callbacks.list()
    assert row["number"] == "+499111234567"
    assert datetime.fromisoformat(row["until_at"]).astimezone(desk.policy.calendar.zone).hour == 16


def test_two_processes_tell_of_each_call_once(
    desk: Any, arrives: Arrives, a_mail: Any, database_url: str, database: Database, policy: Policy
) -> None:
    desk.add_agent("karl", email="karl@desk.example")
    for number in range(6):
        text = f"Guten Tag, bitte rufen Sie mich heute noch an: 0911 123456{number}."
        arrives(a_mail(author=f"kunde{number}@ort{number}.example", subject=f"Sache {number}", text=text))
    later = datetime.now(UTC) + timedelta(days=3650)
    others = [open_database(database_url) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        tallies = list(pool.map(lambda each: tell_due(each, policy, later), others))
    for each in others:
        each.close()
    assert sum(each.get("callbacks", 0) for each in tallies) == 6
    assert sum(letter["text"].count("brief callback done") for letter in told(database)) == 6
    assert len(told(database)) == 1


def test_known_number_serves_where_the_next_wish_names_none(
    desk: Any, arrives: Arrives, a_mail: Any, wished: str
) -> None:
    desk.callbacks.done(wished)
    text = "Hallo, neue Sache: Der Vertrag fehlt. Bitte um Rückruf."
    arrives(a_mail(author=ANNA, subject="Vertrag", text=text))
    [row] = desk.callbacks.list()
    assert row["number"] == "+499111234567"


def test_done_ends_it_with_a_phone_note_and_undo_takes_that_back(desk: Any, wished: str) -> None:
    desk.callbacks.done(wished, "Der Export geht wieder.")
    assert desk.callbacks.list() == []
    [shown] = desk.show(wished)
    [note] = [each for each in shown["timeline"] if each["kind"] == "note"]
    assert note["text"] == "Der Export geht wieder."
    assert note["call"]["number"] == "+499111234567"
    with pytest.raises(NotThere, match="no callback is open"):
        desk.callbacks.done(wished)
    assert desk.undo(wished)["undone"] == "callback"
    assert len(desk.callbacks.list()) == 1


def test_cancel_says_why_and_can_be_undone(desk: Any, wished: str) -> None:
    desk.callbacks.cancel(wished, "is solved by mail")
    assert desk.callbacks.list() == []
    assert "is solved by mail" in json.dumps(desk.show(wished))
    desk.undo()
    assert [each["handle"] for each in desk.callbacks.list()] == [wished]


def test_agent_writes_one_down_and_takes_it_back(desk: Any, arrives: Arrives, a_mail: Any, clock: Any) -> None:
    handle = arrives(a_mail(author=ANNA, subject="Vertrag", text="Guten Tag, der Vertrag fehlt.")).handle
    assert "wrote down a callback" in desk.callbacks.add(handle, number="0911 123456", when="morgen vormittag")["did"]
    [row] = desk.callbacks.list()
    assert row["number"] == "+49911123456"
    desk.callbacks.add(handle, between=("in 3 Tagen 18 Uhr", "in 3 Tagen 19 Uhr"))
    [row] = desk.callbacks.list()
    assert row["number"] == "+49911123456"
    assert datetime.fromisoformat(row["from_at"]).astimezone(desk.policy.calendar.zone).hour == 18
    desk.undo(handle)
    desk.undo(handle)
    assert desk.callbacks.list() == []


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"number": "12"}, "no telephone number"),
        ({"number": "abc"}, "no telephone number"),
        ({"when": "irgendwann"}, "no time that I understand"),
        ({"when": "am 1.1.2020"}, "no time that I understand|over already"),
        ({"between": ("morgen 16 Uhr", "morgen 14 Uhr")}, "not later"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    desk: Any, wished: str, wanted: dict[str, Any], said: str
) -> None:
    before = desk.callbacks.list()
    with pytest.raises(WrongUse, match=said):
        desk.callbacks.add(wished, **wanted)
    assert desk.callbacks.list() == before


def test_whose_call_it_is_hears_of_it_once_when_its_window_begins(
    desk: Any, wished: str, database: Database, policy: Policy
) -> None:
    desk.add_agent("karl", email="karl@desk.example")
    desk.add_agent("cleo", email="cleo@desk.example")
    desk.assign(wished, "cleo")
    begins = datetime.fromisoformat(desk.callbacks.list()[0]["from_at"])
    assert tell_due(database, policy, begins - timedelta(seconds=1)) == {}
    assert tell_due(database, policy, begins) == {"callbacks": 1}
    assert tell_due(database, policy, begins + timedelta(minutes=1)) == {}
    [letter] = told(database)
    assert [each["address"] for each in letter["to"]] == ["cleo@desk.example"]
    assert "0911 1234567" in letter["text"]
    assert wished in letter["subject"]


def test_after_an_outage_all_of_it_is_one_letter(
    desk: Any, arrives: Arrives, a_mail: Any, database: Database, policy: Policy
) -> None:
    desk.add_agent("karl", email="karl@desk.example")
    for number in range(4):
        text = f"Guten Tag, bitte rufen Sie mich heute noch an: 0911 123456{number}."
        arrives(a_mail(author=f"kunde{number}@ort{number}.example", subject=f"Sache {number}", text=text))
    later = datetime.now(UTC) + timedelta(days=3650)
    assert tell_due(database, policy, later) == {"callbacks": 4}
    [letter] = told(database)
    assert letter["text"].count("brief callback done") == 4
    assert "Das wäre spätestens" in letter["text"]


def test_done_before_its_window_is_told_to_nobody(desk: Any, wished: str, database: Database, policy: Policy) -> None:
    desk.callbacks.done(wished)
    assert tell_due(database, policy, datetime.now(UTC) + timedelta(days=3650)) == {}


def test_call_goes_with_its_message(desk: Any, arrives: Arrives, a_mail: Any, wished: str) -> None:
    says(arrives, a_mail, "Noch etwas: Der Vertrag fehlt auch.")
    code = next(each["code"] for each in desk.show(wished)[0]["timeline"] if each["kind"] == "message")
    made = desk.split(wished, [code])
    assert [each["handle"] for each in desk.callbacks.list()] == [made["handle"]]
    desk.undo()
    assert [each["handle"] for each in desk.callbacks.list()] == [wished]


def test_merged_conversation_has_the_call_and_parted_again_gives_it_back(
    desk: Any, arrives: Arrives, a_mail: Any, wished: str
) -> None:
    other = arrives(a_mail(author=ANNA, subject="Vertrag", text="Guten Tag, der Vertrag fehlt.")).handle
    desk.merge(wished, other)
    assert [each["handle"] for each in desk.callbacks.list()] == [other]
    desk.undo()
    assert [each["handle"] for each in desk.callbacks.list()] == [wished]


def test_closed_conversation_keeps_its_call(desk: Any, wished: str) -> None:
    assert desk.close_conversation(wished)["callback"]
    assert [each["status"] for each in desk.callbacks.list()] == ["closed"]


def test_list_is_in_order_and_can_be_ones_own(desk: Any, arrives: Arrives, a_mail: Any, wished: str) -> None:
    soon = arrives(
        a_mail(author="ole@ost.example", subject="Umzug", text="Guten Tag, bitte um Rückruf: 0911 1234567.")
    ).handle
    assert [each["handle"] for each in desk.callbacks.list()] == [soon, wished]
    desk.assign(wished, "lena")
    assert [each["handle"] for each in desk.callbacks.list(mine=True)] == [wished]
    [marked] = [each for each in desk.inbox() if each["handle"] == wished]
    assert marked["callback"]["number"]
