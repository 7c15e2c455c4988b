"""Pages, search, votes and feeds over real HTTP, a real database and a real index."""

from __future__ import annotations

import time
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest

from faq.given import Wellness
from knowledge.article import Article
from knowledge.store import remove_article
from storage.errors import DatabaseUnavailable

ATOM = {"a": "http://www.w3.org/2005/Atom"}
ARTICLE_DAY = date(2024, 1, 1)
on_both = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


def test_a_visitor_is_led_to_their_language(site: Any) -> None:
    german = site.client.get("/", headers={"Accept-Language": "de-CH"})
    english = site.client.get("/", headers={"Accept-Language": "en"})
    assert (german.status_code, german.headers["location"]) == (303, "/de/")
    assert english.headers["location"] == "/en/"
    assert german.headers["vary"] == "Accept-Language"


@on_both
def test_the_first_page_shows_topics_and_what_is_new(site: Any) -> None:
    page = site.client.get("/de/").text
    assert '<html lang="de">' in page
    assert "Wie können wir Ihnen helfen?" in page
    assert 'href="/de/thema/seltsames-co">Seltsames &amp; Co<' in page
    assert "1. Juni 2026" in page
    assert "Where do I find" not in page
    assert "Impressum" in page
    assert "<title>Hilfe &amp; Mehr</title>" in page


def test_customers_are_addressed_as_the_mailbox_says(quiet_site: Any) -> None:
    quiet_site.start(tone="du")
    assert "Wie können wir dir helfen?" in quiet_site.client.get("/de/").text


def test_an_article_is_shown_with_its_trail_date_and_related(site: Any) -> None:
    page = site.client.get("/de/artikel/outlook").text
    assert "<h1>Wie richte ich Outlook ein?</h1>" in page
    assert "<td>imap.desk.example</td>" in page
    assert "Zuletzt überarbeitet am 1. Juni 2026" in page
    assert 'href="/de/thema/e-mail"' in page
    assert 'href="/de/artikel/postfach-voll"' in page.partition("Das könnte auch helfen")[2]


def test_what_stands_beside_an_article_is_near_to_it_and_for_the_same_readers(site: Any) -> None:
    site.put(Article("karte", "Wo finde ich meine Kundenkarte?", "Im Kundencenter, bei den Rechnungen.", ("Post",)))
    beside = site.client.get("/de/artikel/rechnung").text.partition("Das könnte auch helfen")[2]
    assert 'href="/de/artikel/karte"' in beside
    assert 'href="/de/artikel/rechnung"' not in beside
    assert "invoices" not in beside


def test_what_an_author_writes_is_never_obeyed(site: Any) -> None:
    page = site.client.get("/de/artikel/postfach-voll").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert page.count("<h1>") == 1
    assert "<h2>Platz schaffen</h2>" in page


def test_an_article_in_another_language_has_one_address(site: Any) -> None:
    answer = site.client.get("/de/artikel/invoices")
    assert (answer.status_code, answer.headers["location"]) == (301, "/en/article/invoices")
    assert site.client.get("/article/invoices").headers["location"] == "/en/article/invoices"
    assert site.client.get("/article/outlook").headers["location"] == "/de/artikel/outlook"


def test_an_id_may_hold_any_character(site: Any) -> None:
    page = site.client.get("/de/thema/seltsames-co").text
    path = "/de/artikel/a%2Fb%20c%3F"
    assert f'href="{path}"' in page
    assert "Darf eine Kennung" in site.client.get(path).text
    assert site.client.post("/de/stimme/a%2Fb%20c%3F", data={"helpful": "yes"}).status_code == 303


def test_only_articles_for_the_sites_audience_are_shown(quiet_site: Any) -> None:
    quiet_site.start(audience="customer")
    assert quiet_site.client.get("/de/artikel/haendler").status_code == 404
    assert "Wie lege ich Kunden an?" not in quiet_site.client.get("/de/themen").text
    found = quiet_site.client.get("/api/search", params={"q": "Kunden anlegen"}).json()["results"]
    assert "haendler" not in [each["article"] for each in found]


def test_a_topic_lists_its_articles(site: Any) -> None:
    page = site.client.get("/de/thema/e-mail").text
    assert "<h1>E-Mail</h1>" in page
    assert "Mein Postfach ist voll" in page
    assert "Rechnungen" not in page
    assert site.client.get("/de/thema/nichts").status_code == 404


