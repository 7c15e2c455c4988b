"""What helped a visitor who had searched is learnt, by plain links and a form; over a real site and each database."""

from __future__ import annotations

import html
import re
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from faq.policy import FormLimits
from knowledge import lessons, searches
from knowledge.learning import Lesson
from knowledge.meaning import Near
from service.learning import Learning

BOTH = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


class Watched(Learning):
    """Learns, and tells when it has: nobody waits for it on the website."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._ended = threading.Condition()
        self._calls: Counter[str] = Counter()

    def searched(self, *given: Any, **more: Any) -> None:
        super().searched(*given, **more)
        self._count("searched")

    def clicked(self, *given: Any) -> None:
        super().clicked(*given)
        self._count("clicked")

    def helped(self, *given: Any) -> list[Lesson]:
        found = super().helped(*given)
        self._count("helped")
        return found

    def unhelped(self, *given: Any) -> list[Lesson]:
        found = super().unhelped(*given)
        self._count("unhelped")
        return found

    def _count(self, what: str) -> None:
        with self._ended:
            self._calls[what] += 1
            self._ended.notify_all()

    def wait_for(self, **calls: int) -> None:
        """Until it has learnt so often from each."""
        with self._ended:
            assert self._ended.wait_for(lambda: all(self._calls[name] == times for name, times in calls.items()), 20)


@pytest.fixture
def learning_site(quiet_site: Any) -> Any:
    """A site that learns."""
    quiet_site.memory = Watched(quiet_site.database, quiet_site.index, quiet_site.policy.visitor)
    quiet_site.start()
    return quiet_site


def from_(network: int) -> dict[str, str]:
    """A visitor from another network."""
    return {"X-Forwarded-For": f"192.0.2.{network}"}


def helped(site: Any, query: str, network: int) -> None:
    """Search, follow the first result, and say that it helped, as a browser without scripts does."""
    found = site.client.get("/de/suche", params={"q": query}, headers=from_(network)).text
    follow(site, html.unescape(re.search(r'<h2><a href="([^"]+)">', found)[1]), network)  # type: ignore[index]


def follow(site: Any, link: str, network: int) -> None:
    """Follow a link to an article, and say that it helped."""
    page = site.client.get(link, headers=from_(network)).text
    form = re.search(r'<form method="post" action="([^"]+)">(.*?)</form>', page, re.DOTALL)
    assert form is not None
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form[2]))
    fields = {**{name: html.unescape(value) for name, value in hidden.items()}, "helpful": "yes"}
    assert site.client.post(form[1], data=fields, headers=from_(network)).status_code == 303


def words(site: Any, article_id: str) -> list[str]:
    with site.database.reading() as session:
        return [each.word for each in lessons.words_of(session, article_id)]


def searched(site: Any, since: datetime) -> list[tuple[str, int, int, int]]:
    with site.database.reading() as session:
        return [(each.words, each.times, each.empty, each.clicks) for each in searches.searches(session, since)]


def test_who_chose_an_article_while_typing_teaches_it_the_words_that_were_finished(learning_site: Any) -> None:
    for network in (1, 2):
        answer = learning_site.client.get(
            "/api/search", params={"q": "rechnungen kundenc"}, headers=from_(network)
        ).json()
        assert answer["results"][0]["article"] == "rechnung"
        follow(learning_site, answer["results"][0]["url"], network)
    learning_site.memory.wait_for(helped=2)
    assert words(learning_site, "rechnung") == ["rechnungen"]


@BOTH
def test_the_words_of_two_visitors_who_were_helped_lead_the_third_there(learning_site: Any) -> None:
    helped(learning_site, "Rechnungen Zettelwirtschaft", 1)
    helped(learning_site, "Rechnungen Zettelwirtschaft", 2)
    learning_site.memory.wait_for(helped=2)
    assert words(learning_site, "rechnung") == ["rechnungen", "zettelwirtschaft"]
    learning_site.index.refresh()
    assert "/de/artikel/rechnung?q=" in learning_site.client.get("/de/suche", params={"q": "zettelwirtschaft"}).text


def test_one_network_is_one_visitor_however_many_browsers_it_pretends_to_have(learning_site: Any) -> None:
    for browser in range(4):
        learning_site.client.headers["User-Agent"] = f"browser {browser}"
        helped(learning_site, "Rechnungen Zettelwirtschaft", 1)
    helped(learning_site, "Rechnungen", 2)
    learning_site.memory.wait_for(helped=5)
    assert words(learning_site, "rechnung") == ["rechnungen"]


def test_words_that_do_not_find_the_article_teach_it_nothing(learning_site: Any) -> None:
    for network in (1, 2):
        forged = {"helpful": "yes", "q": "fahrradschloss"}
        assert learning_site.client.post("/de/stimme/rechnung", data=forged, headers=from_(network)).status_code == 303
    for network in (1, 2):
        helped(learning_site, "Rechnungen", network)
    learning_site.memory.wait_for(helped=4)
    assert words(learning_site, "rechnung") == ["rechnungen"]


def test_a_vote_that_is_changed_to_no_takes_back_the_words_of_the_yes(learning_site: Any) -> None:
    for network in (1, 2):
        helped(learning_site, "Rechnungen", network)
    learning_site.memory.wait_for(helped=2)
    assert words(learning_site, "rechnung") == ["rechnungen"]
    answer = learning_site.client.post("/de/stimme/rechnung", data={"helpful": "no"}, headers=from_(2))
    assert answer.status_code == 303
    learning_site.memory.wait_for(unhelped=1)
    assert words(learning_site, "rechnung") == []


def test_who_was_not_helped_teaches_nothing(learning_site: Any) -> None:
    for network in (1, 2):
        unhappy = {"helpful": "no", "q": "rechnungen"}
        assert learning_site.client.post("/de/stimme/rechnung", data=unhappy, headers=from_(network)).status_code == 303
    for network in (1, 2):
        helped(learning_site, "Outlook", network)
    learning_site.memory.wait_for(helped=2)
    assert words(learning_site, "outlook") == ["outlook"]
    assert words(learning_site, "rechnung") == []


def test_a_search_its_click_and_that_it_found_nothing_are_added_up_once_a_visitor(
    learning_site: Any, clock: Callable[[], datetime]
) -> None:
    since = datetime.min.replace(tzinfo=clock().tzinfo)
    for network in (1, 1, 2):
        learning_site.client.get("/de/suche", params={"q": "Xylophon"}, headers=from_(network))
    learning_site.client.get("/de/artikel/outlook", params={"q": "Outlook"}, headers=from_(1))
    learning_site.memory.wait_for(searched=2, clicked=1)
    assert sorted(searched(learning_site, since)) == [("outlook", 0, 0, 1), ("xylophon", 2, 2, 0)]


def test_a_desk_that_learns_nothing_serves_the_same_pages(site: Any) -> None:
    helped(site, "Rechnungen", 1)
    assert words(site, "rechnung") == []


def test_searches_are_noted_so_often_an_hour_and_all_are_answered(
    quiet_site: Any, clock: Callable[[], datetime]
) -> None:
    quiet_site.memory = Watched(quiet_site.database, quiet_site.index, quiet_site.policy.visitor)
    quiet_site.start(limits=FormLimits(searches_an_hour=2, all_searches_an_hour=3))
    for network, query in ((1, "Outlook"), (1, "Postfach"), (1, "Rechnungen"), (2, "Vertrag"), (3, "Mails")):
        answer = quiet_site.client.get("/de/suche", params={"q": query}, headers=from_(network))
        assert answer.status_code == 200
    quiet_site.memory.wait_for(searched=3)
    since = datetime.min.replace(tzinfo=clock().tzinfo)
    assert {each[0] for each in searched(quiet_site, since)} == {"outlook", "postfach", "vertrag"}


class Counting:
    """In the place of what compares by meaning: counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def near(self, said: Any, snapshot: Any, within: float | None = None) -> dict[int, Near]:
        self.asked += 1
        return {}

    def close(self) -> None:
        """Nothing is open."""


def test_what_helped_asks_what_a_sentence_means_from_the_budget_of_the_search(quiet_site: Any) -> None:
    model = quiet_site.index.meaning = Counting()
    quiet_site.memory = Watched(quiet_site.database, quiet_site.index, quiet_site.policy.visitor)
    quiet_site.start(limits=FormLimits(sentences_an_hour=2))
    for number in range(4):
        answer = {"helpful": "yes", "q": f"wo finde ich bei euch Rechnungen {number}"}
        assert quiet_site.client.post("/de/stimme/rechnung", data=answer).status_code == 303
    quiet_site.memory.wait_for(helped=4)
    assert model.asked == 2
