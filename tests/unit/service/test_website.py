"""What the settings make of the website."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from structlog.testing import capture_logs

from faq.headers import is_ours
from service.settings import WebSettings
from service.website import Asked, Following, hosts_of
from storage.errors import Unavailable


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


def test_whoever_asks_for_a_link_while_the_database_is_away_has_been_answered_already() -> None:
    def away() -> Any:
        raise Unavailable("the database is away")

    running: Any = SimpleNamespace(
        database=SimpleNamespace(reading=away, writing=away),
        keys=None,
        policy=None,
        settings=SimpleNamespace(web=WebSettings()),
        wake_deliveries=pytest.fail,
    )
    with capture_logs() as said:
        assert not Asked(running).ask("anna@example.org", "de")
    assert [each["because"] for each in said] == ["the database is away"]
    assert "anna" not in str(said), "who asked is nobody's concern"
