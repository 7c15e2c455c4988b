"""Answers that are withheld, by lot, and how often customers come back with and without them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from knowledge.article import Article, Suggestion
from knowledge.article import Found as Answer
from service.deflection import report_of
from storage.tables import ConversationRow, SuggestionRow
from threads.deflection import Deflection, Group
from threads.model import Classification, InboundMail, Kind
from threads.people.linking import link
from threads.store.deflection import deflection
from threads.why.reasons import why

SURE = Suggestion(Answer(Article("a", "Wie?", "So."), 1.0, "So geht es."), 0.9, sure=True)
UNSURE = Suggestion(Answer(Article("b", "Was?", "Das."), 1.0, "Das ist es."), 0.4, sure=False)
AWAY = Classification(Kind.AUTO_REPLY, acknowledge=False, because="an out-of-office notice")
WEEK = timedelta(days=7)


class Comparison:
    """A desk that draws lots for all conversations, so that each falls as a test wants it."""

    def __init__(self, desk: Any) -> None:
        self.desk = desk

    def asks(self, author: str, *, withheld: bool, mail: InboundMail | None = None) -> Any:
        """A customer writes what an answer is right for."""
        share = 1.0 if withheld else 0.0
        limits = replace(self.desk.policy.acknowledge, without_suggestion=share)
        self.desk.policy = replace(self.desk.policy, acknowledge=limits)
        return self.desk.arrives(mail or self.desk.mail(author), suggestions=(SURE, UNSURE))

    def after(self, time: timedelta = WEEK) -> Deflection:
        """What is counted so long after the last mail."""
        with self.desk.database.reading() as session:
            return deflection(session, self.desk.now + time)


@pytest.fixture
def comparison(desk: Any) -> Comparison:
    return Comparison(desk)


def test_a_withheld_answer_stays_out_of_the_mail_and_is_kept_for_the_agent(desk: Any, comparison: Comparison) -> None:
    recorded = comparison.asks("anna@kunde.example", withheld=True)
    assert recorded.acknowledged
    assert "So geht es" not in desk.letters()[0].text
    rows = sorted(desk.all(SuggestionRow), key=lambda row: row.rank)
    assert [(row.quoted, row.withheld, row.fit_at is not None) for row in rows] == [
        (False, True, True),
        (False, False, False),
    ]
    with desk.database.reading() as session:
        said = [each["because"] for each in why(session, session.get_one(ConversationRow, recorded.conversation))]
    assert any("[faq] without_suggestion" in each for each in said), said


def test_the_groups_are_those_who_were_quoted_an_answer_and_those_who_were_not(
    desk: Any, comparison: Comparison
) -> None:
    comparison.asks("anna@kunde.example", withheld=False)
    comparison.asks("ben@kunde.example", withheld=True)
    desk.arrives(desk.mail("cleo@kunde.example"), suggestions=(UNSURE,))
    assert comparison.after() == Deflection(Group(1, 0), Group(1, 0), 0)


def test_who_writes_again_came_back_whether_there_or_in_a_conversation_of_its_own(
    desk: Any, comparison: Comparison
) -> None:
    first = desk.mail("anna@kunde.example")
    comparison.asks("", withheld=True, mail=first)
    comparison.asks("ben@firma.example", withheld=True)
    comparison.asks("cleo@verein.example", withheld=True)
    there = desk.arrives(desk.mail("anna@kunde.example", in_reply_to=(first.message_id,)))
    assert not there.new
    assert desk.arrives(desk.mail("ben@firma.example", subject="Umzug")).new
    assert comparison.after() == Deflection(Group(), Group(3, 2), 0)


def test_who_writes_from_another_address_of_theirs_came_back(desk: Any, comparison: Comparison) -> None:
    comparison.asks("anna@kunde.example", withheld=True)
    desk.now += timedelta(hours=1)
    desk.arrives(desk.mail("anna@zuhause.example", subject="Umzug"))
    assert comparison.after().without.came_back == 0
    with desk.database.writing() as session:
        link(session, "anna@kunde.example", "anna@zuhause.example", ours=(), actor="lena", now=desk.now)
    assert comparison.after().without.came_back == 1


def test_what_a_machine_sends_or_somebody_forges_is_no_customer_who_came_back(
    desk: Any, comparison: Comparison
) -> None:
    first = desk.mail("anna@kunde.example")
    comparison.asks("", withheld=False, mail=first)
    desk.arrives(desk.mail("anna@kunde.example", in_reply_to=(first.message_id,)), classification=AWAY)
    desk.arrives(desk.mail("ben@kunde.example", in_reply_to=(first.message_id,)))
    assert comparison.after() == Deflection(Group(1, 0), Group(), 0)


def test_who_writes_after_seven_days_did_not_come_back(desk: Any, comparison: Comparison) -> None:
    comparison.asks("anna@kunde.example", withheld=False)
    desk.now += WEEK + timedelta(minutes=1)
    desk.arrives(desk.mail("anna@kunde.example", subject="Umzug"))
    assert comparison.after() == Deflection(Group(1, 0), Group(), 0)


def test_conversations_whose_customer_may_still_come_back_wait(desk: Any, comparison: Comparison) -> None:
    comparison.asks("anna@kunde.example", withheld=False)
    assert comparison.after(WEEK - timedelta(seconds=1)) == Deflection(Group(), Group(), 1)
    with desk.database.reading() as session:
        assert deflection(session, desk.now + WEEK, since=desk.now + timedelta(seconds=1)) == Deflection(
            Group(), Group(), 0
        )


def test_a_difference_that_chance_explains_is_said_to_show_nothing(desk: Any) -> None:
    said = report_of(Deflection(Group(10, 3), Group(10, 5), 0), None, desk.now, 0.1)
    assert "holds 0" in said["says"]
    said = report_of(Deflection(Group(1000, 300), Group(1000, 500), 0), None, desk.now, 0.1)
    assert said["says"].startswith("Customers who were quoted an answer came back less often, by 15.")
    assert said["difference"]["value"] == pytest.approx(-0.2)


def test_an_empty_group_is_one_clear_line(desk: Any) -> None:
    said = report_of(Deflection(Group(10, 3), Group(), 2), None, desk.now, 0.0)
    assert said["difference"] is None
    assert said["says"] == (
        "Nothing to compare: no answer was withheld 7 days ago or earlier ([faq] without_suggestion is off; 0.1 withholds"
        " a tenth); 2 conversations not 7 days old yet."
    )
