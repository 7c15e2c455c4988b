"""What the HTML itself names as quoted or as a signature, and which of text and HTML is believed."""

from __future__ import annotations

import pytest

from mailgateway.bodies.written import written

OWN = "<p>Der Shop geht wieder.</p>"
OUTLOOK = "<p><b>Von:</b> Support &lt;s@h.example&gt;<br><b>Gesendet:</b> Montag, 5. Januar 2026 10:12<br><b>An:</b> Jo<br><b>Betreff:</b> Shop</p>"

QUOTES: dict[str, str] = {
    "gmail": '<div class="gmail_quote"><div dir="ltr" class="gmail_attr">Am Mo., 5. Jan. 2026 schrieb Support &lt;s@h.example&gt;:<br></div>'
    '<blockquote class="gmail_quote">Geht es?</blockquote></div>',
    "gmail without a blockquote": '<div class="gmail_quote">On Mon wrote:<div>Geht es?</div></div>',
    "apple": '<div><br><blockquote type="cite"><div>Am 05.01.2026 um 10:12 schrieb Support &lt;s@h.example&gt;:</div><div>Geht es?</div></blockquote></div>',
    "thunderbird": '<div class="moz-cite-prefix">Am 05.01.26 um 10:12 schrieb Support:<br></div><blockquote type="cite"><p>Geht es?</p></blockquote>',
    "thunderbird in a language nobody listed": '<div class="moz-cite-prefix">Xyz qwe Support:</div><blockquote type="cite"><p>Geht es?</p></blockquote>',
    "outlook.com": f'<hr><div id="divRplyFwdMsg" dir="ltr">{OUTLOOK}</div><div>Geht es?</div>',
    "outlook.com unnamed": '<div id="appendonsend"></div><hr><div>Qwe: x</div><div>Geht es?</div>',
    "outlook": f'<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">{OUTLOOK}</div></div><p>Geht es?</p>',
    "outlook with an older rule": f"<div style='border:none;border-top:solid #B5C4DF 1.0pt'>{OUTLOOK}</div><p>Geht es?</p>",
    "yahoo": '<div id="ydp1" class="yahoo_quoted"><div>Am Montag schrieb Support:</div><div>Geht es?</div></div>',
    "proton": '<div class="protonmail_quote">Am Montag schrieb Support:<br><blockquote class="protonmail_quote">Geht es?</blockquote></div>',
    "gmx": '<div name="quote" style="border-left:2px solid #C3D9E5"><div><b>Gesendet:</b> Montag</div><div name="quoted-content">Geht es?</div></div>',
    "old outlook for mac": '<span id="OLK_SRC_BODY_SECTION"><div>Qwe: Support</div><div>Geht es?</div></span>',
    "a header in words": f"<hr>{OUTLOOK}<div>Geht es?</div>",
    "a bare blockquote with an attribution": "Am 05.01.2026 um 10:12 schrieb Support &lt;s@h.example&gt;:<blockquote>Geht es?</blockquote>",
    "gmail's signature": '<br clear="all"><div>-- <br></div><div class="gmail_signature">Jo Kessler<br>Blumen OHG</div>',
    "outlook's signature": '<div id="Signature"><p>Jo Kessler</p><p>Blumen OHG</p></div>',
    "a phone's signature": '<div id="AppleMailSignature" dir="ltr">Von meinem iPhone gesendet</div>',
}


@pytest.mark.parametrize("quote", QUOTES.values(), ids=QUOTES)
def test_only_the_own_words_of_html_are_kept(quote: str) -> None:
    assert written("", f"<html><body>{OWN}{quote}</body></html>", "AW: Shop") == "Der Shop geht wieder."


def test_an_answer_below_quoted_html_is_kept() -> None:
    html = '<div class="moz-cite-prefix">Am 05.01.26 schrieb Support:</div><blockquote type="cite">Geht es?</blockquote><p>Ja, danke.</p>'
    assert written("", html, "AW: Shop") == "Ja, danke."


def test_answers_between_quoted_html_are_kept_in_order() -> None:
    quote = '<blockquote class="gmail_quote">Frage</blockquote>'
    html = f'<div>Hallo</div><div class="gmail_quote"><div class="gmail_attr">Am Montag schrieb S:</div>{quote}<div>erstens</div>{quote}<div>zweitens</div></div>'
    assert written("", html, "AW: Shop").split() == ["Hallo", "erstens", "zweitens"]


def test_a_blockquote_of_the_writer_stays() -> None:
    said = written("", "<p>Auf der Seite steht:</p><blockquote>Fehler 500</blockquote><p>Was nun?</p>", "Frage")
    assert "Fehler 500" in said
    assert "Was nun?" in said


def test_the_text_is_kept_where_both_say_the_same() -> None:
    text = "Der Shop\ngeht wieder.\n\nAm 05.01.26 um 10:12 schrieb Support:\n> Geht es?"
    assert written(text, f"{OWN}{QUOTES['thunderbird']}", "AW: Shop") == "Der Shop\ngeht wieder."


def test_html_is_believed_where_the_text_proves_nothing() -> None:
    text = "Der Shop geht wieder.\n\nXyz qwe Support\n\nGeht es?"
    assert (
        written(text, f"{OWN}{QUOTES['thunderbird in a language nobody listed']}", "AW: Shop")
        == "Der Shop geht wieder."
    )


def test_private_characters_of_the_sender_mark_nothing() -> None:
    assert written("", "<p>eins</p><p>\ue000zwei</p><p>\ue001</p><p>&#xe010;drei</p>").split() == [
        "eins",
        "zwei",
        "drei",
    ]
