"""Each mailbox may have a relay of its own, with a password or a token; one that is away holds up nobody else's mail."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult
from sqlalchemy import select

from mailgateway.deliver import deliver_due
from mailgateway.oauth import AccessTokens, OAuth
from mailgateway.transports.relay import Relay, relay_address
from service.check import State
from service.doctor_network import relay_checks
from service.relays import routes_of
from service.running import Running
from service.settings import Settings, read_settings
from storage.claim import Among
from storage.database import Database
from storage.errors import WrongUse
from storage.outbox import Mailable, OutgoingMail, enqueue, listing
from storage.tables import AttemptRow

NOW = datetime(2025, 11, 24, 9, 0, tzinfo=UTC)


def put(database: Database, mailbox: str, number: int = 1) -> None:
    mail = OutgoingMail(
        message_id=f"<{number}-{mailbox}>",
        envelope_from=mailbox,
        author=Mailable(mailbox),
        to=(Mailable("anna@kundin.example"),),
        subject="Ihre Frage",
        text="Guten Tag",
        date="Tue, 24 Nov 2026 10:00:00 +0100",
    )
    with database.writing() as session:
        enqueue(session, mail, purpose="reply", conversation_id=None, message_id=None, due_at=NOW, now=NOW)


def states(database: Database) -> dict[str, str]:
    with database.reading() as session:
        return {row.mailbox: row.state for row in listing(session)}


@pytest.fixture
def other_world(outside_world: Any) -> Iterator[Any]:
    """Another relay."""
    world = type(outside_world)()
    world.start()
    yield world
    world.stop()


@pytest.fixture
def settings(tmp_path: Path, outside_world: Any, other_world: Any, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.delenv("BRIEF_DATA", raising=False)
    return written(
        tmp_path,
        f"""
[[mailbox]]
address = "support@wir.example"
[[mailbox]]
address = "rechnung@wir.example"
[mailbox.relay]
url = "{other_world.url}"
[[mailbox]]
address = "mahnung@wir.example"
[mailbox.relay]
url = "{other_world.url}"
[relay]
url = "{outside_world.url}"
""",
    )


def written(folder: Path, text: str) -> Settings:
    (folder / "brief.toml").write_text(text)
    return read_settings(folder / "brief.toml", folder / "data")


def test_each_mailbox_sends_over_its_own_relay(
    database: Database, settings: Settings, outside_world: Any, other_world: Any
) -> None:
    for mailbox in ("support@wir.example", "rechnung@wir.example", "mahnung@wir.example", "gone@wir.example"):
        put(database, mailbox)
    routes = routes_of(settings)
    assert list(routes) == ["delivery", "delivery of mahnung@wir.example, rechnung@wir.example"]
    for route in routes.values():
        assert deliver_due(database, route.transport, NOW, among=route.among) == {"sent": 2}
    assert sorted(each.mail_from for each in outside_world.received) == ["gone@wir.example", "support@wir.example"]
    assert sorted(each.mail_from for each in other_world.received) == ["mahnung@wir.example", "rechnung@wir.example"]


def test_a_relay_that_is_away_holds_up_nobody_elses_mail(
    settings: Settings, outside_world: Any, other_world: Any
) -> None:
    other_world.stop()
    running = Running.open(settings)
    try:
        for mailbox in ("rechnung@wir.example", "support@wir.example"):
            put(running.database, mailbox)
        running.start(frozenset({"delivery"}))
        assert len(running.loops) == 2
        outside_world.wait_for(1)
        assert outside_world.received[0].mail_from == "support@wir.example"
    finally:
        running.close()
        other_world.start()


def test_a_relay_that_hangs_holds_up_nobody_elses_mail(
    settings: Settings, outside_world: Any, other_world: Any
) -> None:
    other_world.hang()
    running = Running.open(settings)
    try:
        put(running.database, "rechnung@wir.example")
        running.start(frozenset({"delivery"}))
        assert other_world.hanging.wait(20)
        put(running.database, "support@wir.example")
        outside_world.wait_for(1)
    finally:
        other_world.go_on()
        running.close()


def test_a_desk_that_ends_waits_for_the_mail_of_a_relay_that_the_settings_name_no_more(
    tmp_path: Path, settings: Settings, outside_world: Any, other_world: Any
) -> None:
    other_world.hang()
    running = Running.open(settings)
    try:
        put(running.database, "rechnung@wir.example")
        running.start(frozenset({"delivery"}))
        assert other_world.hanging.wait(20)
        changed = written(tmp_path, f'[[mailbox]]\naddress = "a@wir.example"\n[relay]\nurl = "{outside_world.url}"\n')
        running.read_again(lambda: changed)
        assert list(running.loops) == ["delivery"]
    finally:
        other_world.go_on()
        running.stop()
        with running.database.reading() as session:
            (ended_at,) = session.scalars(select(AttemptRow.ended_at))
        running.close()
    assert ended_at is not None


def test_a_relay_that_is_new_in_the_settings_gets_its_loop(
    tmp_path: Path, settings: Settings, outside_world: Any, other_world: Any
) -> None:
    running = Running.open(settings)
    try:
        running.start(frozenset({"delivery"}))
        changed = written(
            tmp_path,
            f"""
