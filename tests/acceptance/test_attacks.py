"""Mails that were made to do harm: the desk lives, answers others meanwhile, and shows each of them to an agent."""

from __future__ import annotations

import base64
import gzip
import io
import random
import struct
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest

HEAD = b"From: eve@evil.example\r\nTo: support@localhost\r\nSubject: attack\r\nDate: Sat, 1 Nov 2025 10:00:00 +0000\r\n"
MEGABYTE = 1_000_000
SMALL = 0.004
"""The share of its size that an attack has in `make test`."""


def mail(body: bytes, *header: bytes, head: bytes = HEAD) -> bytes:
    """A mail with more header fields."""
    return head + b"".join(each + b"\r\n" for each in header) + b"\r\n" + body


def of_type(kind: bytes, body: bytes, encoding: bytes = b"8bit") -> bytes:
    """A mail that is one part of a type."""
    return mail(body, b"MIME-Version: 1.0", b"Content-Type: " + kind, b"Content-Transfer-Encoding: " + encoding)


def filled(piece: bytes, size: float) -> bytes:
    """So many bytes of a piece, again and again."""
    return piece * max(1, int(size / len(piece)))


def nested(depth: int) -> bytes:
    """Multiparts, each in the one before."""
    wraps = [b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (at, at + 1) for at in range(depth)]
    return of_type(b"multipart/mixed; boundary=b0", b"".join(wraps) + b"the innermost")


def parts(number: int, kind: bytes, content: bytes) -> bytes:
    """A multipart with so many equal parts."""
    part = b"--b\r\nContent-Type: " + kind + b"\r\n\r\n" + content + b"\r\n"
    return of_type(b"multipart/mixed; boundary=b", part * number + b"--b--\r\n")


def attached(data: bytes, name: bytes, kind: bytes = b"application/octet-stream") -> bytes:
    """A mail with a file."""
    kind += b'; name="' + name + b'"'
    return of_type(kind, base64.encodebytes(data).replace(b"\n", b"\r\n"), b"base64")


