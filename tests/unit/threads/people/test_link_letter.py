"""The mail with the link to a correspondence, as its reader sees it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from storage.outgoing import Mailable, OutgoingMail
from threads.model import Mailbox
from threads.people.link_letter import link_letter

UNTIL = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
LINK = "https://help.example.org/de/verlauf/lesen/" + "gAAAAA" * 30


def _mail(
    language: str = "de", tone: str = "Sie", *, name: str = "Anna Weber", by_visitor: bool = True
) -> OutgoingMail:
    return link_letter(
        mailbox=Mailbox("support@kiebitz.example", "Kiebitz Hosting", tone=tone),
        to=Mailable("anna@example.com", name),
        link=LINK,
        until=UNTIL,
        language=language,
        by_visitor=by_visitor,
        now=UNTIL,
    )


@pytest.mark.parametrize("language", ["de", "en", "fr"])
@pytest.mark.parametrize("tone", ["du", "Sie"])
def test_the_link_stands_whole_on_a_line_of_its_own(language: str, tone: str) -> None:
    assert f"  {LINK}" in _mail(language, tone).text.split("\n")


def test_the_mail_says_until_when_it_works_and_that_it_is_a_secret() -> None:
    text = " ".join(_mail().text.split())
    assert "gilt bis 1. Dezember 2026 um 10:00 Uhr" in text
    assert "nicht weiter" in text
    assert "gilt bis 1. Dezember" in " ".join(_mail(tone="du").text.split())
    assert "works until 1 December 2026 at 10:00" in " ".join(_mail("en").text.split())


def test_only_who_may_not_have_asked_is_told_what_that_means() -> None:
    assert "nicht angefordert" in _mail().text
    assert "nicht angefordert" not in _mail(by_visitor=False).text


def test_a_name_that_is_none_brings_no_text_into_our_mail() -> None:
    mail = _mail(name="Visit https://evil.example now")
    assert "evil" not in mail.text
    assert mail.to == (Mailable("anna@example.com"),)


def test_machines_do_not_answer_it_and_it_bounces_to_nobody() -> None:
    mail = _mail()
    assert ("Auto-Submitted", "auto-generated") in mail.headers
    assert mail.envelope_from == ""
