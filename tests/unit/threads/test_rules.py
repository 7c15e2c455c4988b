"""Rules of a desk's own: what they may ask, what follows, and which nearly fitted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from threads.hours import Calendar
from threads.model import Classification, InboundMail, Kind, Mailbox, Priority
from threads.priority import BUILT_IN, prioritise, tried
from threads.rule import Circumstances, Rule
from threads.urgency.alarm import Emergency

PERSON = Classification(Kind.PERSON, acknowledge=True, because="a person wrote it")
Written = Callable[..., InboundMail]
OFFICE = Calendar("Mo-Fr 08:00-17:00", "Europe/Berlin")
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rule", "around", "fits"),
    [
        (Rule("r", organisations=("Firma GmbH",)), Circumstances(organisation="firma gmbh"), True),
        (Rule("r", organisations=("Firma GmbH",)), Circumstances(), False),
        (Rule("r", contracts=("gold",)), Circumstances(contract="Gold"), True),
        (Rule("r", contracts=("gold",)), Circumstances(contract="silver"), False),
        (Rule("r", opening=True), Circumstances(at=MONDAY, hours=OFFICE), True),
        (Rule("r", opening=False), Circumstances(at=MONDAY, hours=OFFICE), False),
        (Rule("r", opening=False), Circumstances(at=SUNDAY, hours=OFFICE), True),
        (Rule("r", opening=False), Circumstances(), False),
        (Rule("r", within=Calendar("Sa-Su", "Europe/Berlin")), Circumstances(at=SUNDAY), True),
        (Rule("r", within=Calendar("Sa-Su", "Europe/Berlin")), Circumstances(at=MONDAY), False),
        (Rule("r", form={"subject": "domain"}), Circumstances(typed=True), True),
        (Rule("r", form={"subject": "domain"}), Circumstances(), False),
        (Rule("r", form={"kundennummer": "47"}), Circumstances(typed=True), True),
        (Rule("r", form={"telefon": ""}), Circumstances(typed=True), False),
    ],
)
def test_a_rule_asks_who_wrote_when_and_what_was_typed(
    written: Written, mailbox: Mailbox, rule: Rule, around: Circumstances, fits: bool
) -> None:
    mail = written(subject="Domainkündigung", text="Kundennummer: 4711\n\nBitte kündigen.")
    assert (prioritise(mail, PERSON, mailbox, (rule,), around).rule == "r") is fits


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("Hiermit sende ich die Kündigung.", True),
        ("Anbei die Vertragskündigung.", True),
        ("Das ist keine Kündigung, nur eine Frage.", False),
        ("Das ist nicht als Kündigung gemeint.", False),
        ("Ich schicke heute nicht alles, die Kündigung aber schon.", True),
        ("Ich kündige nicht, ich frage nur.", False),
        ("Wir kündigen den Vertrag nicht.", False),
        ("Hiermit kündige ich noch nicht.", False),
        ("Eine Kündigung ist nicht geplant.", False),
        ("Ich kündige, weil es nicht geht.", True),
        ("Wir kündigen den Vertrag, der nicht erfüllt wird.", True),
        ("Die Kündigung ist nicht angekommen.", True),
        ("Die Kündigung ich nicht gefunden habe.", True),
        ("Keine Kündigung! Doch, hier ist die Kündigung.", True),
    ],
)
def test_a_word_that_is_denied_does_not_count(written: Written, mailbox: Mailbox, text: str, fits: bool) -> None:
    rule = Rule("r", any_words=("Kündigung",))
    assert (prioritise(written(subject="", text=text), PERSON, mailbox, (rule,)).rule == "r") is fits


@pytest.mark.parametrize(
    ("wanted", "subject", "fits"),
    [
        ("Rechnung", "Monatsrechnungen", True),
        ("Mahnung", "Zahlungsmahnungen", True),
        ("Störung", "Serverstörungen seit heute", True),
        ("Vertrag", "Webhostingvertrages", True),
        ("Rechnung", "Rechner", False),
        ("Rechner", "Rechnungen", False),
        ("Rechnung", "rechnen", True),
        ("Anbieter", "Anbietern", True),
        ("Mahnung", "Ermahnt", False),
    ],
)
def test_a_word_is_found_in_any_form_of_a_compound(
    written: Written, mailbox: Mailbox, wanted: str, subject: str, fits: bool
) -> None:
    rule = Rule("r", any_words=(wanted,))
    assert (prioritise(written(subject=subject, text=""), PERSON, mailbox, (rule,)).rule == "r") is fits


def test_an_emergency_is_a_condition_of_ones_own_rules_as_well(written: Written, mailbox: Mailbox) -> None:
    rule = Rule("shop", emergencies=(Emergency.WEBSITE,), department="Shop", priority=Priority.HIGH)
    down = prioritise(written(subject="Shop offline", text=""), PERSON, mailbox, (rule,))
    assert (down.priority, down.department) == (Priority.HIGH, "Shop")
    assert prioritise(written(subject="Shop wieder online", text=""), PERSON, mailbox, (rule,)).rule == ""


def test_of_all_that_fit_the_highest_priority_every_tag_and_the_first_of_each_other_effect_count(
    written: Written, mailbox: Mailbox
) -> None:
    rules = (
        Rule("one", any_words=("Domain",), priority=Priority.LOW, tags=("domain",), department="A"),
        Rule("two", any_words=("Domain",), priority=Priority.HIGH, tags=("domain", "end"), department="B", hold=True),
        Rule("three", any_words=("Rechnung",), priority=Priority.CRITICAL),
        Rule("four", any_words=("Domain",), assignee="anna", answer="Danke."),
    )
    mail = written(subject="Domain", text="")
    urgency = prioritise(mail, PERSON, mailbox, rules, match_all=True)
    assert (urgency.priority, urgency.rule, urgency.department) == (Priority.HIGH, "two", "A")
    assert urgency.tags == ("domain", "end")
    assert (urgency.assignee, urgency.answer) == ("anna", "Danke.")
    assert all(f'"{name}"' in urgency.because for name in ("one", "two", "four"))
    assert '"two"' in urgency.hold
    assert prioritise(mail, PERSON, mailbox, rules).rule == "one"


def test_a_rule_that_lacks_one_condition_of_several_nearly_fits(written: Written, mailbox: Mailbox) -> None:
    rules = (
        Rule("both", all_words=("Domain",), senders=("@other.example",)),
        Rule("none", all_words=("Rechnung",), senders=("@other.example",)),
        Rule("fits", all_words=("Domain",)),
    )
    both, none, fits = tried(written(subject="Domain", text=""), PERSON, mailbox, rules)
    assert both.nearly
    assert [each.condition for each in both.missing] == ["sender"]
    assert not none.nearly
    assert fits.fires


def test_a_mail_that_speaks_of_an_emergency_and_declares_none_nearly_meets_its_rule_and_it_is_said_why_not(
    written: Written, mailbox: Mailbox
) -> None:
    mail = written(subject="Frage", text="Wer hilft uns nachts, wenn der Server ausfällt?")
    server, website, service = tried(mail, PERSON, mailbox, BUILT_IN)
    assert (server.nearly, website.nearly, service.nearly) == (True, False, False)
    [missing] = server.missing
    assert (missing.condition, missing.words) == (
        "emergency",
        "server + ausfaellt: it is asked what would be, or said of any such case",
    )


def test_a_machine_that_speaks_of_an_emergency_does_not_nearly_meet_its_rule(
    written: Written, mailbox: Mailbox
) -> None:
    mail = written(subject="Frage", text="Wer hilft uns nachts, wenn der Server ausfällt?")
    machine = Classification(Kind.NEWSLETTER, acknowledge=False, because="a program wrote it")
    assert not any(each.nearly for each in tried(mail, machine, mailbox, BUILT_IN))
