"""An answer that gives an article teaches it the words of the mail, once it has gone out, on each database."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from knowledge import lessons, store
from knowledge.article import Article
from knowledge.index import Index
from service.learning import SETTLED, Learning

INVOICE = Article(
    "rechnung-finden",
    "Wo finde ich meine Rechnung?",
    "Melden Sie sich im **Kundencenter** an und öffnen Sie *Vertrag*. Dort liegt jede Rechnung als PDF bereit.",
)
MAIL = (
    "From: Anna Weber <anna@kunde.example>\nTo: support@localhost\nSubject: Beleg fehlt\nMessage-ID: <1@kunde.example>\n"
    "Date: Tue, 24 Nov 2026 09:00:00 +0000\n\nGuten Tag,\n\nmir fehlt der Zahlungsbeleg für Frau Petersen vom Mai. Wie komme ich daran?\n\nViele Grüße\nAnna Weber\n"
).encode()


@pytest.fixture
def learning(desk: Any, database: Any) -> Iterator[Learning]:
    with database.writing() as session:
        store.put_articles(session, [INVOICE], desk.clock())
    index = Index(None, database)
    yield Learning(database, index, lambda text: hashlib.sha256(text.encode()).hexdigest())
    index.close()


def words(desk: Any) -> dict[str, int]:
    with desk.database.reading() as session:
        return {each.word: each.answers for each in lessons.words_of(session, "rechnung-finden")}


def test_the_words_of_a_mail_that_was_answered_with_an_article_are_learnt_once_the_answer_is_out(
    desk: Any, arrives: Callable[..., Any], clock: Any, learning: Learning
) -> None:
    arrives(MAIL)
    handle = desk.inbox()[0]["handle"]
    desk.reply(handle, desk.article(handle, "rechnung-finden"))
    assert learning.follow(clock(), desk.policy.undo_for) == {"learnt": 0, "faded": 0}
    clock.forward(seconds=(desk.policy.undo_for + SETTLED).total_seconds() + 1)
    assert learning.follow(clock(), desk.policy.undo_for)["learnt"] > 0
    assert words(desk)["zahlungsbeleg"] == 1
    assert words(desk).keys().isdisjoint({"anna", "weber", "petersen"})
    assert learning.follow(clock(), desk.policy.undo_for)["learnt"] == 0


def test_an_answer_that_was_taken_back_teaches_nothing(
    desk: Any, arrives: Callable[..., Any], clock: Any, learning: Learning
) -> None:
    arrives(MAIL)
    handle = desk.inbox()[0]["handle"]
    desk.reply(handle, desk.article(handle, "rechnung-finden"))
    desk.undo(handle)
    clock.forward(seconds=(desk.policy.undo_for + SETTLED).total_seconds() + 1)
    assert learning.follow(clock(), desk.policy.undo_for)["learnt"] == 0
    assert words(desk) == {}


def test_an_answer_in_own_words_teaches_nothing_and_one_that_links_the_article_does(
    desk: Any, arrives: Callable[..., Any], clock: Any, learning: Learning
) -> None:
    arrives(MAIL)
    handle = desk.inbox()[0]["handle"]
    desk.reply(handle, "Wir schicken ihn Ihnen zu.")
    clock.forward(seconds=(desk.policy.undo_for + SETTLED).total_seconds() + 1)
    assert learning.follow(clock(), desk.policy.undo_for)["learnt"] == 0
    desk.reply(handle, "Hier steht es: https://hilfe.example/de/artikel/rechnung-finden.")
    clock.forward(seconds=(desk.policy.undo_for + SETTLED).total_seconds() + 1)
    assert learning.follow(clock(), desk.policy.undo_for)["learnt"] > 0
    assert "zahlungsbeleg" in words(desk)
