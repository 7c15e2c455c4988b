"""What Outlook packs into a winmail.dat is taken out of it, whatever it claims of itself."""

from __future__ import annotations

import base64
import struct

from hypothesis import given
from hypothesis import strategies as st

from mailgateway.mime.parse import attachment, parse
from mailgateway.mime.winmail import opened

SIGNATURE = b"\x78\x9f\x3e\x22\x01\x00"
MESSAGE, FILE = 1, 2


def attribute(level: int, name: int, data: bytes) -> bytes:
    return bytes([level]) + struct.pack("<HHI", name, 6, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def text_property(name: int, text: str) -> bytes:
    data = text.encode("utf-16-le") + b"\0\0"
    return struct.pack("<HHII", 31, name, 1, len(data)) + data + b"\0" * (-len(data) % 4)


def bytes_property(name: int, data: bytes) -> bytes:
    return struct.pack("<HHII", 258, name, 1, len(data)) + data + b"\0" * (-len(data) % 4)


def number_property(name: int, value: int) -> bytes:
    return struct.pack("<HHI", 3, name, value)


def properties(*each: bytes) -> bytes:
    return struct.pack("<I", len(each)) + b"".join(each)


def attached(title: bytes, data: bytes, *more: bytes) -> bytes:
    return (
        attribute(FILE, 0x9002, b"\0" * 14)
        + attribute(FILE, 0x8010, title + b"\0")
        + attribute(FILE, 0x800F, data)
        + attribute(FILE, 0x9005, properties(*more))
    )


WINMAIL = (
    SIGNATURE
    + attribute(MESSAGE, 0x9006, b"\0\0\1\0")
    + attribute(MESSAGE, 0x9007, struct.pack("<II", 1252, 0))
    + attribute(
        MESSAGE, 0x9003, properties(number_property(0x0017, 1), text_property(0x1000, "Der Plan für die Küche."))
    )
    + attached(b"PLAN~1.PDF", b"%PDF", number_property(0x3705, 1), text_property(0x3707, "Plan Küche.pdf"))
    + attached("Maße.txt".encode("cp1252"), b"3 m x 2 m")
)


def mail_with(winmail: bytes, text: str = "Siehe Anlage.") -> bytes:
    return (
        b"From: a@example.org\nTo: b@example.net\nSubject: Plan\nMIME-Version: 1.0\n"
        b'Content-Type: multipart/mixed; boundary="t"\n\n--t\nContent-Type: text/plain; charset=utf-8\n\n'
        + text.encode()
        + b'\n--t\nContent-Type: application/ms-tnef; name="winmail.dat"\nContent-Transfer-Encoding: base64\n'
        + b'Content-Disposition: attachment; filename="winmail.dat"\n\n'
        + base64.encodebytes(winmail)
        + b"--t--\n"
    )


def test_the_files_are_attachments_beside_the_winmail_and_can_be_cut_out() -> None:
    raw = mail_with(WINMAIL)
    read = parse(raw)
    assert [each.name for each in read.attachments] == ["winmail.dat", "Plan Küche.pdf", "Maße.txt"]
    assert [attachment(raw, each.part) for each in read.attachments[1:]] == [b"%PDF", b"3 m x 2 m"]
    assert read.text == "Siehe Anlage."
    assert read.defects == ("no Date", "no Message-ID")


def test_the_text_inside_is_read_where_the_mail_has_none() -> None:
    assert parse(mail_with(WINMAIL, text="")).reply == "Der Plan für die Küche."


def test_html_inside_is_read_in_the_charset_that_it_names() -> None:
    page = '<html><head><meta charset="koi8-r"></head><body><p>Где мой заказ?</p></body></html>'
    html = page.replace("charset=", "http-equiv=x content=charset=").encode("koi8-r")
    winmail = SIGNATURE + attribute(MESSAGE, 0x9003, properties(bytes_property(0x1013, html)))
    assert parse(mail_with(winmail, text="")).text == "Где мой заказ?"


def test_what_is_none_is_named_and_kept() -> None:
    read = parse(mail_with(b"kein winmail"))
    assert [each.name for each in read.attachments] == ["winmail.dat"]
    assert any("winmail.dat" in each for each in read.defects)


def test_claims_of_billions_cost_nothing() -> None:
    billions = struct.pack("<I", 0xFFFFFFFF)
    for data in (
        billions,
        billions + struct.pack("<HHI", 258, 0x1000, 0xFFFFFFFF),
        billions + struct.pack("<HH", 3, 0x9000),
    ):
        found = opened(SIGNATURE + attribute(MESSAGE, 0x9003, data) * 100)
        assert found is not None
        assert (found.files, found.plain) == ([], "")


@given(st.binary(max_size=300), st.integers(0, len(WINMAIL)))
def test_anything_at_all_is_read(rubbish: bytes, at: int) -> None:
    found = opened(SIGNATURE + rubbish)
    cut = opened((WINMAIL[:at] + rubbish + WINMAIL[at + len(rubbish) :])[: len(WINMAIL)] or SIGNATURE)
    assert found is not None
    assert cut is None or len(cut.files) <= 3