[[mailbox]]
address = "support@wir.example"
[mailbox.relay]
url = "{other_world.url}"
[relay]
url = "{outside_world.url}"
""",
        )
        running.read_again(lambda: changed)
        assert list(running.loops) == ["delivery", "delivery of support@wir.example"]
        put(running.database, "support@wir.example")
        other_world.wait_for(1)
    finally:
        running.close()


def test_doctor_asks_each_relay(settings: Settings, other_world: Any) -> None:
    other_world.stop()
    try:
        found = {check.name: check.state for check in relay_checks(settings)}
    finally:
        other_world.start()
    assert found == {
        "relay": State.OK,
        "relay of mahnung@wir.example, rechnung@wir.example": State.WRONG,
    }


# ---------------------------------------------------------------- tokens


@pytest.fixture
def strict_world(outside_world: Any) -> Iterator[Any]:
    """A relay that lets in who shows the right access token."""

    class Strict(type(outside_world)):  # type: ignore[misc]  # the fixture's class has no name that a test can import
        good = "token-1"
        shown: list[str]

        async def auth_XOAUTH2(self, _server: Any, args: list[str]) -> AuthResult:  # noqa: N802 - aiosmtpd's name
            self.shown.append(base64.b64decode(args[1]).decode())
            right = f"user=desk@wir.example\1auth=Bearer {self.good}\1\1"
            return AuthResult(success=self.shown[-1] == right, handled=False)

        async def _open(self) -> None:
            def session() -> SMTP:
                return SMTP(
                    self, hostname="strict.example", auth_require_tls=False, auth_exclude_mechanism=["LOGIN", "PLAIN"],
                    loop=self._loop,
                )  # fmt: skip

            self._server = await self._loop.create_server(session, self.host, self.port)
            self.port: int = self._server.sockets[0].getsockname()[1]

    world = Strict()
    world.shown = []
    world.start()
    yield world
    world.stop()


def relay_with(world: Any, oauth_provider: Any) -> Relay:
    oauth = OAuth(oauth_provider.token_url, "client", "secret", "refresh")
    url = f"smtp://desk%40wir.example@{world.host}:{world.port}"
    return Relay(relay_address(url), tokens=AccessTokens(oauth))


def test_a_token_lets_us_in_and_is_used_as_long_as_it_lives(
    database: Database, strict_world: Any, oauth_provider: Any
) -> None:
    relay = relay_with(strict_world, oauth_provider)
    for number in range(2):
        put(database, "support@wir.example", number)
        assert deliver_due(database, relay, NOW) == {"sent": 1}
    assert len(strict_world.received) == 2
    assert strict_world.shown == ["user=desk@wir.example\1auth=Bearer token-1\1\1"] * 2
    assert [each["grant_type"] for each in oauth_provider.asked] == ["refresh_token"]


def test_a_token_that_is_refused_is_made_anew_and_the_mail_waits(
    database: Database, strict_world: Any, oauth_provider: Any
) -> None:
    strict_world.good = "token-2"
    relay = relay_with(strict_world, oauth_provider)
    put(database, "support@wir.example")
    assert deliver_due(database, relay, NOW) == {"deferred": 1}
    with database.reading() as session:
        (row,) = listing(session)
    assert "refuses our access token" in row.last_answer
    assert "token-1" not in row.last_answer
    assert deliver_due(database, relay, NOW + timedelta(minutes=10)) == {"sent": 1}


def test_a_token_endpoint_that_is_away_keeps_the_mail(
    database: Database, strict_world: Any, oauth_provider: Any
) -> None:
    oauth_provider.stop()
    put(database, "support@wir.example")
    assert deliver_due(database, relay_with(strict_world, oauth_provider), NOW) == {"deferred": 1}
    assert strict_world.received == []


def test_a_token_never_goes_over_a_line_that_others_read() -> None:
    oauth = AccessTokens(OAuth("https://login.example.org/token", "client"))
    relay = Relay(relay_address("smtp://desk@relay.example.org"), tokens=oauth)
    assert relay._starttls() is True
    assert Relay(relay_address("smtp://desk@127.0.0.1"), tokens=oauth)._starttls() is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[relay]\nurl = "smtp://relay.example.org"\n[relay.oauth]\ntoken_url = "https://a.example"\nclient_id = "x"\n',
         "the url names the user"),
        ('[relay]\n[relay.oauth]\ntoken_url = "http://a.example"\nclient_id = "x"\n', "https:// is meant"),
        ('[[mailbox]]\naddress = "a@b.example"\n[mailbox.relay]\nulr = "x"\n', "did you mean url"),
    ],
)  # fmt: skip
def test_wrong_settings_of_a_relay_are_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(WrongUse, match=said):
        written(tmp_path, text)


def test_only_the_mail_of_some_mailboxes_is_leased(database: Database, outside_world: Any) -> None:
    for mailbox in ("a@wir.example", "b@wir.example"):
        put(database, mailbox)
    relay = Relay(relay_address(outside_world.url))
    only = Among(frozenset({"b@wir.example"}))
    assert deliver_due(database, relay, NOW, among=only) == {"sent": 1}
    assert states(database) == {"a@wir.example": "waiting", "b@wir.example": "sent"}
