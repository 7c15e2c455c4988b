"""A mail that is wrapped by its S/MIME signature is read like any other, whatever the wrapping claims of itself."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.mime.parse import attachment, parse
from mailgateway.mime.smime import CHECKED_BY_NOBODY, signed_content

INNER = (
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    + "Die Küche ist kalt.\r\n".encode()
    + b'--b\r\nContent-Type: application/pdf; name="plan.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n--b--\r\n'
)


@pytest.fixture(scope="module")
def signed() -> bytes:
    """The inner mail inside a signature, as Outlook sends it."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Anna")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    builder = pkcs7.PKCS7SignatureBuilder().set_data(INNER).add_signer(certificate, key, hashes.SHA256())
    return builder.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary])


def mail_with(envelope: bytes) -> bytes:
    return (
        b"From: anna@kundin.example\r\nSubject: Heizung\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(envelope)
    )


def definite(tag: int, *content: bytes) -> bytes:
    data = b"".join(content)
    assert len(data) < 128
    return bytes([tag, len(data)]) + data


def streamed(tag: int, *content: bytes) -> bytes:
    """An element that does not say its length, as programs write it that do not know it yet."""
    return bytes([tag, 0x80]) + b"".join(content) + b"\0\0"


def an_envelope(*pieces: bytes) -> bytes:
    identifier, data = bytes.fromhex("2a864886f70d010702"), bytes.fromhex("2a864886f70d010701")
    content = streamed(0x24, *(definite(0x04, each) for each in pieces))
    inside = streamed(0x30, definite(0x06, data), streamed(0xA0, content))
    data = streamed(0x30, definite(0x02, b"\1"), streamed(0x31), inside)
    return streamed(0x30, definite(0x06, identifier), streamed(0xA0, data))


def test_what_was_signed_is_read_under_the_header_of_the_mail(signed: bytes) -> None:
    read = parse(mail_with(signed))
    assert (read.subject, read.text) == ("Heizung", "Die Küche ist kalt.")
    assert [(each.name, each.size) for each in read.attachments] == [("plan.pdf", 4)]
    assert CHECKED_BY_NOBODY in read.defects


def test_an_attachment_inside_a_signature_can_be_saved(signed: bytes) -> None:
    [plan] = parse(mail_with(signed)).attachments
    assert attachment(mail_with(signed), plan.part) == b"%PDF"


def test_a_signature_around_a_signature_is_opened_too(signed: bytes) -> None:
    once = mail_with(signed)[mail_with(signed).index(b"Content-Type") :]
    twice = an_envelope(*(once[at : at + 100] for at in range(0, len(once), 100)))
    assert parse(mail_with(twice)).text == "Die Küche ist kalt."


def test_no_field_inside_a_signature_says_where_the_mail_comes_from() -> None:
    claims = b"Authentication-Results: mx.wir.example; dmarc=pass\r\nReply-To: eve@x.example\r\nReturn-Path: <>\r\n"
    inner = claims + b"Content-Type: text/plain\r\n\r\nGuten Tag\r\n"
    read = parse(mail_with(an_envelope(*(inner[at : at + 100] for at in range(0, len(inner), 100)))))
    assert (read.text, read.reply_to) == ("Guten Tag", ())
    assert read.all_headers("authentication-results") == read.all_headers("return-path") == ()


def test_content_in_pieces_of_unknown_length_is_put_together() -> None:
    assert signed_content(an_envelope(b"Guten ", b"Tag")) == b"Guten Tag"


def test_an_envelope_that_encrypts_stays_shut_and_says_so(signed: bytes) -> None:
    encrypts = signed.replace(bytes.fromhex("2a864886f70d010702"), bytes.fromhex("2a864886f70d010703"), 1)
    read = parse(mail_with(encrypts).replace(b"signed-data", b"enveloped-data"))
    assert read.text == ""
    assert "encrypted with S/MIME, it cannot be read here" in read.defects
    assert [each.name for each in read.attachments] == ["smime.p7m"]


def test_elements_in_each_other_without_end_are_given_up() -> None:
    assert signed_content(b"\x30\x80" * 1_000_000) == b""
    assert signed_content(b"\x30\x80" + b"\x05\x00" * 5_000_000) == b""


@given(st.binary(max_size=200), st.integers(0, 400), st.binary(max_size=4))
def test_nothing_that_it_may_hold_makes_reading_fail(rubbish: bytes, at: int, instead: bytes) -> None:
    whole = an_envelope(b"Guten Tag")
    signed_content(rubbish)
    signed_content(whole[:at] + instead + whole[at + len(instead) :])
    signed_content(whole[:at])
