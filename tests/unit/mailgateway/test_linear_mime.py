"""Hostile mails cost no more than in proportion to their length: four times the mail, at most about four times the work."""

from __future__ import annotations

import time

import pytest

from mailgateway.mime.parse import parse

HEAD = b"From: a@b.example\nTo: c@d.example\nSubject: WG: x\nMIME-Version: 1.0\n"
IMAGES = b"".join(b"\n--B\nContent-Type: image/png\nContent-ID: <i%d>\n\nx" % number for number in range(50))
ONCE, MORE = 25_000, 100_000
"""Bytes of the shorter and of the longer mail, which both stay below the limits of a text."""


def alternative(plain: bytes, html: bytes = b"<p>x") -> bytes:
    parts = b"\n--B\nContent-Type: text/plain\n\n" + plain + b"\n--B\nContent-Type: text/html\n\n" + html
    return HEAD + b"Content-Type: multipart/alternative; boundary=B\n" + parts + b"\n--B--\n"


def with_images(html: bytes) -> bytes:
    head = HEAD + b"Content-Type: multipart/related; boundary=B\n\n--B\nContent-Type: text/html\n\n"
    return head + html + IMAGES + b"\n--B--\n"


def of_type(kind: bytes, body: bytes) -> bytes:
    return HEAD + b"Content-Type: " + kind + b"\n\n" + body


def mail(what: str, size: int) -> bytes:
    """One of the hostile mails, of about so many bytes."""
    calendar = b"METHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:"
    return {
        "links that are said twice": lambda: alternative(b"a <http://a> " * (size // 13)),
        "links that never end": lambda: alternative(b"<mailto:" * (size // 8)),
        "one word before every link": lambda: alternative(b"x" * (size // 2) + b" <http://x>" * (size // 22)),
        "images": lambda: with_images(b'<img src="cid:i1">' * (size // 18)),
        "images that never end": lambda: with_images(b"<img " * (size // 5) + b"cid:"),
        "an image of many attributes": lambda: with_images(b"<img " + b"a " * (size // 2) + b"src=cid:i1>"),
        "places of images": lambda: alternative(b"[cid:" * (size // 5), b"<img src=cid:x>"),
        "armour": lambda: of_type(b"text/plain", b"-----BEGIN PGP SIGNED MESSAGE-----\n" * (size // 35)),
        "events": lambda: of_type(b"text/calendar", calendar + b"x\nSUMMARY:" * (size // 10)),
        "a folded event": lambda: of_type(b"text/calendar", calendar + b"x\n " * (size // 3)),
        "blank blocks": lambda: of_type(b"text/html", b"<div>&nbsp;</div>" * (size // 17)),
        "blank lines in base64": lambda: HEAD + b"Content-Transfer-Encoding: base64\n\n" + b"QUJD\n\n" * (size // 6),
        "only blank lines in base64": lambda: HEAD + b"Content-Transfer-Encoding: base64\n\n" + b"\n \n" * (size // 3),
        "mails in mails": lambda: HEAD + b"Content-Type: message/rfc822\n\n" * (size // 30),
        "files of a winmail": lambda: of_type(
            b"application/ms-tnef", b"\x78\x9f\x3e\x22\1\0" + (b"\2\2\x90\6\0" + b"\0" * 6) * (size // 11)
        ),
        "properties of a winmail": lambda: of_type(
            b"application/ms-tnef",
            b"\x78\x9f\x3e\x22\1\0\1\3\x90\6\0"
            + size.to_bytes(4, "little")
            + b"\xff\xff\xff\xff"
            + b"\3\0\1\0" * (size // 4),
        ),
    }[what]()


def took(raw: bytes) -> float:
    """The least of three: the machine may be busy with something else."""
    times: list[float] = []
    for _ in range(3):
        start = time.process_time()
        parse(raw)
        times.append(time.process_time() - start)
    return min(times)


@pytest.mark.parametrize(
    "what",
    [
        *("links that are said twice", "links that never end", "one word before every link", "images"),
        *(
            "images that never end",
            "an image of many attributes",
            "places of images",
            "armour",
            "events",
            "a folded event",
        ),
        *("blank blocks", "blank lines in base64", "only blank lines in base64", "mails in mails"),
        *("files of a winmail", "properties of a winmail"),
    ],
)
def test_four_times_the_mail_is_at_most_about_four_times_the_work(what: str) -> None:
    assert took(mail(what, MORE)) < 0.1 + 8 * took(mail(what, ONCE))
