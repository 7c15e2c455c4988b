"""What the website asks the model, and how often: sentences that are finished, and not of one visitor alone."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import pytest

from faq.policy import FormLimits
from knowledge.impacts import Snapshot
from knowledge.languages import verbs
from knowledge.languages.dictionary import Dictionary, dictionary
from knowledge.meaning import Near
from knowledge.query import Sentence

SENTENCE = "wo bekomme ich denn mein Geld"


class Noting:
    """In the place of what compares by meaning: notes for what, and how long, it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, float | None]] = []

    def near(self, said: Sequence[Sentence], snapshot: Snapshot, within: float | None = None) -> dict[int, Near]:
        if (said[0].text, within) not in self.asked:  # what is found nowhere is looked for in the other language, too
            self.asked.append((said[0].text, within))
        return {}

    def follow(self, snapshot: Snapshot) -> None:
        """Nothing is to be made."""

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def model(quiet_site: Any) -> Noting:
    found = quiet_site.index.meaning = Noting()
    quiet_site.start(limits=FormLimits(sentences_an_hour=2, all_sentences_an_hour=3, meaning_within=0.25))
    return found


def searched(site: Any, query: str, network: int = 1) -> None:
    from_there = {"X-Forwarded-For": f"198.51.100.{network}"}
    assert site.client.get("/de/suche", params={"q": query}, headers=from_there).status_code == 200


def test_the_page_of_results_asks_what_a_sentence_means_and_waits_a_moment(quiet_site: Any, model: Noting) -> None:
    searched(quiet_site, SENTENCE)
    assert model.asked == [(SENTENCE, 0.25)]


def test_no_keystroke_and_no_single_word_asks_it(quiet_site: Any, model: Noting) -> None:
    assert quiet_site.client.get("/api/search", params={"q": SENTENCE + "?"}).status_code == 200
    searched(quiet_site, "geld")
    assert model.asked == []


def test_one_visitor_and_all_together_ask_it_so_often_an_hour_and_are_answered_all_the_same(
    quiet_site: Any, model: Noting
) -> None:
    for number, network in enumerate((1, 1, 1, 2, 3)):
        searched(quiet_site, f"{SENTENCE} {number}", network)
    assert [text[-1] for text, _ in model.asked] == ["0", "1", "3"]


def test_no_word_of_a_visitor_is_looked_up_where_all_others_wait(
    quiet_site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = set[str]()

    def noted(language: str) -> Dictionary:
        threads.add(threading.current_thread().name)
        return dictionary(language)

    monkeypatch.setattr(verbs, "dictionary", noted)
    quiet_site.start()
    searched(quiet_site, "wie melde ich mein Postfach an")
    assert threads
    assert "site" not in threads
