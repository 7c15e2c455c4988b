"""A mail that cannot be read is still somebody's."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mailgateway.unreadable import unreadable


def test_it_shows_who_wrote_about_what_and_why_it_was_not_read() -> None:
    mail = unreadable(
        b"From: Anna <Anna@Kundin.Example>\r\nSubject: Hilfe\x07\r\n\r\nFrom: not@this.one\r\n", "KeyError: x"
    )
    assert mail.author is not None
    assert (mail.author.address, mail.subject) == ("anna@kundin.example", "Hilfe")
    assert "KeyError: x" in mail.defects[0]
    assert mail.attachments[0].type == "message/rfc822"


def test_the_same_bytes_are_the_same_mail_and_others_are_not() -> None:
    assert unreadable(b"a", "x").dedupe_key == unreadable(b"a", "y").dedupe_key != unreadable(b"b", "x").dedupe_key


@given(st.binary(max_size=400))
def test_no_bytes_raise(raw: bytes) -> None:
    mail = unreadable(b"From: " + raw, "x")
    assert mail.author is None or "@" in mail.author.address
