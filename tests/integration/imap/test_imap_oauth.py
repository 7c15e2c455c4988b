"""Logging in with OAuth 2: a token endpoint on this machine, and a Dovecot that asks it about each token."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from imapclient import IMAPClient

import mailgateway.sources.imap as imap_door
from mailgateway.oauth import OAuth
from mailgateway.sources.imap_account import ImapAccount

pytestmark = pytest.mark.needs("dovecot")
Account = Callable[..., ImapAccount]
Until = Callable[..., Any]
PASSDB = """
passdb {{
  driver = passwd-file
  mechanisms = plain login
  args = scheme=plain username_format=%u {folder}/users
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.conf
}}
"""


@dataclass
class Provider:
    """Gives out tokens to who has the refresh token, and tells the mail server whose a token is."""

    user: str = ""
    valid: set[str] = field(default_factory=set)
    given: int = 0
    url: str = ""

    def give(self, form: dict[str, list[str]]) -> tuple[int, dict[str, Any]]:
        """The token endpoint."""
        if form.get("refresh_token") != ["refresh"]:
            return 400, {"error": "invalid_grant"}
        self.given += 1
        self.valid.add(f"token-{self.given}")
        return 200, {"access_token": f"token-{self.given}", "expires_in": 3600}

    def tell(self, token: str) -> tuple[int, dict[str, Any]]:
        """The endpoint that the mail server asks."""
        if token in self.valid:
            return 200, {"username": self.user, "active": True}
        return 401, {"error": "invalid_token"}


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer(*made.give(parse_qs(body)))

        def do_GET(self) -> None:
            token = parse_qs(urlsplit(self.path).query).get("access_token", [""])[0]
            self._answer(*made.tell(token))

        def _answer(self, status: int, value: dict[str, Any]) -> None:
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def oauth_server(imap_server: Any, provider: Provider) -> Any:
    """A Dovecot that takes the provider's tokens."""
    imap_server.kill()
    imap_server.passdb = PASSDB
    (imap_server.folder / "oauth2.conf").write_text(
        f"tokeninfo_url = {provider.url}/info?access_token=\n"
        "introspection_mode = auth\nusername_attribute = username\nactive_attribute = active\nactive_value = true\n"
    )
    imap_server.start()
    return imap_server


@pytest.mark.parametrize("mechanism", ["XOAUTH2", "OAUTHBEARER"])
def test_an_account_is_read_with_a_token_and_a_new_one_is_asked_for_once_it_is_refused(
    sqlite_desk: Any,
    oauth_server: Any,
    provider: Provider,
    user: str,
    account_of: Account,
    a_mail: Any,
    wait_until: Until,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    mechanism: str,
) -> None:
    if mechanism == "OAUTHBEARER":
        has = IMAPClient.has_capability
        monkeypatch.setattr(
            IMAPClient, "has_capability", lambda client, name: name != "AUTH=XOAUTH2" and has(client, name)
        )
    provider.user = user
    oauth = OAuth(f"{provider.url}/token", "desk", refresh_token="refresh")
    account = account_of(oauth_server, user, oauth=oauth, password="")
    sqlite_desk.connect(account, tokens=tmp_path)
    oauth_server.put(user, a_mail())
    wait_until(lambda: sqlite_desk.outcomes() == {"kept": 1})
    assert provider.given == 1


def test_a_refresh_token_that_is_refused_is_told(
    sqlite_desk: Any, oauth_server: Any, provider: Provider, user: str, account_of: Account, wait_until: Until
) -> None:
    oauth = OAuth(f"{provider.url}/token", "desk", refresh_token="revoked")
    door = sqlite_desk.fetch(account_of(oauth_server, user, oauth=oauth, password=""))
    assert "sign in again" in wait_until(lambda: door.states[0].failing)


def test_a_token_that_the_mail_server_refuses_is_told_and_replaced(
    sqlite_desk: Any,
    oauth_server: Any,
    provider: Provider,
    user: str,
    account_of: Account,
    wait_until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(imap_door, "next_call", lambda _failures, *, refused: timedelta(seconds=0.05))
    provider.user = "somebody else"
    oauth = OAuth(f"{provider.url}/token", "desk", refresh_token="refresh")
    door = sqlite_desk.fetch(account_of(oauth_server, user, oauth=oauth, password=""))
    assert "is [[imap]] oauth right?" in wait_until(lambda: door.states[0].failing)
    provider.user = user
    wait_until(lambda: door.states[0].connected)
    assert provider.given > 1
