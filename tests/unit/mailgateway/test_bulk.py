"""The end of a mail is found wherever the pieces break, and only where it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.sources.bulk import Data

LOOKALIKES = (b"\n.\n", b"\r.\r", b"\r\n.\r", b"\r\n.\n", b"\n.\r\n", b"\r.\r\n", b"\r\n.\x00\r\n")


def read(stream: bytes, size: int, limit: int = 10_000) -> tuple[Data, bytes | None]:
    data = Data(limit)
    rest = None
    for start in range(0, len(stream), size):
        rest = data.feed(stream[start : start + size])
        if rest is not None:
            return data, rest + stream[start + size :]
    return data, rest


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 1000])
def test_what_follows_the_end_is_given_back_however_the_pieces_break(size: int) -> None:
    data, rest = read(b"Subject: x\r\n\r\nhello\r\n.\r\nQUIT\r\n", size)
    assert rest == b"QUIT\r\n"
    assert data.content() == b"Subject: x\r\n\r\nhello\r\n"


def test_a_lone_dot_on_the_first_line_is_an_empty_mail() -> None:
    data, rest = read(b".\r\nQUIT\r\n", 1)
    assert (data.content(), rest) == (b"", b"QUIT\r\n")


@pytest.mark.parametrize("lookalike", LOOKALIKES)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_nothing_else_ends_a_mail(lookalike: bytes, size: int) -> None:
    smuggled = b"a" + lookalike + b"MAIL FROM:<x@y>\r\n"
    data, rest = read(smuggled + b".\r\n", size)
    assert rest == b""
    assert b"MAIL FROM" in data.content()


def test_a_dot_that_hides_another_is_removed_on_every_line() -> None:
    data, _ = read(b"..first\r\n...two\r\n.alone\r\nno.dot\r\n.\r\n", 4)
    assert data.content() == b".first\r\n..two\r\nalone\r\nno.dot\r\n"


@pytest.mark.parametrize("size", [1, 50, 1000])
def test_a_mail_of_exactly_the_limit_is_taken_and_one_byte_more_is_not(size: int) -> None:
    body = b"x" * 98 + b"\r\n"
    data, rest = read(body + b".\r\n", size, limit=100)
    assert (data.too_much, data.content(), rest) == (False, body, b"")
    data, rest = read(b"x" + body + b".\r\n", size, limit=100)
    assert (data.too_much, data.content(), rest) == (True, b"", b"")


@given(
    lines=st.lists(st.binary(max_size=12).filter(lambda each: b"\r\n" not in each + b"\n"), max_size=8),
    size=st.integers(1, 40),
)
def test_whatever_is_sent_with_hidden_dots_arrives_as_it_was(lines: list[bytes], size: int) -> None:
    sent = b"".join((b"." + each if each.startswith(b".") else each) + b"\r\n" for each in lines)
    data, rest = read(sent + b".\r\nnext", size)
    assert rest == b"next"
    assert data.content() == b"".join(each + b"\r\n" for each in lines)
