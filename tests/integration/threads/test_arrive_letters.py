"""What goes out by itself when a mail arrives: the acknowledgement with its answers, and notices to agents."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from knowledge.article import Article, Suggestion
from knowledge.article import Found as Answer
from storage.outbox import OutgoingMail
from storage.tables import AgentRow, ConversationRow, OutboxRow, SuggestionRow
from threads.departments import Department
from threads.model import Classification, Kind, Source
from threads.policy import AcknowledgeLimits
from threads.why.reasons import why

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
AWAY = Classification(Kind.AUTO_REPLY, acknowledge=False, because="an out-of-office notice")


def _suggestion(*, sure: bool) -> Suggestion:
    return Suggestion(Answer(Article("a", "Wie?", "So."), 1.0, "So geht es."), 0.9, sure)


@pytest.fixture
def agents(desk: Any) -> None:
    with desk.database.writing() as session:
        for key, email in (("lena", "lena@desk.example"), ("ole", "ole@desk.example"), ("mute", "")):
            session.add(AgentRow(id=key, name=key, email=email, created_at=MONDAY))
        session.add(AgentRow(id="gone", email="gone@desk.example", created_at=MONDAY, disabled_at=MONDAY))


def test_suggestions_are_kept_and_the_sure_ones_quoted(desk: Any) -> None:
    desk.policy = replace(desk.policy, site_url="https://hilfe.example")
    desk.arrives(desk.mail(), suggestions=(_suggestion(sure=True), _suggestion(sure=False)))
    rows = sorted(desk.all(SuggestionRow), key=lambda row: row.rank)
    assert [row.quoted for row in rows] == [True, False]
    assert "https://hilfe.example/de/artikel/a" in desk.letters()[0].text


def test_two_desks_that_answer_each_other_fall_silent(desk: Any) -> None:
    desk.policy = replace(desk.policy, acknowledge=AcknowledgeLimits(once_in=timedelta(0), address_a_day=5))
    for number in range(20):
        desk.arrives(desk.mail("desk@other.example", subject=f"Ihre Anfrage {number}"))
    assert len(desk.letters()) == 5


def test_why_nobody_was_acknowledged_is_said_at_the_conversation(desk: Any) -> None:
    recorded = desk.arrives(desk.mail(), mail_from="bounces@list.example")
    assert not recorded.acknowledged
    with desk.database.reading() as session:
        reasons = why(session, session.get_one(ConversationRow, recorded.conversation))
    [silent] = [each for each in reasons if each["about"] == "not acknowledged"]
    assert silent["because"] == "the envelope sender is neither the author nor of the author's domain"


def test_a_visitor_cannot_bomb_others_through_the_form(desk: Any) -> None:
    for number in range(10):
        desk.arrives(desk.mail(f"victim{number}@x.example"), source=Source.FORM, client="visitor-1")
    assert len(desk.letters()) == 5


@pytest.mark.usefixtures("agents")
def test_no_agent_is_told_by_mail_until_that_is_set(desk: Any) -> None:
    desk.arrives(desk.mail())
    assert [row.purpose for row in desk.all(OutboxRow)] == ["acknowledgement"]


@pytest.mark.usefixtures("agents")
def test_agents_are_told_of_a_new_conversation_once_that_is_set(desk: Any) -> None:
    desk.policy = replace(desk.policy, notify_new=True)
    desk.arrives(desk.mail())
    desk.arrives(desk.mail(in_reply_to=("<1@kunde.example>",)))
    notices = [row for row in desk.all(OutboxRow) if row.purpose == "notice"]
    assert sorted(row.recipient for row in notices) == ["lena@desk.example", "ole@desk.example"]
    letter = OutgoingMail.from_json(notices[0].mail)
    assert dict(letter.headers)["Auto-Submitted"] == "auto-generated"
    assert letter.envelope_from == f"support+{notices[0].bounce_token}@desk.example"
    assert "brief show anna-rechnung" in letter.text


@pytest.mark.usefixtures("agents")
def test_of_what_is_a_departments_its_members_are_told(desk: Any) -> None:
    mailbox = replace(desk.policy.mailboxes[0], department="Technik")
    for members, told in [
        (("ole", "gone"), ["ole@desk.example"]),
        (("gone",), ["lena@desk.example", "ole@desk.example"]),
    ]:
        departments = (Department("Technik", members),)
        desk.policy = replace(desk.policy, notify_new=True, mailboxes=(mailbox,), departments=departments)
        before = len(desk.all(OutboxRow))
        desk.arrives(desk.mail(author=f"{len(members)}@kunde.example", subject=f"Neu {len(members)}"), mailbox)
        new = [row for row in desk.all(OutboxRow)[before:] if row.purpose == "notice"]
        assert sorted(row.recipient for row in new) == told


@pytest.mark.usefixtures("agents")
def test_nobody_is_told_of_a_machines_mail_or_of_their_own(desk: Any) -> None:
    desk.policy = replace(desk.policy, notify_new=True)
    desk.arrives(desk.mail(author="roboter@kunde.example"), classification=AWAY)
    desk.arrives(desk.mail(author="lena@desk.example"))
    assert [row.recipient for row in desk.all(OutboxRow) if row.purpose == "notice"] == ["ole@desk.example"]
