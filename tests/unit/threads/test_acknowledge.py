from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from knowledge.article import Article, Suggestion
from knowledge.article import Found as Answer
from storage.ids import uuid7
from threads.acknowledge import SILENCERS, History, Question, acknowledge
from threads.model import (
    Acknowledge,
    Authenticity,
    Classification,
    Envelope,
    InboundMail,
    Kind,
    Mailbox,
    Placement,
    Silent,
    Source,
    Verdict,
)
from threads.policy import AcknowledgeLimits, Policy

Written = Callable[..., InboundMail]


@pytest.fixture
def question(written: Written, policy: Policy, mailbox: Mailbox, now: datetime) -> Question:
    """A person opens a conversation from an address that can be believed."""
    return Question(
        mail=written(),
        envelope=Envelope(Source.SMTP, "anna@kunde.example", ("support@desk.example",), now),
        classification=Classification(Kind.PERSON, acknowledge=True, because="a person wrote it"),
        verdict=Verdict(Authenticity.UNKNOWN, "nothing was asked"),
        placement=Placement(None, "new", "nothing refers to a conversation"),
        mailbox=mailbox,
        policy=policy,
        now=now,
    )


def _suggestion(name: str, *, sure: bool = True, automatic: bool = True) -> Suggestion:
    return Suggestion(Answer(Article(name, f"{name}?", "so", automatic=automatic), 1.0, "so"), 0.9, sure)


def test_a_person_who_opens_a_conversation_hears_from_us_once(question: Question) -> None:
    decided = acknowledge(question)
    assert isinstance(decided, Acknowledge)
    assert (decided.to.address, decided.language) == ("anna@kunde.example", "de")


def _changed(question: Question, **changes: Any) -> Question:
    return replace(question, **changes)


def test_who_shares_only_a_mail_provider_with_others_is_acknowledged_however_many_they_are(
    question: Question, written: Written
) -> None:
    """As in an outage that everybody writes about."""
    envelope = replace(question.envelope, mail_from="anna@gmx.de")
    history = History(to_domain_in_an_hour=60)
    asked = _changed(question, mail=written(author="anna@gmx.de"), envelope=envelope, history=history)
    assert isinstance(acknowledge(asked), Acknowledge)


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"placement": Placement(uuid7(), "token", "")}, "belongs to a conversation"),
        ({"placement": Placement(None, "new", "", held=True)}, "held"),
        ({"classification": Classification(Kind.BOUNCE, acknowledge=True, because="")}, "no person"),
        ({"classification": Classification(Kind.PERSON, acknowledge=False, because="")}, "no automatic answer"),
        ({"verdict": Verdict(Authenticity.FORGED, "")}, "fails authentication"),
        ({"forwarded_by_colleague": True}, "colleague"),
        ({"history": History(to_address_in_a_day=5)}, "enough of them for a day"),
        ({"history": History(to_domain_in_an_hour=60)}, "domain"),
        ({"history": History(in_an_hour=600)}, "in this hour"),
    ],
)
def test_what_silences_it_says_why(question: Question, changes: dict[str, Any], because: str) -> None:
    decided = acknowledge(_changed(question, **changes))
    assert isinstance(decided, Silent)
    assert because in decided.because


@pytest.mark.parametrize(
    ("sender", "goes_out"),
    [
        ("anna@kunde.example", True),
        ("versand+7@kunde.example", True),
        ("ANNA@KUNDE.EXAMPLE", True),
        ("anna@elsewhere.example", False),
        ("anna@sub.kunde.example", False),
        ("", False),
        (None, False),
    ],
)
def test_only_an_envelope_sender_of_the_authors_domain_is_believed(
    question: Question, sender: str | None, *, goes_out: bool
) -> None:
    decided = acknowledge(_changed(question, envelope=replace(question.envelope, mail_from=sender)))
    assert isinstance(decided, Acknowledge) is goes_out


def test_nobody_is_written_to_twice_in_a_short_time(question: Question, now: datetime) -> None:
    soon = History(last_to_address_at=now - timedelta(minutes=59))
    later = History(last_to_address_at=now - timedelta(minutes=60))
    assert isinstance(acknowledge(_changed(question, history=soon)), Silent)
    assert isinstance(acknowledge(_changed(question, history=later)), Acknowledge)


