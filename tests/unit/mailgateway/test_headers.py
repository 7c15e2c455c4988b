"""Headers as mail programs really write them: encoded words, addresses, parameters, IDs, dates, charsets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.mime.addresses import addresses_in
from mailgateway.mime.charset import decoded
from mailgateway.mime.dates import date_in
from mailgateway.mime.identifiers import ids_in, own_id
from mailgateway.mime.parameters import parameterised
from mailgateway.mime.parse import parse
from mailgateway.mime.words import header_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        (b"=?UTF-8?b?R3LDvMOfZQ?=", "Grüße"),
        (b"=?utf-8?q?=C3?= =?utf-8?q?=BCber?=", "über"),
        (b"=?iso-8859-1?q?a?= =?utf-8?q?b?=", "ab"),
        (b"=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"),
        (b"=?utf-8*de?q?ein_Wort?=", "ein Wort"),
        (b"=?utf-8?q?zwei W=C3=B6rter?=", "zwei Wörter"),
        (b'"=?utf-8?q?M=C3=BCller?="', '"Müller"'),
        (b"=?utf-8?q?kein_Ende", "kein Ende"),
        (b"=?nirgends?q?=FC?=", "ü"),
        (b"Gr\xfc\xdfe", "Grüße"),
        ("Grüße".encode(), "Grüße"),
        (b"=?utf-8?q?a=0D=0ABcc:_x?=", "a Bcc: x"),
    ],
)
def test_encoded_words_and_raw_bytes_are_read(value: bytes, text: str) -> None:
    assert header_text(value) == text


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (b"Doe, John <john@example.org>", [("john@example.org", "Doe, John")]),
        (b'"a@b.example" <c@d.example>', [("c@d.example", "a@b.example")]),
        (b"a@example.org (Anna)", [("a@example.org", "Anna")]),
        (b"Team: a@example.org, B <b@example.org>;", [("a@example.org", ""), ("b@example.org", "B")]),
        (b"undisclosed-recipients:;", []),
        (b"=?utf-8?q?M=C3=BCller=2C_Eva?= <EVA@Example.org>", [("eva@example.org", "Müller, Eva")]),
        (b"=?utf-8?q?Eva,_M.?= <eva@example.org>", [("eva@example.org", "Eva, M.")]),
        (b"Anna <anna@example.org", [("anna@example.org", "Anna")]),
        (b'"Anna <anna@example.org>', [("anna@example.org", "Anna")]),
        (b"a@example.org; b@example.org", [("a@example.org", ""), ("b@example.org", "")]),
        (b"MAILER-DAEMON", [("mailer-daemon", "")]),
        (b"<@relay.example:a@example.org>", [("a@example.org", "")]),
        (b"<mailto:a@example.org>", [("a@example.org", "")]),
        (b'"john doe"@example.org', [('"john doe"@example.org', "")]),
        ("Jürgen <j@müller.example>".encode(), [("j@müller.example", "Jürgen")]),
        (b"", []),
        (b",,,", []),
    ],
)
def test_addresses_are_found(value: bytes, found: list[tuple[str, str]]) -> None:
    assert [(each.address, each.name) for each in addresses_in(value)] == found


@given(st.binary(max_size=200))
def test_any_bytes_give_addresses_without_line_breaks(value: bytes) -> None:
    for each in addresses_in(value):
        assert "\n" not in each.name + each.address
        assert "\r" not in each.name + each.address


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (b'attachment; filename="a b.pdf"', "a b.pdf"),
        (b"attachment; filename=a b.pdf", "a b.pdf"),
        (b"attachment; filename*=utf-8'de'Stra%C3%9Fe.pdf", "Straße.pdf"),
        (b"attachment; filename*0*=iso-8859-1''Stra%DFe; filename*1=.pdf", "Straße.pdf"),
        (b'attachment; filename="=?utf-8?q?Stra=C3=9Fe.pdf?="', "Straße.pdf"),
        (b'attachment; filename="Stra\xdfe.pdf"', "Straße.pdf"),
        (b'attachment; filename="offen.pdf', "offen.pdf"),
        (b"attachment", ""),
    ],
)
def test_file_names_are_read(value: bytes, name: str) -> None:
    assert parameterised(value).get("filename") == name


def test_message_ids_are_opaque() -> None:
    assert own_id(b" <a b@c> ") == "<a b@c>"
    assert own_id(b"bare@example") == "<bare@example>"
    assert ids_in(b"<a@@b> junk <c@d>\t<a@@b>") == ("<a@@b>", "<c@d>")
    assert ids_in(b"a@b c@d") == ("<a@b>", "<c@d>")


def test_of_too_many_ids_the_first_and_the_last_are_kept() -> None:
    found = ids_in(b" ".join(b"<%d@x>" % each for each in range(10_000)))
    assert (found[0], found[1], found[-1], len(found)) == ("<0@x>", "<9001@x>", "<9999@x>", 1000)


def test_of_endless_references_the_first_and_the_last_are_kept_and_none_is_made_up() -> None:
    ids = [f"<{each}@nowhere.example>" for each in range(10_000)]
    mail = parse(f"References: {' '.join(ids)}\n\nx".encode())
    assert (mail.references[0], mail.references[-1]) == (ids[0], ids[-1])
    assert set(mail.references) <= set(ids)


@pytest.mark.parametrize("value", [b"", b"<>", b"<@>", b"< >", b"null"])
def test_a_placeholder_is_no_message_id(value: bytes) -> None:
    assert own_id(value) is None


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("Sun, 22 Nov 2026 10:00:00 +0100", "2026-11-22T09:00:00+00:00"),
        ("22 Nov 26 10:00 GMT", "2026-11-22T10:00:00+00:00"),
        ("So, 22 Mär 2026 10:00:00 +0000", "2026-03-22T10:00:00+00:00"),
        ("2026-11-22T10:00:00+01:00", "2026-11-22T09:00:00+00:00"),
        ("Thu, 1 Jan 1970 00:00:00 +0000", "1970-01-01T00:00:00+00:00"),
        ("Tue, 19 Jan 2038 03:14:08 +0000", "2038-01-19T03:14:08+00:00"),
    ],
)
def test_dates_are_read(value: str, moment: str) -> None:
    found = date_in(value)
    assert found is not None
    assert found.isoformat() == moment


@pytest.mark.parametrize("value", ["", "gestern", "99 Foo 9999999999", "32 Nov 2026 10:00:00 +9999"])
def test_what_is_no_date_is_none(value: str) -> None:
    assert date_in(value) is None


@pytest.mark.parametrize("codec", ["koi8-r", "gb18030", "big5", "iso-2022-jp", "utf-16", "shift_jis", "windows-1251"])
def test_text_of_a_declared_charset_is_read(codec: str) -> None:
    text = {"koi8-r": "Привет", "windows-1251": "Привет"}.get(codec, "日本")
    assert decoded(text.encode(codec), codec).text == text


def test_a_lying_charset_is_named() -> None:
    assert decoded("Grüße".encode(), "iso-8859-1").text == "Grüße"
    assert "UTF-8" in decoded("Grüße".encode(), "iso-8859-1").defect
    assert decoded(b"Gr\xfc\xdfe", "utf-8").text == "Grüße"
    assert "unknown charset" in decoded(b"Gr\xfc\xdfe", "x-nirgends").defect


@pytest.mark.parametrize("codec", ["zlib", "base64", "rot13", "punycode", "idna", "unicode_escape", "../../etc"])
def test_what_is_no_charset_is_never_used(codec: str) -> None:
    assert decoded(b"abc\xfc", codec).text == "abcü"
