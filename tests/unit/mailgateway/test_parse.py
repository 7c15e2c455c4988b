"""What is read out of a mail, and that nothing it may hold makes reading fail."""

from __future__ import annotations

import base64
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailgateway.mime.parse import attachment, parse

PLAIN = b"From: Anna <anna@example.org>\r\nTo: support@example.net\r\nSubject: Rechnung\r\n"


def mail(*, body: bytes = b"Guten Tag", **headers: str) -> bytes:
    lines = [f"{name.replace('_', '-')}: {value}".encode() for name, value in headers.items()]
    return PLAIN + b"".join(line + b"\r\n" for line in lines) + b"\r\n" + body


def multipart(kind: str, *parts: bytes) -> bytes:
    return PLAIN + b'Content-Type: multipart/%s; boundary="b"\r\n\r\n' % kind.encode() + joined(*parts)


def joined(*parts: bytes) -> bytes:
    return b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + b"--b--\r\n"


def test_a_plain_mail_is_read() -> None:
    read = parse(mail(body="Grüße\r\nAnna".encode(), Date="Sun, 22 Nov 2026 10:00:00 +0100", Message_ID="<a@@b>"))
    assert (read.author.address, read.author.name) == ("anna@example.org", "Anna") if read.author else False
    assert read.message_id == "<a@@b>"
    assert read.sent_at is not None
    assert read.sent_at.isoformat() == "2026-11-22T09:00:00+00:00"
    assert read.text == "Grüße\nAnna"
    assert read.defects == ()


def test_plain_text_is_preferred_to_html() -> None:
    html = b"Content-Type: text/html\r\n\r\n<p>aus HTML</p>"
    assert parse(multipart("alternative", b"\r\naus Text", html)).text == "aus Text"


def test_a_stub_beside_html_is_not_the_text() -> None:
    html = b"Content-Type: text/html\r\n\r\n<p>" + b"viele Worte die etwas sagen " * 9 + b"</p>"
    assert "viele Worte" in parse(multipart("alternative", b"\r\nHTML only", html)).text


def test_several_texts_are_joined_in_order() -> None:
    assert parse(multipart("mixed", b"\r\neins", b"\r\nzwei")).text == "eins\n\nzwei"


def test_an_attached_mail_is_called_by_its_subject_and_is_not_read_as_text() -> None:
    inner = b"Content-Type: message/rfc822\r\n\r\nSubject: Das Angebot\r\n\r\ninnen"
    read = parse(multipart("mixed", b"\r\naussen", inner))
    assert [each.name for each in read.attachments] == ["Das Angebot.eml"]
    assert read.text == "aussen"


def test_an_attachment_is_cut_from_the_raw_mail_by_its_part() -> None:
    part = (
        b"Content-Type: application/pdf\r\nContent-Disposition: attachment; filename*=utf-8''M%C3%BCll.pdf\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(b"x" * 1000)
    )
    raw = multipart("mixed", b"\r\nText", part)
    [found] = parse(raw).attachments
    assert (found.name, found.type, found.size) == ("Müll.pdf", "application/pdf", 1000)
    assert attachment(raw, found.part) == b"x" * 1000


def test_a_uuencoded_file_is_an_attachment_and_no_text() -> None:
    raw = mail(body=b"vorher\r\nbegin 644 a.txt\r\n#0V%T\r\n`\r\nend\r\nnachher")
    read = parse(raw)
    assert [(each.name, each.size) for each in read.attachments] == [("a.txt", 3)]
    assert attachment(raw, read.attachments[0].part) == b"Cat"
    assert "0V%T" not in read.text
    assert "nachher" in read.text


def test_the_words_between_uuencoded_files_stay_and_each_file_is_cut_out() -> None:
    file = b"begin 644 %s.txt\r\n#0V%%T\r\n`\r\nend\r\n"
    read = parse(mail(body=b"vorher\r\n\r\n" + file % b"a" + b"\r\n  eingerueckt\r\n" + file % b"b" + b"nachher"))
    assert [each.name for each in read.attachments] == ["a.txt", "b.txt"]
    assert read.text == "vorher\n\n  eingerueckt\n\nnachher"


def test_an_encrypted_mail_says_so() -> None:
    read = parse(mail(Content_Type='application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"'))
    assert any("S/MIME" in defect for defect in read.defects)
    assert [each.name for each in read.attachments] == ["smime.p7m"]


def test_an_invitation_alone_is_readable() -> None:
    event = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Treffen\r\nDTSTART:20261124T090000Z\r\nEND:VEVENT\r\n"
    assert parse(mail(body=event, Content_Type="text/calendar")).text == "Termin: Treffen\nBeginn: 24.11.2026 09:00 UTC"


def test_flowed_lines_are_joined() -> None:
    read = parse(mail(body=b"eine \r\nZeile\r\nnoch eine", Content_Type="text/plain; format=flowed"))
    assert read.text == "eine Zeile\nnoch eine"


def test_a_missing_boundary_loses_nothing() -> None:
    read = parse(mail(body=b"Hilfe", Content_Type="multipart/mixed; boundary=fehlt"))
    assert read.text == "Hilfe"
    assert "the boundary of its parts is missing" in read.defects


def test_base64_that_is_none_is_shown_as_it_stands() -> None:
    read = parse(mail(body=b"Das ist Text, und nichts sonst.", Content_Transfer_Encoding="base64"))
    assert read.text == "Das ist Text, und nichts sonst."


