"""Logging in with OAuth 2: a token endpoint on this machine, and a Dovecot that asks it about each token."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

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


@pytest.fixture
def oauth_server(imap_server: Any, oauth_provider: Any) -> Any:
    """A Dovecot that takes the provider's tokens."""
    imap_server.kill()
    imap_server.passdb = PASSDB
    (imap_server.folder / "oauth2.conf").write_text(
        f"tokeninfo_url = {oauth_provider.url}/info?access_token=\n"
        "introspection_mode = auth\nusername_attribute = username\nactive_attribute = active\nactive_value = true\n"
    )
    imap_server.start()
    return imap_server


@pytest.mark.parametrize("mechanism", ["XOAUTH2", "OAUTHBEARER"])
def test_an_account_is_read_with_a_token_and_a_new_one_is_asked_for_once_it_is_refused(
    sqlite_desk: Any,
    oauth_server: Any,
    oauth_provider: Any,
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
    oauth_provider.user = user
    oauth = OAuth(oauth_provider.token_url, "desk", refresh_token="refresh")
    account = account_of(oauth_server, user, oauth=oauth, password="")
    sqlite_desk.connect(account, tokens=tmp_path)
    oauth_server.put(user, a_mail())
    wait_until(lambda: sqlite_desk.outcomes() == {"kept": 1})
    assert [each["refresh_token"] for each in oauth_provider.asked] == ["refresh"]


def test_a_refresh_token_that_is_refused_is_told(
    sqlite_desk: Any, oauth_server: Any, oauth_provider: Any, user: str, account_of: Account, wait_until: Until
) -> None:
    oauth_provider.answers = [(400, {"error": "invalid_grant"})]
    oauth = OAuth(oauth_provider.token_url, "desk", refresh_token="revoked")
    door = sqlite_desk.fetch(account_of(oauth_server, user, oauth=oauth, password=""))
    assert "sign in again" in wait_until(lambda: door.states[0].failing)


def test_a_token_that_the_mail_server_refuses_is_told_and_replaced(
    sqlite_desk: Any,
    oauth_server: Any,
    oauth_provider: Any,
    user: str,
    account_of: Account,
    wait_until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(imap_door, "next_call", lambda _failures, *, refused: timedelta(seconds=0.05))
    oauth_provider.user = "somebody else"
    oauth = OAuth(oauth_provider.token_url, "desk", refresh_token="refresh")
    door = sqlite_desk.fetch(account_of(oauth_server, user, oauth=oauth, password=""))
    assert "is [[imap]] oauth right?" in wait_until(lambda: door.states[0].failing)
    oauth_provider.user = user
    wait_until(lambda: door.states[0].connected)
    assert len(oauth_provider.asked) > 1
