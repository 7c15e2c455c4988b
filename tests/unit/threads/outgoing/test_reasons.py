"""Why something is as urgent as it is, in the language of a letter to an agent; and how long something took."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from storage.outgoing import Mailable
from threads.charge.asking import RULE
from threads.charge.marked import CONFIRMED
from threads.escalation.words import time_in
from threads.model import Mailbox, Priority, Urgency
from threads.outgoing.letters import notice
from threads.outgoing.reasons import reason_in
from threads.priority import BUILT_IN


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("", "keine Regel trifft zu"),
        ("agent", "von Hand festgelegt"),
        ("escalation", "bei der Eskalation angehoben"),
        (CONFIRMED, "der Kunde ist einverstanden, dass es berechnet werden kann"),
        (RULE, "der Kunde nennt es einen Notfall"),
        ("server-down", "Regel „server-down“: ein Server ist ausgefallen"),
        ("Kündigung", "Regel „Kündigung“"),
    ],
)
def test_a_german_letter_says_the_kind_of_reason_in_german(rule: str, said: str) -> None:
    assert reason_in("de", rule, "as it was written down in English") == said
    assert reason_in("en", rule, "as it was written down") == "as it was written down"


def test_every_built_in_rule_has_german_words() -> None:
    assert all(": " in reason_in("de", rule.name, "") for rule in BUILT_IN)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", "Priorität: kritisch (Regel „website-offline“: eine Website oder ein Shop ist offline)"),
        ("en", 'Priority: critical (rule "website-offline": a website or shop is offline (shop, offline))'),
    ],
)
def test_a_notice_is_in_one_language(language: str, said: str) -> None:
    because = 'rule "website-offline": a website or shop is offline (shop, offline)'
    letter = notice(
        mailbox=Mailbox("support@desk.example", language=language), to=Mailable("max@desk.example"), handle="anna-shop",
        customer="Anna", subject="Shop", excerpt="Hallo", urgency=Urgency(Priority.CRITICAL, "website-offline", because),
        answer_by=None, now=datetime(2026, 11, 23, 9, tzinfo=UTC),
    )  # fmt: skip
    assert said in letter.text.splitlines()


@pytest.mark.parametrize(
    ("seconds", "english", "german"),
    [
        (0, "0 minutes", "0 Minuten"),
        (0.5, "0 minutes", "0 Minuten"),
        (1, "1 second", "1 Sekunde"),
        (36, "36 seconds", "36 Sekunden"),
        (60, "1 minute", "1 Minute"),
        (90, "1 minute 30 seconds", "1 Minute 30 Sekunden"),
        (599, "9 minutes 59 seconds", "9 Minuten 59 Sekunden"),
        (659, "10 minutes", "10 Minuten"),
        (3600, "1 hour", "1 Stunde"),
        (23400, "6 hours 30 minutes", "6 Stunden 30 Minuten"),
    ],
)
def test_what_is_below_ten_minutes_is_said_to_the_second(seconds: float, english: str, german: str) -> None:
    assert time_in("en", timedelta(seconds=seconds)) == english
    assert time_in("de", timedelta(seconds=seconds)) == german


@pytest.mark.parametrize(
    ("because", "said"),
    [
        ("as urgent as anna-domain, which it is about", "so dringend wie anna-domain, worum es geht"),
        ("asked about anna-domain", "gefragt zu anna-domain"),
    ],
)
def test_a_side_conversation_names_what_it_is_about(because: str, said: str) -> None:
    assert reason_in("de", "", because) == said
    assert reason_in("en", "", because) == because
