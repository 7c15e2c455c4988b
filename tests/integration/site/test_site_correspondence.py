"""The customers' view over real HTTP: who asks learns nothing, and what a link shows stays with who holds it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from faq.policy import FormLimits
from threads.people.correspondence import Closed, File, Letter, Matter, View

ASK = "/de/verlauf"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TOKEN = "gAAAAAtoken"
EVIL = "<script>alert(1)</script>\n<img src=http://evil.example/x>"
LETTERS = (
    Letter(False, "Anna <b>Weber</b>", NOW, EVIL, (File('A"><x>.html', 49_357, "gAAAAAfile"),)),
    Letter(True, "Kiebitz", NOW, "Gern."),
)
VIEW = View((Matter("Rechnung & Mehr", LETTERS),), 1, 1, NOW + timedelta(days=7))


@dataclass
class Letters:
    """Anna's correspondence; it says whom it was asked for."""

    asked: list[tuple[str, str]] = field(default_factory=list)
    looked_up: threading.Event = field(default_factory=threading.Event)
    may_look: threading.Event = field(default_factory=threading.Event)
    shows: View = VIEW
    pages: list[int] = field(default_factory=list)
    file_name: str = 'Grüße\r\nX: y;".html'

    def ask(self, address: str, language: str) -> bool:
        """Looks the address up, once it may."""
        self.may_look.wait(20)
        self.asked.append((address, language))
        self.looked_up.set()
        return address == "anna@example.org"

    def view(self, token: str, page: int) -> View | Closed:
        """One page."""
        self.pages.append(page)
        return replace(self.shows, page=page) if token == TOKEN else self._closed(token)

    def file(self, token: str) -> tuple[str, bytes] | Closed:
        """A page of HTML, as a file."""
        return (self.file_name, EVIL.encode()) if token == "gAAAAAfile" else self._closed(token)

    def archive(self, token: str) -> Iterator[bytes] | Closed:
        """Two mails."""
        return iter([b"From a\n\none\n\n", b"From b\n\ntwo\n\n"]) if token == TOKEN else self._closed(token)

    def _closed(self, token: str) -> Closed:
        return Closed.OVER if token == "gAAAAAover" else Closed.UNKNOWN


@pytest.fixture
def letters(quiet_site: Any) -> Iterator[Letters]:
    """What is behind a site that runs."""
    quiet_site.correspondence = behind = Letters()
    behind.may_look.set()
    quiet_site.start()
    yield behind
    behind.may_look.set()


@pytest.fixture
def client(letters: Letters, quiet_site: Any) -> Any:
    """Asks the site."""
    return quiet_site.client


def test_who_asks_is_answered_before_anybody_looks_the_address_up(client: Any, letters: Letters) -> None:
    letters.may_look.clear()
    answer = client.post(ASK, data={"address": " Anna@Example.org "})
    assert (answer.status_code, answer.headers["location"]) == (303, "/de/verlauf/unterwegs")
    assert letters.asked == []
    letters.may_look.set()
    assert letters.looked_up.wait(20)
    assert letters.asked == [("anna@example.org", "de")]


