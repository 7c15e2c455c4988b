from collections.abc import Callable

import pytest

from threads.model import Classification, InboundMail, Kind, Mailbox, Priority
from threads.priority import BUILT_IN, Rule, prioritise

PERSON = Classification(Kind.PERSON, acknowledge=True, because="a person wrote it")
MACHINE = Classification(Kind.AUTOMATIC, acknowledge=False, because="a monitor wrote it")
Written = Callable[..., InboundMail]


@pytest.mark.parametrize(
    ("subject", "text", "rule"),
    [
        ("Server down", "", "server-down"),
        ("Dringend", "Unser Mailserver ist seit heute früh nicht mehr erreichbar!", "server-down"),
        ("Serverausfall", "bitte schnell", "server-down"),
        ("Hilfe", "Der Server läuft wieder nicht.", "server-down"),
        ("urgent", "Our server stopped responding ten minutes ago.", "server-down"),
        ("outage", "We have a production outage since 9 am.", "server-down"),
        ("Server", "Unser Server wurde heruntergefahren und ist nicht erreichbar!", "server-down"),
        ("Server", "Server offline! Unsere Kunden müssen benachrichtigt werden.", "server-down"),
        ("Webshop offline", "", "website-offline"),
        ("Hilfe!", "Unsere Webseite lädt nicht, es kommt nur Error 500.", "website-offline"),
        ("Our shop", "It can't be reached, our shop is unavailable.", "website-offline"),
        ("Mail", "Seit 8 Uhr kommen keine E-Mails mehr an, niemand hier kann arbeiten.", "service-down"),
        ("Database", "The database is not working and nobody in our company can work.", "service-down"),
    ],
)
def test_an_emergency_is_critical_and_says_which(
    written: Written, mailbox: Mailbox, subject: str, text: str, rule: str
) -> None:
    urgency = prioritise(written(subject=subject, text=text), PERSON, mailbox)
    assert (urgency.priority, urgency.rule) == (Priority.CRITICAL, rule)
    assert rule in urgency.because


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Rechnung", "Ich habe eine Frage zu meiner Rechnung."),
        ("Server down", "Entwarnung: er läuft wieder, danke."),
        ("Server ist wieder erreichbar", "Es war der Server, er war nicht erreichbar."),
        ("Geplante Wartung", "Der Server ist heute Nacht offline."),
        ("Frage", "Was passiert, wenn der Server nicht erreichbar ist?"),
        ("Download", "Auf der Webseite gibt es einen Download."),
        ("Handy", "Ich kann auf dem Handy keine Mails empfangen."),
        ("Angebot", "Wir brauchen einen neuen Server. Unser Telefon ist übrigens ausgefallen."),
        ("website", "The website is back online, thanks."),
        ("Shutdown", "How do I shut down my server over the weekend?"),
        ("Frage", "Wie schalte ich meine Website heute offline?"),
        ("Überwachung", "Wie richte ich das ein? Ich will gewarnt werden, wenn der Server down ist."),
        ("Monitoring", "Where can I get notified when my website is down?"),
    ],
)
def test_what_is_over_planned_asked_or_small_is_no_emergency(
    written: Written, mailbox: Mailbox, subject: str, text: str
) -> None:
    assert prioritise(written(subject=subject, text=text), PERSON, mailbox).priority is Priority.NORMAL


def test_a_quoted_emergency_is_none(written: Written, mailbox: Mailbox) -> None:
    mail = written(subject="AW: Frage", text="> Der Server ist down\nDanke!", reply="Danke!")
    assert prioritise(mail, PERSON, mailbox).priority is Priority.NORMAL


def test_a_machine_declares_no_emergency_unless_a_rule_says_so(written: Written, mailbox: Mailbox) -> None:
    mail = written(subject="ALERT: server down", author="monitor@watch.example")
    assert prioritise(mail, MACHINE, mailbox).priority is Priority.NORMAL
    rule = Rule("monitoring", senders=("@watch.example",), priority=Priority.HIGH, opens=True, department="Technik")
    urgency = prioritise(mail, MACHINE, mailbox, (rule, *BUILT_IN))
    assert (urgency.priority, urgency.opens, urgency.department) == (Priority.HIGH, True, "Technik")


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        (Rule("r", any_words=("Kündigung",)), True),
        (Rule("r", any_words=("Rechnung",)), False),
        (Rule("r", all_words=("Kündigung", "Domain")), True),
        (Rule("r", all_words=("Kündigung", "Rechnung")), False),
        (Rule("r", any_words=("Kündigung",), no_words=("Domain",)), False),
        (Rule("r", mailboxes=("support@desk.example",)), True),
        (Rule("r", mailboxes=("sales@desk.example",)), False),
        (Rule("r", senders=("anna@kunde.example",)), True),
        (Rule("r", senders=("@other.example",)), False),
        (Rule("r", headers={"X-Priority": "1"}), True),
        (Rule("r", headers={"X-Priority": "5"}), False),
        (Rule("r", kinds=(Kind.NEWSLETTER,)), False),
    ],
)
def test_every_condition_must_hold(written: Written, mailbox: Mailbox, rule: Rule, fits: bool) -> None:
    mail = written(subject="Domainkündigung", text="meine Domain, Kündigung", headers=(("x-priority", "1 (Highest)"),))
    assert (prioritise(mail, PERSON, mailbox, (rule,)).rule == "r") is fits


def test_the_first_rule_that_fits_wins(written: Written, mailbox: Mailbox) -> None:
    rules = (Rule("first", priority=Priority.LOW), Rule("second", priority=Priority.CRITICAL))
    assert prioritise(written(), PERSON, mailbox, rules).rule == "first"