def test_our_own_mailbox_and_nobody_get_none(question: Question, written: Written) -> None:
    for author in ("support@desk.example", None, ""):
        mail = written(author=author)
        envelope = replace(question.envelope, mail_from=author or "")
        assert isinstance(acknowledge(_changed(question, mail=mail, envelope=envelope)), Silent)


def test_a_visitor_of_the_form_can_be_written_to_a_few_times_only(question: Question) -> None:
    form = replace(question.envelope, source=Source.FORM, client="v1")
    few, many = History(of_visitor_in_an_hour=5), History(of_visitor_in_an_hour=6)
    assert isinstance(acknowledge(_changed(question, envelope=form, history=few)), Acknowledge)
    assert isinstance(acknowledge(_changed(question, envelope=form, history=many)), Silent)


def test_it_can_be_switched_off_for_the_desk_and_for_a_mailbox(question: Question) -> None:
    off = replace(question.policy, acknowledge=AcknowledgeLimits(enabled=False))
    assert isinstance(acknowledge(_changed(question, policy=off)), Silent)
    assert isinstance(acknowledge(_changed(question, mailbox=replace(question.mailbox, acknowledge=False))), Silent)


def test_at_most_three_sure_answers_are_quoted(question: Question) -> None:
    some = [_suggestion("a", sure=False), _suggestion("b", automatic=False), *(_suggestion(each) for each in "cdef")]
    decided = acknowledge(question, some)
    assert isinstance(decided, Acknowledge)
    assert [each.found.article.id for each in decided.answers] == ["c", "d", "e"]


@pytest.fixture
def held(question: Question) -> Question:
    """A stranger's mail, at a desk which tells strangers that theirs has arrived."""
    limits = replace(question.limits, strangers=True)
    placement = Placement(
        uuid7(), "token", "it was sent to its reply address; held, because a stranger wrote", held=True
    )
    return replace(question, placement=placement, policy=replace(question.policy, acknowledge=limits))


def test_a_stranger_is_told_that_their_mail_has_arrived_and_nothing_else_where_the_settings_want_it(
    held: Question, now: datetime
) -> None:
    decided = acknowledge(held, [_suggestion("a")], now)
    assert isinstance(decided, Acknowledge)
    assert (decided.to_stranger, decided.to.address) == (True, "anna@kunde.example")
    assert (decided.answers, decided.answer_by) == ((), None)
    off = acknowledge(_changed(held, policy=replace(held.policy, acknowledge=AcknowledgeLimits())))
    assert isinstance(off, Silent)
    assert "held" in off.because


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"history": History(to_address_in_a_day=1)}, "only once"),
        ({"history": History(in_an_hour=600)}, "in this hour"),
        ({"history": History(to_domain_in_an_hour=60)}, "domain"),
        ({"history": History(stopped=True)}, "failed for good"),
        ({"history": History(breaker=True)}, "too much"),
        ({"verdict": Verdict(Authenticity.FORGED, "")}, "fails authentication"),
        ({"suspected": True}, "kept apart"),
        ({"classification": Classification(Kind.AUTO_REPLY, acknowledge=True, because="")}, "no person"),
    ],
)
def test_what_silences_others_silences_strangers_and_none_hears_twice_in_a_day(
    held: Question, changes: dict[str, Any], because: str
) -> None:
    decided = acknowledge(_changed(held, **changes))
    assert isinstance(decided, Silent)
    assert because in decided.because


def test_who_takes_part_is_not_told_again_where_strangers_are(held: Question) -> None:
    going_on = replace(held.placement, held=False)
    decided = acknowledge(_changed(held, placement=going_on))
    assert isinstance(decided, Silent)
    assert "belongs to a conversation" in decided.because


def test_a_language_without_texts_gets_english(question: Question, written: Written) -> None:
    decided = acknowledge(_changed(question, mail=written(language="fr")))
    assert isinstance(decided, Acknowledge)
    assert decided.language == "en"


def test_every_rule_has_a_sentence_of_its_own() -> None:
    sentences = [because for _, because in SILENCERS]
    assert len(set(sentences)) == len(sentences)
    assert all(sentences)
