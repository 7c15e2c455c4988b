"""An outgoing mail reads back as what it was made of, whatever stands in it."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from email.message import EmailMessage, MIMEPart

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.compose import ascii_domain, compose, needs_utf8
from mailgateway.mime.parse import attachment, parse
from storage.outgoing import Enclosed, Mailable, OutgoingMail

PLAIN = OutgoingMail(
    message_id="<x7k2@example.org>",
    envelope_from="support@example.org",
    author=Mailable("support@example.org", "Support"),
    to=(Mailable("anna@kundin.example", "Anna Weiß"),),
    subject="Re: Ihre Rechnung für März",
    text="Guten Tag,\n\ndie Rechnung ist korrigiert. Schöne Grüße\n",
    date="Mon, 02 Nov 2026 09:00:00 +0100",
    in_reply_to="<a@kundin.example>",
    references=("<a@kundin.example>",),
    headers=(("Auto-Submitted", "auto-replied"),),
)


def read(mail: OutgoingMail) -> EmailMessage:
    parsed = email.message_from_bytes(compose(mail), policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def said(mail: MIMEPart) -> str:
    text = mail.get_content()
    assert isinstance(text, str)
    return text.replace("\r\n", "\n")


def test_it_reads_back_as_what_it_was_made_of() -> None:
    read_back = read(PLAIN)
    assert read_back["Subject"] == PLAIN.subject
    assert read_back["To"].addresses[0].display_name == "Anna Weiß"
    assert read_back["From"] == "Support <support@example.org>"
    assert read_back["In-Reply-To"] == read_back["References"] == "<a@kundin.example>"
    assert read_back["Auto-Submitted"] == "auto-replied"
    assert said(read_back) == PLAIN.text
    assert not read_back.defects


def test_the_same_value_gives_the_same_bytes() -> None:
    assert compose(PLAIN) == compose(replace(PLAIN))


@pytest.mark.parametrize("name", ["Date", "From", "Message-ID", "MIME-Version", "Subject", "Content-Type", "To"])
def test_what_must_stand_once_stands_once(name: str) -> None:
    twice = replace(PLAIN, headers=((name, "again"), (name.upper(), "and again")))
    assert len(read(twice).get_all(name, [])) == 1


def test_two_hundred_references_stay_plain_and_in_order() -> None:
    ids = tuple(f"<{number:040}.{'x' * 30}@mail.example>" for number in range(200))
    raw = compose(replace(PLAIN, references=ids))
    assert b"=?" not in raw.split(b"References:")[1].split(b"Auto-Submitted")[0]
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert tuple(read(replace(PLAIN, references=ids))["References"].split()) == ids


def test_a_reference_that_fits_no_line_is_left_out() -> None:
    ids = ("<" + "x" * 2000 + "@y>", "<ü@y>", "<good@y>")
    assert read(replace(PLAIN, references=ids))["References"] == "<good@y>"


@pytest.mark.parametrize(
    "name", ['Weiß, Anna "die" (GmbH)', "Weiss, Anna", 'a\\b"c', "=?utf-8?q?x?=", "日本語の名前" * 20, "x" * 190, "a@b"]
)
def test_a_name_reads_back_whatever_stands_in_it(name: str) -> None:
    to = read(replace(PLAIN, to=(Mailable("anna@kundin.example", name),)))["To"]
    assert [each.addr_spec for each in to.addresses] == ["anna@kundin.example"]
    # the standard library's reader leaves blanks between encoded words
    assert to.addresses[0].display_name.replace(" ", "") == name.replace(" ", "") or "=?" in name


def test_a_long_name_of_wide_characters_is_folded() -> None:
    raw = compose(replace(PLAIN, to=(Mailable("anna@kundin.example", "\N{GRINNING FACE}" * 300),)))
    assert max(len(line) for line in raw.split(b"\r\n")) <= 100


def test_many_recipients_are_folded_and_all_there() -> None:
    people = tuple(Mailable(f"person{number}@kundin.example", f"Pörson {number}, Frau") for number in range(60))
    read_back = read(replace(PLAIN, to=people[:30], cc=people[30:]))
    assert [each.addr_spec for each in read_back["To"].addresses] == [each.address for each in people[:30]]
    assert [each.display_name for each in read_back["Cc"].addresses] == [each.name for each in people[30:]]


INJECTIONS = [
    "x\r\nBcc: all@example.com",
    "x\nBcc: all@example.com",
    "x\rBcc: a@b",
    "x\x85Bcc: a@b",
    "x\u2028Bcc: a@b",
    "x\0",
]


@pytest.mark.parametrize("value", INJECTIONS)
@pytest.mark.parametrize("field", ["subject", "message_id", "in_reply_to", "date", "reply_to", "language"])
def test_no_field_begins_a_header_of_its_own(field: str, value: str) -> None:
    read_back = read(replace(PLAIN, **{field: value}))  # type: ignore[arg-type]  # every one of these is a text
    assert "Bcc" not in read_back
    assert said(read_back) == PLAIN.text


@pytest.mark.parametrize("value", INJECTIONS)
def test_no_name_address_or_further_header_does_either(value: str) -> None:
    hostile = replace(
        PLAIN,
        to=(Mailable(f"{value}@kundin.example", value), Mailable("a@b.example>, <c@d.example")),
        references=(value,),
        headers=(("X-One", value), (value, "x"), ("Bcc", "all@example.com"), ("X Two", "y"), ("", "z")),
    )
    read_back = read(hostile)
    assert "Bcc" not in read_back
    assert said(read_back) == PLAIN.text


@given(subject=st.text(max_size=300), name=st.text(max_size=80), text=st.text(max_size=500), more=st.text(max_size=80))
def test_whatever_is_written_stays_in_its_place(subject: str, name: str, text: str, more: str) -> None:
    mail = replace(PLAIN, subject=subject, text=text, to=(Mailable("a@b.example", name),), headers=(("X-More", more),))
    raw = compose(mail)
    head, _, body = raw.partition(b"\r\n\r\n")
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert b"\n" not in head.replace(b"\r\n", b"") + body.replace(b"\r\n", b"")
    assert {line.split(b":")[0] for line in head.split(b"\r\n") if not line.startswith(b" ")} <= {
        b"Date", b"From", b"To", b"Subject", b"Message-ID", b"In-Reply-To", b"References", b"X-More",
        b"MIME-Version", b"Content-Type", b"Content-Transfer-Encoding",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("plain\n", "7bit"), ("Grüße\n", "quoted-printable"), ("x" * 2000, "quoted-printable"), ("日本語" * 99, "base64")],
)
def test_the_body_is_sent_so_that_every_relay_passes_it_on(text: str, encoding: str) -> None:
    read_back = read(replace(PLAIN, text=text))
    assert read_back["Content-Transfer-Encoding"] == encoding
    assert said(read_back).rstrip("\n") == text.rstrip("\n")


def test_the_signature_delimiter_keeps_its_blank() -> None:
    for text in ("Hallo\n-- \nSupport\n", "Grüße\n-- \nSupport\n"):
        assert said(read(replace(PLAIN, text=text))) == text


def test_an_international_domain_goes_out_in_ascii_and_a_local_part_as_it_is() -> None:
    mail = replace(PLAIN, to=(Mailable("anna@bücher.example"),))
    assert read(mail)["To"] == "anna@xn--bcher-kva.example"
    assert not needs_utf8(mail)
    mail = replace(PLAIN, to=(Mailable("jürgen@bücher.example"),))
    assert b"To: j\xc3\xbcrgen@xn--bcher-kva.example\r\n" in compose(mail)
    assert needs_utf8(mail)
    assert ascii_domain("x@" + "ü" * 80) == "x@" + "ü" * 80


def test_a_local_part_that_needs_quotes_gets_them() -> None:
    read_back = read(replace(PLAIN, to=(Mailable("anna maria@kundin.example"), Mailable('"a,b"@kundin.example'))))
    assert read_back["To"].addresses[1].addr_spec == '"a,b"@kundin.example'


def with_file(name: str, kind: str, *, html: bool = False) -> OutgoingMail:
    return replace(PLAIN, html=html, enclosed=(Enclosed(name, kind, "00000000-0000-0000-0000-000000000000", 1),))


@pytest.mark.parametrize("html", [False, True])
def test_an_enclosed_file_arrives_byte_for_byte_beside_the_text(*, html: bool) -> None:
    data = bytes(range(256)) * 40 + b"--=_\r\n"
    raw = compose(with_file("Größe über alles.pdf", "application/pdf", html=html), [data])
    parsed = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    (file,) = parsed.iter_attachments()
    assert (file.get_filename(), file.get_content_type(), file.get_content()) == (
        "Größe über alles.pdf", "application/pdf", data,
    )  # fmt: skip
    body = parsed.get_body(("plain",))
    assert body is not None
    assert said(body) == PLAIN.text
    assert max(map(len, raw.split(b"\r\n"))) < 998
    ours = parse(raw)
    assert [each.name for each in ours.attachments] == ["Größe über alles.pdf"]
    assert attachment(raw, ours.attachments[0].part) == data


@given(name=st.text(max_size=300), kind=st.text(max_size=50) | st.sampled_from(["message/rfc822", "multipart/mixed"]))
def test_no_name_or_type_of_a_file_gets_out_of_its_header(name: str, kind: str) -> None:
    raw = compose(with_file(name, kind), [b"data"])
    parsed = email.message_from_bytes(raw, policy=email.policy.default)
    (file,) = parsed.iter_attachments()
    assert set(file.keys()) == {"Content-Type", "Content-Disposition", "Content-Transfer-Encoding"}
    assert file.get_payload(decode=True) == b"data"
    assert max(map(len, raw.split(b"\r\n"))) < 998


def test_a_mail_goes_into_the_outbox_and_comes_out_with_its_files() -> None:
    mail = with_file("a.pdf", "application/pdf")
    assert OutgoingMail.from_json(mail.as_json()) == mail