@on_both
def test_a_changed_article_is_seen_within_a_second(site: Any) -> None:
    assert "Neu?" not in site.client.get("/de/themen").text
    site.put(Article("neu", "Neu?", "Ja.", ("Neues",)))
    changed = time.monotonic()
    while "Neu?" not in site.client.get("/de/themen").text:
        assert time.monotonic() - changed < 1
    assert "Ja." in site.client.get("/de/artikel/neu").text


def test_the_search_answers_without_a_script(site: Any) -> None:
    page = site.client.get("/de/suche", params={"q": "Posfach voll"}).text
    assert 'href="/de/artikel/postfach-voll?q=Posfach+voll"' in page
    assert 'value="Posfach voll"' in page
    assert 'href="/en/search?q=Posfach+voll"' in page


def test_a_mistyped_word_is_offered_as_it_was_meant_in_the_words_of_the_page(site: Any) -> None:
    page = site.client.get("/de/suche", params={"q": "Posfach voll"}).text
    assert 'Meinten Sie: <a href="/de/suche?q=Postfach+voll"><bdi>Postfach voll</bdi></a>' in page
    english = site.client.get("/en/search", params={"q": "my invioces"}).text
    assert 'Did you mean: <a href="/en/search?q=my+invoices"><bdi>my invoices</bdi></a>' in english
    while_typing = site.client.get("/api/search", params={"q": "posfach vo", "language": "de"}).json()
    assert while_typing["meant"] == {"query": "postfach vo", "url": "/de/suche?q=postfach+vo"}


@pytest.mark.parametrize("query", ["Postfach voll", "outl", "Rechnungen", "wetter", "2026", ""])
def test_nothing_is_offered_for_a_query_that_is_well_as_it_is(site: Any, query: str) -> None:
    assert 'class="meant"' not in site.client.get("/de/suche", params={"q": query}).text
    assert "meant" not in site.client.get("/api/search", params={"q": query, "language": "de"}).json()


@pytest.mark.parametrize(("query", "article"), [("Outl", "outlook"), ("Papierk", "postfach-voll")])
def test_half_a_word_that_was_sent_off_finds_what_begins_with_it(site: Any, query: str, article: str) -> None:
    page = site.client.get("/de/suche", params={"q": query}).text
    assert f"Zu „{query}“ haben wir nichts gefunden" not in page
    assert f'<h2><a href="/de/artikel/{article}?q={query}">' in page


def test_where_letters_alone_are_alike_the_question_is_taken_to_a_person_first(site: Any) -> None:
    page = site.client.get("/de/suche", params={"q": "Postillon"}).text
    before, _, after = page.partition("Vielleicht ist doch etwas dabei")
    assert "Zu „Postillon“ haben wir nichts gefunden" in before
    assert 'href="/de/kontakt?betreff=Postillon"' in before
    assert 'href="/de/artikel/postfach-voll?q=Postillon"' in after


