from __future__ import annotations

import pytest

from faq.headers import POLICY, from_elsewhere, is_ours


@pytest.mark.parametrize(
    ("headers", "elsewhere"),
    [
        ({"sec-fetch-site": "same-origin"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "cross-site"}, True),
        ({"sec-fetch-site": "same-site"}, True),
        ({"sec-fetch-site": "cross-site", "origin": "http://help.example", "host": "help.example"}, True),
        ({"origin": "https://help.example", "host": "Help.Example"}, False),
        ({"origin": "https://help.example:8443", "host": "help.example:8443"}, False),
        ({"origin": "https://evil.example", "host": "help.example"}, True),
        ({"origin": "null", "host": "help.example"}, True),
        ({"origin": "https://[", "host": "help.example"}, True),
        ({"host": "help.example"}, False),
    ],
)
def test_a_post_from_another_site_is_known(headers: dict[str, str], elsewhere: bool) -> None:
    assert from_elsewhere(headers) is elsewhere


@pytest.mark.parametrize(
    ("host", "hosts", "ours"),
    [
        ("help.example", (), True),
        ("127.0.0.1:8080", (), True),
        ("[::1]:8080", (), True),
        ("[::1]", (), True),
        ("help.example:443", ("Help.example",), True),
        ("other.example", ("help.example",), False),
        ("127.0.0.1:8080", ("help.example",), True),
        ("[::1]:8080", ("help.example",), True),
        ("127.0.0.1.evil.example", ("help.example",), False),
        ("help.example.evil.example", ("help.example",), False),
        ("help.example/evil", (), False),
        ('help.example"><script>', (), False),
        ("help.example:http", (), False),
        ("", (), False),
    ],
)
def test_the_site_answers_to_its_own_names(host: str, hosts: tuple[str, ...], ours: bool) -> None:
    assert is_ours(host, hosts) is ours


def test_the_policy_lets_nothing_in_from_outside() -> None:
    assert "default-src 'none'" in POLICY
    assert "unsafe" not in POLICY
    assert "http" not in POLICY