def test_when_an_address_is_looked_up_is_left_to_chance(quiet_site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    waits, looked_up = list[float](), threading.Semaphore(0)

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr("faq.correspondence.sleep", sleep)
    quiet_site.correspondence = Letters()
    quiet_site.correspondence.ask = lambda *_: looked_up.release()
    quiet_site.start(limits=FormLimits(looked_up_within=4.0))
    for number in range(5):
        quiet_site.client.post(ASK, data={"address": f"a{number}@example.org"})
        assert looked_up.acquire(timeout=20)
    assert len(set(waits)) == 5
    assert all(0 <= each <= 4 for each in waits)


def test_known_and_unknown_addresses_get_the_same_answer(client: Any) -> None:
    def answered(address: str) -> tuple[int, Any, bytes]:
        answer = client.post(ASK, data={"address": address})
        headers = {name: value for name, value in answer.headers.items() if name != "date"}
        return answer.status_code, headers, answer.content

    assert answered("anna@example.org") == answered("nobody@example.org")
    said = client.get("/de/verlauf/unterwegs").text
    assert "Wenn wir die Adresse kennen" in said
    assert "If we know the address" in client.get("/en/correspondence/on-its-way").text


def test_what_is_wrong_with_an_address_stands_beside_it(client: Any, letters: Letters) -> None:
    for typed in ("", "anna@", "support@desk.example"):
        answer = client.post(ASK, data={"address": typed})
        assert answer.status_code == 422
        assert 'id="wrong-address"' in answer.text
    assert client.post(ASK, data={"address": "a@b.example", "website": "x"}).status_code == 422
    assert letters.asked == []


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
def test_another_website_cannot_ask_in_a_visitors_name(client: Any, letters: Letters, headers: dict[str, str]) -> None:
    assert client.post(ASK, data={"address": "anna@example.org"}, headers=headers).status_code == 403
    assert letters.asked == []


@pytest.mark.parametrize("address", ["anna@example.org", "nobody@example.org"])
def test_nobody_floods_an_address_known_or_not(client: Any, clock: Any, address: str) -> None:
    statuses = [client.post(ASK, data={"address": address}).status_code for _ in range(4)]
    assert statuses == [303, 303, 303, 429]
    assert client.post("/en/correspondence", data={"address": address.upper()}).status_code == 429
    clock.forward(days=1, seconds=1)
    assert client.post(ASK, data={"address": address}).status_code == 303


def test_a_visitor_has_a_limit_whichever_addresses_they_try(client: Any) -> None:
    answers = [client.post(ASK, data={"address": f"a{number}@example.org"}) for number in range(11)]
    assert [answer.status_code for answer in answers] == [303] * 10 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0


def test_letters_are_shown_as_text_alone(client: Any) -> None:
    page = client.get(f"/de/verlauf/lesen/{TOKEN}")
    assert page.status_code == 200
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\n&lt;img" in page.text
    assert "<script>alert" not in page.text
    assert "Anna &lt;b&gt;Weber" in page.text
    assert "A&#34;&gt;&lt;x&gt;.html" in page.text
    assert "48,2 KB" in page.text
    assert "gilt bis 1. Dezember 2026 um 09:00 Uhr" in page.text
    assert "48.2 KB" in client.get(f"/en/correspondence/read/{TOKEN}").text


@pytest.mark.parametrize(
    "path",
    [
        f"/de/verlauf/lesen/{TOKEN}",
        f"/de/verlauf/archiv/{TOKEN}",
        "/de/verlauf/datei/gAAAAAfile",
        "/de/verlauf/lesen/gAAAAAover",
        "/en/correspondence/file/forged",
    ],
)
def test_what_a_link_shows_goes_into_no_cache_search_engine_or_referer(client: Any, path: str) -> None:
    headers = client.get(path).headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert "noindex" in headers["x-robots-tag"]
    assert headers["x-content-type-options"] == "nosniff"


def test_a_file_is_saved_and_never_shown(client: Any) -> None:
    answer = client.get("/de/verlauf/datei/gAAAAAfile")
    assert answer.content == EVIL.encode()
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["content-disposition"] == (
        "attachment; filename*=UTF-8''Gr%C3%BC%C3%9Fe%0D%0AX%3A%20y%3B%22.html"
    )


def test_all_of_it_comes_as_an_mbox(client: Any) -> None:
    answer = client.get(f"/en/correspondence/archive/{TOKEN}")
    assert answer.content == b"From a\n\none\n\nFrom b\n\ntwo\n\n"
    assert answer.headers["content-type"] == "application/mbox"
    assert "correspondence.mbox" in answer.headers["content-disposition"]


@pytest.mark.parametrize("kind", ["lesen", "datei", "archiv"])
@pytest.mark.parametrize(
    ("token", "status"), [("gAAAAAover", 410), ("forged", 403), ("%00%ff", 403), ("x" * 5000, 403)]
)
def test_a_link_that_shows_nothing_leads_to_one_friendly_page(client: Any, kind: str, token: str, status: int) -> None:
    answer = client.get(f"/de/verlauf/{kind}/{token}")
    assert answer.status_code == status
    assert "Dieser Link gilt nicht mehr" in answer.text
    assert 'href="/de/verlauf">Neuen Link anfordern' in answer.text


def test_a_long_correspondence_is_turned_page_by_page(client: Any, letters: Letters) -> None:
    letters.shows = replace(VIEW, pages=3)
    page = client.get(f"/de/verlauf/lesen/{TOKEN}?p=2").text
    assert f'rel="prev" href="/de/verlauf/lesen/{TOKEN}"' in page
    assert f'rel="next" href="/de/verlauf/lesen/{TOKEN}?p=3"' in page
    assert "Seite 2 von 3" in page
    for odd in ("", "x", "-1", "9" * 40, "²"):
        client.get(f"/de/verlauf/lesen/{TOKEN}", params={"p": odd})
    assert letters.pages == [2, 1, 1, 1, 1, 1]


def test_a_site_without_it_has_no_such_page(site: Any) -> None:
    assert site.client.get(ASK).status_code == 404
    assert site.client.post(ASK, data={"address": "anna@example.org"}).status_code == 404
    assert site.client.get(f"/de/verlauf/lesen/{TOKEN}").status_code == 404
    assert "verlauf" not in site.client.get("/de/").text


def test_every_page_leads_there_where_there_is_one(client: Any) -> None:
    assert 'href="/de/verlauf">E-Mail-Verlauf' in client.get("/de/").text