def zip_bomb(size: int) -> bytes:
    """Zeros, packed twice."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("zeros", "w") as zeros:
        for _ in range(max(1, size // MEGABYTE)):
            zeros.write(bytes(MEGABYTE))
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(10):
            archive.writestr(f"{number}.zip", inner.getvalue())
    return outer.getvalue()


def winmail(size: int) -> bytes:
    """A winmail.dat of many attributes, the last of which says that it is far larger than the file."""
    attribute = struct.pack("<BHHI", 2, 0x9002, 0x0006, 10) + bytes(12)
    text = b"x" * (size // 2)
    plain = struct.pack("<BHHI", 1, 0x800C, 0x0002, len(text)) + text + b"\0\0"
    liar = struct.pack("<BHHI", 1, 0x9003, 0x0006, 0xFFFFFFF0)
    return b"\x78\x9f\x3e\x22\0\0" + filled(attribute, size / 2) + plain + liar


CHARSETS = [
    "x-unheard-of", "utf-7", "utf-16", "utf-32-be", "iso-2022-jp", "iso-2022-kr", "hz", "punycode", "idna", "base64",
    "zip", "bz2", "rot13", "hex", "uu", "quopri", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs",
    "string-escape", "utf-8-sig", "big5", "../../etc/passwd", "a" * 500, "%s", "\x00",
]  # fmt: skip


def charsets(much: float) -> Iterator[bytes]:
    """Texts and subjects in charsets that are none, are no charsets of texts, or are not those that are named."""
    text = random.Random(7).randbytes(int(200_000 * much) | 1)
    for each in CHARSETS:
        name = each.encode()
        word = b"=?" + name + b"?b?" + base64.b64encode(text[:60]) + b"?="
        kind = b'text/plain; charset="' + name + b'"'
        head = (
            HEAD.replace(b"attack", word).replace(b"eve@", word + b" <eve@").replace(b"evil.example", b"evil.example>")
        )
        yield mail(text, b"Content-Type: " + kind, head=head)


def boundaries(much: float) -> Iterator[bytes]:
    """Boundaries that are none, are too long, hide in each other, are never closed, or nearly stand there."""
    lines = int(1_000_000 * much)
    inner = b"--a\r\nContent-Type: multipart/mixed; boundary=aa\r\n\r\n--aa\r\n\r\none\r\n--aaa\r\n\r\ntwo\r\n--a--\r\nthree"
    yield of_type(b"multipart/mixed", b"--\r\n\r\nno boundary\r\n----\r\n")
    yield of_type(b'multipart/mixed; boundary=""', b"--\r\n" * lines)
    yield of_type(b"multipart/mixed; boundary=" + b"x" * 70_000, b"--" + b"x" * 70_000 + b"\r\n\r\nhello")
    yield of_type(b"multipart/mixed; boundary=a", inner)
    yield of_type(b"multipart/mixed; boundary=b", b"--b" * 3 * lines)
    yield of_type(b"multipart/mixed; boundary=b", b"--b\r\n" * lines)
    yield of_type(b"multipart/mixed; boundary=b", b"--bb\r\n" * lines)
    yield of_type(b"multipart/mixed; boundary=b", (b"--b" + b" " * 900 + b"x\r\n") * (lines // 100))
    yield of_type(b"multipart/mixed; boundary=b", b"--" + b" " * 10 * lines + b"\r\nContent-Type: text/plain\r\n\r\nx")
    yield of_type(
        b"multipart/mixed; boundary=b; boundary=c; boundary*0=d", b"--c\r\n\r\nc\r\n--b\r\n\r\nb\r\n--d\r\n\r\nd"
    )


def addresses(much: float) -> Iterator[bytes]:
    """Headers of addresses that tempt a reader to go back and forth."""
    size = 100_000 * much
    for piece in (
        b",",
        b'"',
        b"(",
        b")",
        b"<",
        b"\\",
        b'"\\',
        b"@",
        b":;",
        b"a@b,",
        b"=?",
        b'" <a@b> ',
        b"(\\",
        b"\xff",
    ):
        yield mail(b"x", b"Cc: " + filled(piece, size), b"Reply-To: " + filled(piece, size))
        yield mail(b"x", head=b"From: " + filled(piece, size) + b"\r\nTo: " + filled(piece, size) + b"\r\n")


def words(much: float) -> Iterator[bytes]:
    """Encoded words without an end, one in the other, and far too many of them."""
    for piece in (
        b"=?utf-8?q?", b"=?utf-8?b?QUFB?=", b"=?", b"?=", b"=?utf-8?q?=3D=3Futf-8=3Fq=3F?=", b"=?utf-8?b?=?utf-8?q?x?=?=",
        b"=?utf-8?q?a?= ", b"=?utf-7?q?+?=", b"=?iso-2022-jp?b?GyRC?=", b"\xe4", b"=?x?q?_?=",
    ):  # fmt: skip
        yield mail(b"x", head=HEAD.replace(b"attack", filled(piece, 400_000 * much)))
        yield mail(b"x", head=HEAD.replace(b"attack", filled(piece + b"\r\n ", 400_000 * much)))


def texts(much: float) -> Iterator[bytes]:
    """Texts that look like quotations, signatures, forwards or reports, again and again."""
    for piece in (
        b">", b"> ", b"> x\r\n", b"Am 1. 1. 2025 schrieb Anna:\r\n> x\r\n", b"-- \r\n", b"From: a@b.example\r\n",
        b"-----Original Message-----\r\n", b"________\r\n", b"On Mon, Anna <", b"begin 644 x\r\n", b"Sent from\r\n",
        b"Final-Recipient: rfc822; a@b.example\r\n", b"http://", b"<a@b.example>: 550 5.1.1\r\n", b" \t", b"*", b"\xf0\x9f",
    ):  # fmt: skip
        yield mail(filled(piece, 2 * MEGABYTE * much))


def html(much: float) -> Iterator[bytes]:
    """HTML that is deep, is never closed, or quotes."""
    for piece in (
        b"<table><tr><td>", b"<table><tr><td>x</td></tr></table>", b"<div>", b"<", b"<a href='", b"<!--", b"&", b"&#x0;",
        b"<blockquote>", b"<p style='", b"<a b='c' d=e ", b"<ul><li>", b"</table>", b"<svg><math>", b"<![CDATA[", b"<b><i></b>",
    ):  # fmt: skip
        yield of_type(b"text/html; charset=utf-8", filled(piece, 3 * MEGABYTE * much))


def fields(much: float) -> Iterator[bytes]:
    """Header fields that are read, as long as they get."""
    size = MEGABYTE * much
    filename = b"".join(b"\r\n filename*%d*=a%%41;" % at for at in range(int(size / 20)))
    yield mail(b"x", b"X-Long: " + b"x" * int(size))
    yield mail(b"x", b"References: " + filled(b"<a@b.example> ", size), b"In-Reply-To: " + filled(b"<", size / 10))
    yield mail(b"x", b"To: " + b", ".join(b"a%d@b.example" % at for at in range(int(size / 10))))
    yield mail(b"x", b"Content-Disposition: attachment;" + filename)
    yield mail(b"x", b"Content-Type: text/plain; " + b" ".join(b"a%d=b;" % at for at in range(int(size / 10))))
    yield mail(b"x", b"Content-Type: text/plain; " + filled(b";", size), b"Date: " + filled(b"1", size / 10))
    yield mail(b"x", b"Received: " + filled(b"(", size / 10), b"DKIM-Signature: " + filled(b"a=b;", size / 10))
    yield mail(
        b"x", b"Authentication-Results: " + filled(b"x; spf=pass ", size / 10), b"List-Id: " + filled(b"<", size / 10)
    )


ATTACKS: dict[str, Callable[[float], bytes | Iterator[bytes]]] = {
    "empty lines": lambda much: mail(filled(b"\r\n", 50 * MEGABYTE * much)),
    "bare line feeds": lambda much: mail(filled(b"\n", 50 * MEGABYTE * much)),
    "bare carriage returns": lambda much: mail(filled(b"\r", 50 * MEGABYTE * much)),
    "zero bytes": lambda much: mail(bytes(int(50 * MEGABYTE * much)), b"X-\0Zero: \0\0", b"X-Bare: a\rBcc: b@c.example"),
    "a text of 50 MB": lambda much: mail(filled(b"Lorem ipsum dolor sit amet. ", 50 * MEGABYTE * much)),
    "address headers": addresses,
    "encoded words": words,
    "10,000 nested parts": lambda much: nested(int(10_000 * much)),
    "30,000 parts": lambda much: parts(int(30_000 * much), b"text/plain", b"x"),
    "100,000 headers": lambda much: mail(b"x", *(b"X-%d: a" % at for at in range(int(100_000 * much)))),
    "100,000 equal headers": lambda much: mail(b"x", *[b"Subject: again"] * int(100_000 * much)),
    "long headers": fields,
    "charsets": charsets,
    "base64 with rubbish": lambda much: of_type(b"text/plain", filled(b"!?QUFB\xff=\r\n\r\n", 20 * MEGABYTE * much), b"base64"),
    "quoted-printable": lambda much: of_type(b"text/plain", filled(b"=\r\n==3D=4", 20 * MEGABYTE * much), b"quoted-printable"),
    "a zip bomb": lambda much: attached(zip_bomb(int(300 * MEGABYTE * much)), b"bomb.zip"),
    "a gzip bomb": lambda much: attached(gzip.compress(bytes(int(300 * MEGABYTE * much))), b"x.gz", b"application/gzip"),
    "boundaries": boundaries,
    "only enclosed mails": lambda much: parts(int(20_000 * much), b"message/rfc822", mail(b"x", b"Content-Type: message/rfc822")),
    "mails in mails": lambda much: filled(mail(b"", b"Content-Type: message/rfc822"), 2 * MEGABYTE * much),
    "uuencode without end": lambda much: mail(b"begin 644 x\r\n" + filled(b"M" + b"X" * 60 + b"\r\n", 20 * MEGABYTE * much)),
    "winmail.dat of 30 MB": lambda much: attached(winmail(int(30 * MEGABYTE * much)), b"winmail.dat", b"application/ms-tnef"),
    "a calendar of 50 MB": lambda much: of_type(
        b"text/calendar; method=REQUEST",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + filled(b"SUMMARY;X=\"y\":a\r\n b\\,\r\nBEGIN:VEVENT\r\n", 50 * MEGABYTE * much),
    ),
    "HTML of 50 MB": lambda much: of_type(b"text/html", filled(b"<table><tr><td>x", 50 * MEGABYTE * much)),
    "texts": texts,
    "HTML": html,
}  # fmt: skip


def all_of(name: str, much: float) -> list[bytes]:
    """The mails of an attack."""
    made = ATTACKS[name](much)
    return [made] if isinstance(made, bytes) else list(made)


def attack_with(siege: Any, name: str, much: float) -> None:
    """Hand over the mails of an attack: each is kept, or refused in the words of the protocol."""
    mails = all_of(name, much)
    with siege.attack(name, sum(map(len, mails))):
        answers = [siege.hand_over(raw) for raw in mails]
    assert all(answer == 250 or 400 <= answer < 600 for answer in answers), answers


def test_mails_that_were_made_to_do_harm_are_shown_and_do_none(siege: Any) -> None:
    attacked = siege()
    mails = [raw for name in ATTACKS for raw in all_of(name, SMALL)[::3]]
    with attacked.attack("every kind, small", sum(map(len, mails))):
        assert {attacked.hand_over(raw) for raw in mails} == {250}


@pytest.mark.prove
@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_of_full_size_does_no_harm(siege: Any, name: str) -> None:
    attack_with(siege(), name, 1)
