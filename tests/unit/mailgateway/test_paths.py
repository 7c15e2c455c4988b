"""What stands in MAIL and RCPT."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.sources.paths import is_loopback, path_and_rest, same_client


@pytest.mark.parametrize(
    ("arg", "address", "rest"),
    [
        ("<a@b.example>", "a@b.example", ""),
        ("<a@b.example> SIZE=10 BODY=8BITMIME", "a@b.example", "SIZE=10 BODY=8BITMIME"),
        ("a@b.example SIZE=10", "a@b.example", "SIZE=10"),
        ("<>", "<>", ""),
        ("<> SIZE=1", "<>", "SIZE=1"),
        ("<@relay.example,@other.example:a@b.example>", "a@b.example", ""),
        ('<"a > b"@c.example> X', '"a > b"@c.example', "X"),
        ("<müller@bücher.example>", "müller@bücher.example", ""),
    ],
)
def test_a_path_is_told_from_what_follows(arg: str, address: str, rest: str) -> None:
    assert path_and_rest(arg) == (address, rest)


@pytest.mark.parametrize("arg", ["", "<a@b", "<a b@c>", "<a@b\x00>", "<<a@b>>", '<"a@b>', "<" + "x" * 2000 + ">"])
def test_what_is_no_path_is_none(arg: str) -> None:
    assert path_and_rest(arg) == (None, None)


@given(st.text(max_size=200))
def test_nothing_that_is_sent_raises(arg: str) -> None:
    path_and_rest(arg)


def test_loopback_is_known_in_every_form() -> None:
    assert all(is_loopback(each) for each in ("127.0.0.1", "::1", "::ffff:127.0.0.1", "127.9.9.9"))
    assert not any(is_loopback(each) for each in ("192.0.2.1", "", "rubbish", "2001:db8::1", "fe80::1%eth0"))


def test_a_network_of_ipv6_is_one_client() -> None:
    assert same_client("2001:db8::1") == same_client("2001:db8::ffff:1") != same_client("2001:db8:0:1::1")
    assert same_client("192.0.2.1") != same_client("192.0.2.2")
