from __future__ import annotations

import pytest
from starlette.requests import Request

from faq.visitors import language_for, network_of, sender_pseudonym, voter_pseudonym


def _request(host: str, agent: str = "Browser/1") -> Request:
    headers = [(b"user-agent", agent.encode())]
    return Request({"type": "http", "client": (host, 4711), "headers": headers, "method": "GET", "path": "/"})


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "de"),
        ("en", "en"),
        ("de-AT,de;q=0.9,en;q=0.5", "de"),
        ("fr,en;q=0.4,de;q=0.3", "en"),
        ("en;q=0,de;q=0.1", "de"),
        ("fr, it", "de"),
        ("en;q=abc", "de"),
        ("en;q=nan", "de"),
        ("EN-GB", "en"),
        (",;q=,;;,en", "en"),
        ("x" * 100_000, "de"),
    ],
)
def test_the_language_that_a_browser_likes_best_is_taken(header: str, language: str) -> None:
    assert language_for(header, ("de", "en"), "de") == language


def test_an_ipv6_household_is_one_visitor() -> None:
    assert network_of(_request("2001:db8:1:2:aaaa::1")) == network_of(_request("2001:db8:1:2:bbbb::2"))
    assert network_of(_request("2001:db8:1:2::1")) != network_of(_request("2001:db8:1:3::1"))
    assert network_of(_request("::ffff:192.0.2.1")) == network_of(_request("192.0.2.1"))


def test_two_browsers_behind_one_address_may_both_vote_but_share_a_limit() -> None:
    one, two = _request("192.0.2.1", "Browser/1"), _request("192.0.2.1", "Browser/2")
    assert voter_pseudonym(one, str.upper) != voter_pseudonym(two, str.upper)
    assert sender_pseudonym(one, str.upper) == sender_pseudonym(two, str.upper)
