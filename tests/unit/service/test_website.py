"""What the settings make of the website."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from faq.headers import is_ours
from service.settings import WebSettings
from service.website import Following, hosts_of


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("help.example.org", True),
        ("HELP.example.org:443", True),
        ("localhost:8080", True),
        ("127.0.0.1:8080", True),
        ("evil.example", False),
    ],
)
def test_a_site_that_knows_its_url_answers_under_no_foreign_name(host: str, ours: bool) -> None:
    hosts = hosts_of(WebSettings(url="https://help.example.org/faq"))
    assert is_ours(host, hosts) is ours


def test_a_site_without_a_url_answers_under_any_name() -> None:
    assert is_ours("evil.example", hosts_of(WebSettings()))


def test_the_pages_are_made_anew_where_the_settings_were_read_again() -> None:
    made: list[str] = []

    def make(running: Any) -> Any:
        made.append(running.policy)

        async def app(scope: Any, receive: Any, send: Any) -> None: ...

        return app

    running: Any = SimpleNamespace(policy="one mailbox")
    pages: Any = Following(running, make)
    for policy in ("one mailbox", "two mailboxes", "two mailboxes"):
        running.policy = policy
        asyncio.run(pages({}, None, None))

    assert made == ["one mailbox", "two mailboxes"]
