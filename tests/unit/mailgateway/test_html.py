"""HTML of mail as readable text, and made safe."""

from __future__ import annotations

import pytest

from mailgateway.mime.html import sanitise, text_of


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>eins</p><p>zwei</p>", "eins\n\nzwei"),
        ("eins<br>zwei", "eins\nzwei"),
        ("<ul><li>a<li>b</ul><ol><li>c</li><li>d</li></ol>", "- a\n- b\n\n1. c\n2. d"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a | b\nc"),
        ('<a href="https://example.org/x">hier</a>', "hier <https://example.org/x>"),
        ('<a href="https://example.org/">example.org</a>', "example.org"),
        ("<blockquote>alt</blockquote>neu", "> alt\n\nneu"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ('a<span style="display: none">versteckt</span>b', "ab"),
        ("<style>p{}</style><script>x</script><title>t</title>Text", "Text"),
        ("<p style='display:none'>offen", "offen"),
        ("a &amp; b&nbsp;c &uuml;", "a & b c ü"),
        ('<img alt="Logo" src="http://x"> da', "Logo da"),
        ("<!-- weg -->da<!-- offen", "da"),
        ("1 < 2", "1 < 2"),
    ],
)
def test_html_becomes_text(html: str, text: str) -> None:
    assert text_of(html) == text


def test_nothing_is_loaded_or_run() -> None:
    safe = sanitise(
        '<p onclick="x()" style="background:url(http://a)">Text</p><img src="http://a/b.png"><img src="cid:bild">'
        "<script>x</script><iframe src=http://a></iframe>"
    )
    assert "http://a" not in safe
    assert "onclick" not in safe
    assert "script" not in safe
    assert 'src="cid:bild"' in safe


def test_html_that_would_grow_without_bound_is_not_shown() -> None:
    assert sanitise("".join(f"<font size={n}>" for n in range(3000)) + "<p>x" * 3000) == ""


def test_formatting_that_is_never_closed_is_not_shown() -> None:
    assert sanitise("".join(f"<font size={n}>" for n in range(20_000))) == ""


def test_html_of_too_many_references_is_not_built() -> None:
    assert sanitise("&amp;" * 75_000)
    assert sanitise("&" * 75_001) == ""