def test_raw_eight_bit_in_a_header_is_read_as_the_body_declares() -> None:
    raw = b"From: a@example.org\nContent-Type: text/plain; charset=koi8-r\nSubject: \xf0\xd2\xc9\xd7\xc5\xd4\n\nx"
    assert parse(raw).subject == "Привет"


def test_where_from_holds_no_address_the_reply_to_names_the_writer() -> None:
    read = parse(b'From: "Anna" <>\nReply-To: anna@example.org\n\nx')
    assert read.author is not None
    assert (read.author.address, read.author.name) == ("anna@example.org", "Anna")


def test_the_same_mail_over_two_relays_has_one_hash() -> None:
    one = b"Received: from a by b\r\nSubject: a\r\n b\r\n\r\ntext\r\n"
    other = b"Received: from c by d\nDKIM-Signature: x\nX-Spam-Score: 3\nSubject: a b\n\ntext\n\n"
    assert parse(one).content_hash == parse(other).content_hash
    assert parse(one).content_hash != parse(one.replace(b"text", b"Text")).content_hash


@pytest.mark.parametrize(
    "raw", [b"", b"\n", b"\0" * 100, b"From nobody", b"\r\r\r", b":", b"\xff\xfe", b"a\rb: c\r\rd"]
)
def test_a_mail_of_nothing_is_read(raw: bytes) -> None:
    assert parse(raw).size == len(raw)


HOSTILE = {
    "a million empty lines": lambda: PLAIN + b"\r\n" * 1_000_000,
    "a header of a million lines": lambda: b"a: b\n" * 1_000_000,
    "a header line of 5 MB": lambda: b"Subject: " + b"a" * 5_000_000,
    "a bomb of encoded words": lambda: b"Subject: " + b"=?utf-8?q?=C3=BC?= " * 20_000 + b"\n\nx",
    "encoded words that never end": lambda: b"Subject: " + b"=?a?q?" * 60_000 + b"\n\nx",
    "commas": lambda: b"From: a@b\nCc: " + b"," * 100_000 + b"\n\nx",
    "quotes": lambda: b"From: " + b'"' * 99_999 + b'\nTo: "' + b'\\"' * 49_000 + b"\n\nx",
    "parentheses": lambda: b"From: " + b"(" * 99_999 + b"\nTo: " + b"(\\" * 49_000 + b"\n\nx",
    "names with commas": lambda: b"To: " + b"a, " * 33_000 + b"\n\nx",
    "semicolons": lambda: b"Content-Type: text/plain" + b";" * 90_000 + b"\n\nx",
    "nested 10,000 deep": lambda: (
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(10_000)) + b"x"
    ),
    "mails in mails": lambda: b"Content-Type: message/rfc822\n\n" * 10_000,
    "a million parts": lambda: b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 1_000_000,
    "base64 of padding": lambda: b"Content-Transfer-Encoding: base64\n\nQUFB\n" + b"=\n" * 1_000_000,
    "uuencode begins": lambda: b"\n" + b"begin 644 a\n" * 300_000,
    "formatting that never closes": lambda: (
        b"Content-Type: text/html\n\n" + b"".join(b"<font size=%d>" % n for n in range(20_000)) + b"<p>x" * 50_000
    ),
    "nested elements": lambda: b"Content-Type: text/html\n\n" + b"<div>" * 200_000,
    "comments that never end": lambda: b"Content-Type: text/html\n\n" + b"<!--x>" * 150_000,
    "links in links": lambda: b"Content-Type: text/html\n\n" + b"<a href=http://a>x" * 50_000,
}


@pytest.mark.parametrize("attack", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_mail_takes_bounded_time(attack: object) -> None:
    raw = attack()  # type: ignore[operator] # the table holds functions, so that no test run builds them all
    began = time.process_time()
    read = parse(raw)
    assert read.size == len(raw)
    assert time.process_time() - began < 3


PIECES = st.sampled_from(
    [
        b"From: ",
        b"Subject: ",
        b"\r\n",
        b"\n",
        b"=?utf-8?q?=FF?=",
        b"\xff",
        b"\x80\xc3",
        b"--b\r\n",
        b"--b--",
        b"<",
        b'"',
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n",
        b"Content-Transfer-Encoding: base64\n",
        b"=ED=A0=80",
        b"Content-Type: text/html; charset=utf-16\n\n",
        b"<p>&#xD800;",
        b"(",
        b"@",
        b",",
        b"Date: 99 Foo 9999999999\n",
    ]
)


@settings(max_examples=150)
@given(st.one_of(st.binary(max_size=300), st.lists(PIECES, max_size=25).map(b"".join)))
def test_any_bytes_are_read_and_hold_no_lone_surrogates(raw: bytes) -> None:
    read = parse(raw)
    for text in (read.subject, read.text, read.reply, read.html, *(value for _, value in read.headers)):
        text.encode("utf-8")
    for each in read.attachments:
        each.name.encode("utf-8")


@settings(max_examples=100)
@given(st.integers(0, 400), st.binary(max_size=12), st.integers(0, 30))
def test_a_damaged_mail_is_read(at: int, rubbish: bytes, gone: int) -> None:
    whole = multipart(
        "alternative", b"\r\nText", b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>Gr\xc3\xbc\xc3\x9fe"
    )
    parse(whole[:at] + rubbish + whole[at + gone :])