def test_what_is_typed_is_shown_and_never_obeyed(site: Any) -> None:
    page = site.client.get("/de/suche", params={"q": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_the_search_finds_nothing_and_leads_to_a_person(site: Any) -> None:
    page = site.client.get("/de/suche", params={"q": "qqqq"}).text
    assert "haben wir nichts gefunden" in page
    assert 'href="/de/kontakt?betreff=qqqq"' in page
    assert 'value="qqqq"' in site.client.get("/de/kontakt?betreff=qqqq").text


def test_where_only_the_other_language_knows_it_is_offered(site: Any) -> None:
    page = site.client.get("/de/suche", params={"q": "customer centre"}).text
    assert "eine englische Seite" in page
    assert '<li lang="en">' in page


def test_the_search_answers_as_one_types(site: Any) -> None:
    answer = site.client.get("/api/search", params={"q": "outl", "language": "de"}).json()
    assert answer["results"][0]["url"] == "/de/artikel/outlook?q=outl%E2%80%A6"
    assert answer["results"][0]["question"] == "Wie richte ich Outlook ein?"
    assert answer["all"] == "/de/suche?q=outl"
    assert answer["ask"] == "/de/kontakt?betreff=outl"


@pytest.mark.parametrize("query", ["", "   ", "*", "?:~^()[]", "\0\x07", "a" * 100_000, "ä" * 5_000, "’“”"])
def test_any_query_is_answered(site: Any, query: str) -> None:
    for path in ("/de/suche", "/api/search"):
        answer = site.client.get(path, params={"q": query[:40_000]})
        assert answer.status_code in (200, 400, 414)


@on_both
def test_a_vote_counts_once_a_visitor_and_may_change(site: Any) -> None:
    path = "/de/stimme/outlook"
    first = site.client.post(path, data={"helpful": "yes"})
    assert (first.status_code, first.headers["location"]) == (303, "/de/artikel/outlook?vote=yes#vote")
    site.client.post(path, data={"helpful": "yes"})
    assert (site.votes("outlook").helpful, site.votes("outlook").unhelpful) == (1, 0)
    site.client.post(path, data={"helpful": "no"})
    assert (site.votes("outlook").helpful, site.votes("outlook").unhelpful) == (0, 1)
    site.client.post(path, data={"helpful": "yes"}, headers={"User-Agent": "another"})
    assert (site.votes("outlook").helpful, site.votes("outlook").unhelpful) == (1, 1)


def test_a_vote_is_thanked_for(site: Any) -> None:
    assert "das freut uns" in site.client.get("/de/artikel/outlook?vote=yes").text
    unhappy = site.client.get("/de/artikel/outlook?vote=no").text
    assert "/de/kontakt?betreff=Wie+richte+ich+Outlook+ein%3F" in unhappy


def test_votes_have_a_limit_and_come_from_our_own_pages(site: Any) -> None:
    path = "/de/stimme/outlook"
    assert site.client.post(path, data={"helpful": "yes"}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert site.client.post(path, data={"helpful": "perhaps"}).status_code == 400
    assert site.client.post("/de/stimme/nichts", data={"helpful": "yes"}).status_code == 404
    answers = [site.client.post(path, data={"helpful": "yes"}) for _ in range(6)]
    assert {answer.status_code for answer in answers} == {303, 429}
    assert "Einen Moment bitte" in answers[-1].text


def test_the_feed_lists_what_changed_last(site: Any) -> None:
    site.put(Article("ctrl", "Was\x0bist?", "Text\x00 <b>& mehr", ("A",), updated=ARTICLE_DAY))
    answer = site.client.get("/de/feed.xml")
    root = ElementTree.fromstring(answer.text)
    titles = [each.text for each in root.findall("a:entry/a:title", ATOM)]
    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert titles[0] == "Wie richte ich Outlook ein?"
    assert root.findtext("a:updated", namespaces=ATOM) == "2026-06-01T00:00:00Z"
    assert root.find("a:entry/a:link", ATOM).attrib["href"].startswith("http://127.0.0.1")  # type: ignore[union-attr]  # it fails here where it is None


def test_the_sitemap_names_every_page_at_its_public_address(quiet_site: Any) -> None:
    quiet_site.start(base_url="https://help.example/")
    text = quiet_site.client.get("/sitemap.xml").text
    assert "<loc>https://help.example/de/artikel/postfach-voll</loc><lastmod>2026-05-04</lastmod>" in text
    assert "<loc>https://help.example/en/article/invoices</loc>" in text
    assert "Sitemap: https://help.example/sitemap.xml" in quiet_site.client.get("/robots.txt").text


def test_every_answer_is_guarded(site: Any) -> None:
    site.broken = RuntimeError("a fault of ours")
    for path in ("/de/kontakt", "/de/nichts", "/healthz", "/static/none.css", "/de/themen"):
        headers = site.client.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


def test_no_page_asks_anything_of_another_site(site: Any) -> None:
    for path in ("/de/", "/de/themen", "/de/kontakt", "/en/search?q=x", "/de/artikel/postfach-voll"):
        page = site.client.get(path).text
        for attribute in ("src=", '<link rel="stylesheet" href='):
            for rest in page.split(attribute)[1:]:
                assert rest.startswith('"/'), rest[:60]
        assert "style=" not in page
        assert " onclick" not in page


def test_styles_and_scripts_are_cached_for_ever_under_a_name_of_their_own(site: Any) -> None:
    page = site.client.get("/de/").text
    path = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    answer = site.client.get(path)
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    again = site.client.get(path, headers={"If-None-Match": f'"other", {answer.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert site.client.get("/static/site.css").status_code == 404
    assert site.client.get("/static/..%2f__init__.py").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "status", "said"),
    [
        ("GET", "/de/nichts", 404, "Diese Seite gibt es nicht"),
        ("GET", "/en/nothing", 404, "There is no such page"),
        ("GET", "/fr/", 404, "There is no such page"),
        ("GET", "/de/artikel/nichts", 404, "Diese Seite gibt es nicht"),
        ("DELETE", "/de/kontakt", 405, "So geht das hier nicht"),
        ("GET", "/de/stimme/outlook", 405, "So geht das hier nicht"),
        ("POST", "/de/", 405, "So geht das hier nicht"),
    ],
)
def test_what_goes_wrong_is_said_in_the_house_style(site: Any, method: str, path: str, status: int, said: str) -> None:
    answer = site.client.request(method, path, headers={"Accept-Language": "en"})
    assert answer.status_code == status
    assert said in answer.text
    assert 'class="brand"' in answer.text


def test_a_database_that_is_away_is_said_and_comes_back(site: Any) -> None:
    site.broken = DatabaseUnavailable("the database does not answer")
    for path in ("/de/artikel/outlook", "/de/suche?q=x"):
        answer = site.client.get(path)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
        assert "Wir sind gleich wieder da" in answer.text
        assert "support@desk.example" in answer.text
    assert "error" in site.client.get("/api/search?q=x").json()
    site.broken = None
    assert site.client.get("/de/artikel/outlook").status_code == 200


def test_a_fault_of_ours_shows_no_traceback(site: Any) -> None:
    site.broken = RuntimeError("a secret detail")
    answer = site.client.get("/de/artikel/outlook")
    assert answer.status_code == 500
    assert "Der Fehler liegt bei uns" in answer.text
    assert "secret" not in answer.text


def test_health_and_metrics_are_there_for_those_who_run_the_desk(site: Any) -> None:
    answer = site.client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\ndatabase: answers\n")
    site.how_well = Wellness.DEGRADED
    answer = site.client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "degraded\ndatabase: answers\n")
    site.how_well = Wellness.FAILING
    answer = site.client.get("/healthz")
    assert (answer.status_code, answer.text) == (503, "failing\ndatabase: answers\n")
    assert site.client.get("/metrics").text == "mails_total 3\n"


def test_a_site_with_names_answers_to_no_other(quiet_site: Any) -> None:
    quiet_site.start(hosts=("help.example",))
    assert quiet_site.client.get("/de/", headers={"Host": "help.example:443"}).status_code == 200
    assert quiet_site.client.get("/de/", headers={"Host": "evil.example"}).status_code == 421
    assert quiet_site.client.get("/healthz").status_code == 200


def test_a_site_in_one_language_shows_no_other(quiet_site: Any) -> None:
    quiet_site.start(languages=("de",))
    assert quiet_site.client.get("/en/").status_code == 404
    assert quiet_site.client.get("/", headers={"Accept-Language": "en"}).headers["location"] == "/de/"
    assert "Where do I find" in quiet_site.client.get("/de/artikel/invoices").text
    assert ">English<" not in quiet_site.client.get("/de/").text


def test_an_empty_knowledge_base_has_a_first_page_and_a_form(quiet_site: Any) -> None:
    quiet_site.start(languages=("en",))
    with quiet_site.database.writing() as session:
        assert remove_article(session, "invoices", quiet_site.now())
    assert "There is nothing here yet." in quiet_site.client.get("/en/").text
    assert quiet_site.client.get("/en/contact").status_code == 200


def test_a_table_needs_no_inline_style(site: Any) -> None:
    site.put(Article("tabelle", "Was kostet es?", "| | Preis |\n| :-- | --: |\n| Watt | 5 |\n\n    code", ("Vertrag",)))
    page = site.client.get("/de/artikel/tabelle").text
    assert "style=" not in page
    assert '<td class="right">5</td>' in page


@on_both
@pytest.mark.parametrize("rest", ["%00", "%ff%fe", "..%2f..", "%ed%a0%80", "x" * 5_000, "", "%0d%0aSet-Cookie:%20a=b"])
def test_any_address_is_answered(site: Any, rest: str) -> None:
    for path in ("/de/artikel/", "/de/thema/", "/article/", "/static/", "/"):
        answer = site.client.get(path + rest)
        assert answer.status_code in (303, 307, 404)
        assert "set-cookie" not in answer.headers


def test_only_a_page_that_exists_in_another_language_names_it(site: Any) -> None:
    assert '<link rel="alternate" hreflang="en" href="/en/contact">' in site.client.get("/de/kontakt").text
    assert 'hreflang="en" href="/en/"' not in site.client.get("/de/artikel/outlook").text.partition("<body>")[0]
