"""FAQ pages as other programs make them, read as articles; tests/pages holds one of each."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.article import Article
from knowledge.files import BadRecord, read_articles
from knowledge.markdown import to_html
from knowledge.pages.page import page_of
from knowledge.pages.writing import markdown_of

PAGES = Path(__file__).parents[2] / "pages"
LONGEST = 20.0
"""Seconds for the worst page, on a loaded machine; each takes one or two."""


def articles(path: Path) -> list[Article]:
    found = list(read_articles(path))
    assert [each for each in found if isinstance(each, BadRecord)] == []
    return [each for each in found if isinstance(each, Article)]


def in_page(name: str) -> dict[str, Article]:
    return {each.question: each for each in articles(PAGES / f"{name}.html")}


def saved(folder: Path, html: str, name: str = "faq") -> list[Article | BadRecord]:
    (folder / f"{name}.html").write_text(html, "utf-8")
    return list(read_articles(folder / f"{name}.html"))


def asked(folder: Path, html: str) -> list[str]:
    return [each.question for each in saved(folder, html) if isinstance(each, Article)]


def complaint(found: list[Article | BadRecord]) -> str:
    assert len(found) == 1
    assert isinstance(found[0], BadRecord)
    return str(found[0])


@pytest.mark.parametrize(
    ("name", "language", "questions"),
    [
        (
            "de-wordpress-yoast",
            "de",
            {
                "Wann ist die Anreise möglich?": "An- und Abreise",
                "Darf ich meinen Hund mitbringen?": "An- und Abreise",
                "Wie hoch ist die Anzahlung?": "Bezahlen",
                "Nehmen Sie Kreditkarten?": "Bezahlen",
            },
        ),
        (
            "en-elementor",
            "en",
            {"How do I rent a bike?": "Renting", "What does it cost?": "Renting", "May I leave the town?": "Renting"},
        ),
        (
            "de-headings",
            "de",
            {
                "Welche Zahlungsarten gibt es?": "Bestellen",
                "Gutschein einlösen": "Bestellen",
                "Wie gebe ich etwas zurück?": "Nach dem Kauf",
            },
        ),
        ("en-definitions", "en", {"I forgot my password": "Account", "How do I close my account?": "Account"}),
        ("de-microdata", "de", {"Liefern Sie ins Ausland?": "Versand", "Wie verfolge ich mein Paket?": "Versand"}),
        ("en-linked-data", "en", {"Do you ship to Norway?": "", "Can I return it?": ""}),
        ("en-zendesk-article", "en", {"Changing your delivery address": ""}),
    ],
)
def test_each_question_of_a_page_is_an_article_with_the_heading_above_as_its_category(
    name: str, language: str, questions: dict[str, str]
) -> None:
    found = articles(PAGES / f"{name}.html")
    assert {each.question: "".join(each.categories) for each in found} == questions
    assert {each.language for each in found} == {language}


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.html")), ids=lambda page: page.stem)
def test_nothing_of_what_stands_around_the_content_comes_in(page: Path) -> None:
    said = " ".join(f"{each.question} {each.answer}" for each in read_articles(page) if isinstance(each, Article))
    for around in ("Cookie", "cookies", "alert", "helpful", "Kontakt", "Kommentar", "Preise]", "Founded", "var faq"):
        assert around not in said


def test_steps_tables_and_questions_within_an_answer_survive() -> None:
    found = in_page("en-elementor")
    assert found["How do I rent a bike?"].answer == (
        "1. Open the *app*.\n2. Scan the code:\n   - on the frame, or\n   - on the lock"
    )
    assert found["What does it cost?"].answer == ("| Time | Price |\n| --- | --- |\n| 1 hour | £4 |\n| 1 day | £18 |")
    assert found["May I leave the town?"].answer == (
        "Yes, up to 20 miles.\n\n**And on ferries?**\n\nOnly folded bikes."
    )


def test_a_page_in_an_old_encoding_is_read_with_its_umlauts_its_headings_and_its_verbatim_lines() -> None:
    found = in_page("de-headings")
    assert "Überweisung" in found["Welche Zahlungsarten gibt es?"].answer
    assert "#### Bei Erstbestellung\n\nNur **Vorkasse**." in found["Welche Zahlungsarten gibt es?"].answer
    assert "```\nRetourenstelle\nLager 3\n```" in found["Wie gebe ich etwas zurück?"].answer


def test_a_link_is_written_whole_by_the_address_of_its_page() -> None:
    answer = in_page("de-wordpress-yoast")["Darf ich meinen Hund mitbringen?"].answer
    assert answer == "Ja, gegen [Aufpreis](https://seehof.example/preise#hund)."


def test_an_anchor_of_the_page_is_the_id_of_its_article_and_one_made_of_a_place_is_not() -> None:
    found = in_page("de-wordpress-yoast")
    assert found["Wie hoch ist die Anzahlung?"].id == "service-haeufige-fragen-anzahlung"
    assert found["Wann ist die Anreise möglich?"].id.endswith("-faq-question-1699870000001")
    assert found["Nehmen Sie Kreditkarten?"].id.endswith("-nehmen-sie-kreditkarten")


def test_the_same_question_of_two_audiences_is_two_articles() -> None:
    found = [each for each in articles(PAGES / "de-bootstrap.html") if each.question == "Wie zahle ich?"]
    assert {(*each.categories, each.audience): each.answer for each in found} == {
        ("Für Privatkunden", "privatkunden"): "Per `PayPal` oder Lastschrift.",
        ("Für Händler", "händler"): "Auf Rechnung, 14 Tage netto.",
    }
    assert len({each.id for each in found}) == 2


def test_an_id_stays_where_questions_come_and_go_before_it(tmp_path: Path) -> None:
    item = '<div class="accordion-item"><button aria-controls="c{n}">Frage {q}?</button><div id="c{n}">Antwort {q}.</div></div>'
    before = saved(tmp_path, item.format(n=1, q="A") + item.format(n=2, q="B"))
    after = saved(tmp_path, item.format(n=1, q="Neu") + item.format(n=2, q="A") + item.format(n=3, q="B"))
    assert after[1:] == before
    assert len(before) == 2


def test_a_question_that_stands_there_twice_with_one_answer_is_one_article(tmp_path: Path) -> None:
    assert asked(tmp_path, "<details><summary>Wo?</summary>Hier.</details>" * 2) == ["Wo?"]


def test_a_group_that_opens_is_the_category_of_the_questions_in_it(tmp_path: Path) -> None:
    html = "<details><summary>Zahlung</summary><details><summary>Wie?</summary>So.</details></details>"
    found = saved(tmp_path, f"<h2>Shop</h2>{html}")
    assert [(each.question, each.categories) for each in found if isinstance(each, Article)] == [("Wie?", ("Zahlung",))]


@pytest.mark.parametrize(
    "html",
    [
        '<h5 class="et_pb_toggle_title">Wo?</h5><div class="et_pb_toggle_content"><p>Hier.</p></div>',
        '<h3 class="rank-math-question ">Wo?</h3><div class="rank-math-answer "><p>Hier.</p></div>',
        '<div class="kt-accordion-header-wrap"><button class="kt-blocks-accordion-header"><span>Wo?</span></button></div><div class="kt-accordion-panel"><div class="kt-accordion-panel-inner">Hier.</div></div>',
        '<h4><button aria-controls="d-1"><span class="accordion-item__title">Wo?</span></button></h4><div class="accordion-item__dropdown" id="d-1"><p>Hier.</p></div>',
        '<div class="faq-question"><h3>Wo?</h3><div class="faq-answer">Hier.</div></div>',
        '<input type="checkbox" id="c1"><label class="tab-label" for="c1">Wo?</label><div class="tab-content">Hier.</div>',
        '<details><summary><div><svg><text>v</text></svg><h2 class="accordion__title">Wo?</h2></div></summary><p>Hier.</p></details>',
        "<h1>FAQ</h1><p><strong>Wo?</strong></p><p>Hier.</p>",
        '<form id="aspnetForm"><h1>FAQ</h1><h2>Wo?</h2><p>Hier.</p></form>',
        '<h1>FAQ</h1><section id="wo"><h2>Wo?</h2><div>Hier.</div></section><section><h2>Noch Fragen?</h2><p>0123</p></section>',
        "<h1>Wo?</h1><p>Hier.</p>",
    ],
)  # fmt: skip
def test_a_question_is_found_in_whatever_form_a_program_writes_it(tmp_path: Path, html: str) -> None:
    (found,) = saved(tmp_path, f'<html lang="de"><body>{html}</body></html>')
    assert isinstance(found, Article)
    assert (found.question, found.answer, found.language) == ("Wo?", "Hier.", "de")


def test_what_a_browser_saves_beside_a_page_is_no_page(tmp_path: Path) -> None:
    (tmp_path / "faq_files").mkdir()
    (tmp_path / "faq_files" / "frame.html").write_text("<h3>Werbung?</h3><p>Ja.</p>", "utf-8")
    saved(tmp_path, "<h3>Wo?</h3><p>Hier.</p>")
    assert [each.question for each in articles(tmp_path)] == ["Wo?"]


def test_a_section_that_only_lists_links_holds_no_answer() -> None:
    found = list(read_articles(PAGES / "en-zendesk-section.html"))
    assert "holds no question with an answer" in complaint(found)


def test_a_page_without_a_language_is_german_or_english_by_its_words(tmp_path: Path) -> None:
    german = saved(tmp_path, "<h3>Wo finde ich das?</h3><p>Es steht auf der Rechnung, und zwar oben.</p>")
    english = saved(tmp_path, "<h3>Where do I find it?</h3><p>It is at the top of the invoice, on the right.</p>")
    assert [each.language for each in german + english if isinstance(each, Article)] == ["de", "en"]


def test_what_of_a_page_lacks_something_is_named_by_its_line_and_the_others_come_in(tmp_path: Path) -> None:
    long = "W&auml;re <b>es</b> " + "sehr " * 300 + "lang?"
    found = saved(tmp_path, f"<html lang=de>\n<h3>Wo?</h3><p>Hier.</p>\n<h3>{long}</h3><p>Darum.</p>")
    assert isinstance(found[0], Article)
    assert str(found[1]) == f'{tmp_path / "faq.html"}:3: "question" is longer than 1000 characters'


LINKED = (
    '<script type="application/ld+json">{"@type": "FAQPage", "mainEntity": [{"@type": "Question", "name": "Wie zahle ich?",'
    ' "acceptedAnswer": {"@type": "Answer", "text": "Auf Rechnung."}}]}</script>'
)


def test_headings_that_ask_are_questions_also_where_the_page_tells_only_others_as_data(tmp_path: Path) -> None:
    seen = "<h1>FAQ</h1><h2>Wie zahle ich?</h2><p>Per Karte.</p><h2>Wohin liefern Sie?</h2><p>Nach Wien.</p>"
    around = "<h2>Unsere Partner</h2><p>Viele.</p><h2>War das hilfreich?</h2><button>Ja</button>"
    assert asked(tmp_path, LINKED + seen + around) == ["Wie zahle ich?", "Wohin liefern Sie?"]


@pytest.mark.parametrize(
    "html",
    [
        "<h3>Wie lange?</h3><h3>Wo?</h3><p>Hier.</p>",
        '<h3>Wo?</h3><p>Hier.</p><h3>Wie lange?</h3><img src="x.png">',
        "<details><summary>Wo?</summary>Hier.</details><details><summary>Wie lange?</summary></details>",
        '<h3 class="faq-question">Wie lange?</h3><div class="faq-answer"></div><h3>Wo?</h3><p>Hier.</p>',
        LINKED.replace("Auf Rechnung.", "").replace("Wie zahle ich", "Wie lange") + "<h3>Wo?</h3><p>Hier.</p>",
    ],
)
def test_a_question_whose_answer_is_not_there_is_named(tmp_path: Path, html: str) -> None:
    found = saved(tmp_path, f'<html lang="de"><h1>FAQ</h1>\n{html}')
    assert [each.question for each in found if isinstance(each, Article)] == ["Wo?"]
    (silent,) = (str(each) for each in found if isinstance(each, BadRecord))
    assert silent.startswith(f'{tmp_path / "faq.html"}:2: "Wie lange?" has no answer here')


@pytest.mark.parametrize(
    "html",
    [
        "<h2>Wo?</h2><details><summary>Wo?</summary>Hier.</details>",
        "<h2>Was möchten Sie wissen?</h2><details><summary>Wo?</summary>Hier.</details>",
        "<h2>Wo?</h2><h2>Wo?</h2><p>Hier.</p>",
        "<h2>Wo?</h2><p>Hier.</p><h2>Hat Ihnen dieser Artikel geholfen?</h2>",
        "<h2>Wo?</h2><p>Hier.</p><h2>Brauchen Sie Hilfe?</h2><h2>Was this article helpful?</h2>",
    ],
)
def test_what_is_answered_elsewhere_or_asks_the_reader_is_not_missed(tmp_path: Path, html: str) -> None:
    found = saved(tmp_path, f"<h1>Womit können wir helfen?</h1>{html}")
    assert [each.question for each in found if isinstance(each, Article)] == ["Wo?"]
    assert len(found) == 1


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000,
        "<b>" * 100_000 + "<p>" * 3,
        ("<font>" * 1_000 + "<p>" * 1_000) * 3,
        "&amp;" * 900_000,
        "<!--" * 1_000_000,
        "<h3>Wo?</h3><p>da</p>" * 5_000,
        "".join(f"<h3>Wo {n}?</h3><p>da</p>" for n in range(5_000)),
        "<dl class=faq>" + "<dt>a<dd>b" * 8_000,
        '<div class="faq-title">' * 390 + '<div class="faq-title">a</div>' * 5_000,
        "<h3>x?</h3>" + "<table><tr><td>" * 380 + "x",
        '<script type="application/ld+json">' + "[" * 200_000 + "</script>",
        '<a href="' * 500_000,
        "<div " + "a=1 " * 1_000_000 + ">",
        "<p>x</p>" * 2_500_000,
    ],
    ids=lambda html: f"{html[:12]}...{len(html)}",
)
def test_hostile_html_ends_soon_with_one_clear_line(tmp_path: Path, html: str) -> None:
    began = time.monotonic()
    said = complaint(saved(tmp_path, html))
    assert time.monotonic() - began < LONGEST
    assert said.startswith(f"{tmp_path / 'faq.html'}:1: ")
    assert "\n" not in said


def test_nothing_that_acts_comes_through(tmp_path: Path) -> None:
    html = (
        '<h3>Wo?</h3><p onclick="x()">Hier <a href="javascript:alert(1)">klicken</a> &lt;script&gt;alert(2)&lt;/script&gt;'
        '<script>alert(3)</script><img src=x onerror="alert(4)" alt="Bild"><iframe src="https://x.example"></iframe></p>'
    )
    (found,) = saved(tmp_path, html)
    assert isinstance(found, Article)
    shown = to_html(found.answer)
    assert shown == "<p>Hier klicken &lt;script&gt;alert(2)&lt;/script&gt;Bild</p>\n"


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=40))
def test_any_text_of_a_page_is_the_same_text_in_its_article(text: str) -> None:
    written = text.replace("&", "&amp;").replace("<", "&lt;")
    shown = to_html(markdown_of(page_of(f"<p>{written}</p>").tokens))
    assert page_of(shown).text(0, 1_000) == page_of(f"<p>{written}</p>").text(0, 1_000)


def test_a_folder_of_pages_gives_each_page_ids_of_its_own(tmp_path: Path) -> None:
    for name in ("de", "en"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "faq.html").write_text(f'<html lang="{name}"><h3 id="preis">Preis?</h3><p>9 €</p>', "utf-8")
    found = articles(tmp_path)
    assert [each.id for each in found] == ["de-faq-preis", "en-faq-preis"]
    assert replace(found[0], id="", language="") == replace(found[1], id="", language="")
