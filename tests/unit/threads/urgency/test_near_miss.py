"""What of an emergency a mail speaks of that declares none, and why it is taken for none."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.threads.urgency.test_emergencies import cases
from threads.urgency.alarm import Emergency, alarm_in
from threads.urgency.clauses import clauses_of
from threads.urgency.learnt import judged
from threads.urgency.near_miss import EARLIER, OVER, SURELY, near_miss_in
from threads.urgency.passed_on import said_now

SERVER, WEBSITE, SERVICE = Emergency.SERVER, Emergency.WEBSITE, Emergency.SERVICE


@pytest.mark.parametrize(
    ("subject", "text", "emergency", "words"),
    [
        ("Entwarnung", "Der Server läuft wieder.", SERVER, f"server: {OVER}"),
        ("Danke", "Unser Shop war kurz nicht erreichbar, inzwischen läuft alles wieder.", WEBSITE,
         f"shop + nicht erreichbar: {OVER}"),
        ("Frage", "Wer hilft uns nachts, wenn der Server ausfällt?", SERVER,
         "server + ausfaellt: it is asked what would be, or said of any such case"),
        ("Info", "Our staging server is down.", SERVER, "server + down: it is for tests, or somebody else's"),
        ("Frage", "Woher wissen wir, ob unser Shop offline ist?", WEBSITE, "shop + offline: it is asked how to notice it"),
        ("Terms", 'What if half fails, where your contract has it defined as "website not reachable"?', WEBSITE,
         "website + not reachable: a quotation says it"),
        ("Rückschau", "Vorgestern war unsere Website down, woran lag das?", WEBSITE, "website + down: it was so before"),
        ("Probe", "Das ist nur eine Übung: Der Mailserver ist ausgefallen.", SERVER,
         "mailserver + ausgefallen: it is an exercise"),
        ("Später", "Der Server ist nicht erreichbar, aber es eilt nicht.", SERVER,
         'server + nicht erreichbar: it says "eilt nicht"'),
        ("AW: Server ausgefallen", "Anbei das Protokoll, das Sie wollten.", SERVER, f"server + ausgefallen: {EARLIER}"),
        ("Danke", "Hat geklappt.\n\n> Unser Shop ist seit heute offline!", WEBSITE, f"shop + offline: {EARLIER}"),
        ("Server ausgefallen", "Am Dienstag war der Server ausgefallen, bitte um Gutschrift.", SERVER,
         "server + ausgefallen: only the subject names it"),
    ],
)  # fmt: skip
def test_what_is_spoken_of_is_named_with_why_it_is_none(
    subject: str, text: str, emergency: Emergency, words: str
) -> None:
    found = near_miss_in(subject, text)
    assert found is not None
    assert (found.alarm.emergency, found.words) == (emergency, words)


@pytest.mark.parametrize(
    "text", ["Wo finde ich meine Rechnung?", "Unser Server ist seit heute früh ausgefallen!", "", "???"]
)
def test_a_mail_that_speaks_of_none_and_one_that_declares_one_miss_nothing(text: str) -> None:
    assert near_miss_in("Hallo", text) is None


def test_what_only_sounds_like_one_says_that_too_little_speaks_for_it() -> None:
    ordinary = [*cases("week"), *cases("everyday")]
    found = [(each, near_miss_in(each["subject"], each["text"])) for each in ordinary]
    unsure = [each for each, near in found if near is not None and near.because == SURELY]
    assert unsure
    scores = [judged(clauses_of(*said_now(each["subject"], each["text"]))).score for each in unsure]
    assert all(score > 0 for score in scores)


@pytest.mark.parametrize(
    "text",
    ["How do I find out why our server is down since 8?", "Wie finde ich heraus, warum unser Shop offline ist?"],
)
def test_who_asks_why_it_is_so_does_not_ask_how_to_notice_it(text: str) -> None:
    assert alarm_in("", text) is not None


@given(st.text(max_size=200), st.text(max_size=500))
def test_no_text_is_both(subject: str, text: str) -> None:
    assert near_miss_in(subject, text) is None or alarm_in(subject, text) is None


@pytest.mark.parametrize("text", ["server nicht erreichbar gestern. " * 180, "wieder da, " * 600, "> offline\n" * 600])
def test_no_text_takes_long(text: str) -> None:
    near_miss_in(text, text)
    began = time.process_time()
    near_miss_in(text, text)
    assert time.process_time() - began < 1.5
