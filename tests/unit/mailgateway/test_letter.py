"""The HTML beside the text says the same, leads only where the text does, and loads nothing."""

from __future__ import annotations

import email
import email.policy
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailgateway.compose import compose
from mailgateway.letter import DEEPEST, html_of, parts_of
from mailgateway.mime.html import text_of
from storage.outgoing import Mailable, OutgoingMail

TEXT = f"""Guten Tag Frau Weber,

die Antwort steht in https://help.example.org/de/artikel/x?a=1&b=2.
Zweite Zeile <b>nicht fett</b> & mehr.

{"-- "}
Lena Kruse

Am 3. Mai schrieb Anna Weber:
> wo finde ich das?
>
> > älter
> Gruß
"""


def a_letter(text: str = TEXT, *, html: bool = True) -> OutgoingMail:
    return OutgoingMail(
        message_id="<letter@example.org>",
        envelope_from="",
        author=Mailable("support@example.org"),
        to=(Mailable("anna@kundin.example"),),
        subject="Ihre Frage",
        text=text,
        date="Tue, 24 Nov 2026 10:00:00 +0100",
        language="de",
        html=html,
    )


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


class Seen(HTMLParser):
    """Every tag with its attributes, and whether each was closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"br", "meta"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_both_forms_say_the_same() -> None:
    parsed = email.message_from_bytes(compose(a_letter()), policy=email.policy.default)
    assert parsed.get_content_type() == "multipart/alternative"
    plain, html = parsed.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert plain.get_content().replace("\r\n", "\n") == TEXT
    assert words(text_of(html.get_content())) == words(TEXT)
    assert not parsed.defects


def test_paragraphs_links_and_quotations_are_seen_as_such() -> None:
    html = html_of(TEXT, "de")
    assert '<a href="https://help.example.org/de/artikel/x?a=1&amp;b=2">' in html
    assert "a=1&amp;b=2</a>.<br>" in html
    assert "&lt;b&gt;nicht fett&lt;/b&gt; &amp; mehr." in html
    assert html.count("<blockquote") == html.count("</blockquote>") == 2
    assert '<html lang="de">' in html


def test_it_can_be_left_out() -> None:
    parsed = email.message_from_bytes(compose(a_letter(html=False)), policy=email.policy.default)
    assert parsed.get_content_type() == "text/plain"


def test_the_same_letter_always_has_the_same_bytes() -> None:
    assert compose(a_letter()) == compose(a_letter())


@pytest.mark.parametrize("text", ["", "\n\n", ">", "> > >", ">" * 5000 + "x", "-- ", "javascript:alert(1)"])
def test_odd_texts_give_whole_pages(text: str) -> None:
    seen = Seen(html_of(text))
    assert seen.open == []
    assert sum(tag == "blockquote" for tag, _ in seen.tags) <= DEEPEST
    assert not any(tag == "a" for tag, _ in seen.tags)


_TEXTS = st.text(st.sampled_from("ab >\n-<&\"'/:.äh") | st.characters(exclude_categories=["Cs", "Cc"]), max_size=200)
_PIECES = st.sampled_from(
    ["https://x.example/a", "<script>", "<img src=//e.example>", "> ", "-- \n", "\n\n", "javascript:"]
)


@settings(max_examples=150)
@given(st.lists(_TEXTS | _PIECES, max_size=8).map("".join))
def test_whatever_is_written_loads_nothing_and_leads_only_to_web_pages(text: str) -> None:
    html = html_of(text)
    seen = Seen(html)
    assert seen.open == []
    assert {tag for tag, _ in seen.tags} <= {"html", "head", "meta", "body", "p", "br", "a", "blockquote"}
    for _, attributes in seen.tags:
        assert set(attributes) <= {"lang", "charset", "type", "style", "href"}
        assert (attributes.get("href") or "https://").startswith(("https://", "http://"))
        assert "url(" not in (attributes.get("style") or "")


@settings(max_examples=100)
@given(_TEXTS)
def test_a_quotation_that_opens_is_closed(text: str) -> None:
    deep = 0
    for part in parts_of(text):
        deep += {"open": 1, "close": -1}.get(part.kind, 0)
        assert 0 <= deep <= DEEPEST
    assert deep == 0
