"""Access tokens from a real endpoint on this machine, and what SASL says with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mailgateway.oauth import AccessTokens, NotLetIn, OAuth, oauthbearer, xoauth2
from storage.errors import Unavailable


def oauth_at(provider: Any, **options: str) -> OAuth:
    return OAuth(provider.token_url, "desk", **{"client_secret": "s3cret", "refresh_token": "first", **options})


def test_a_token_is_asked_for_once_for_as_long_as_it_lives(oauth_provider: Any) -> None:
    oauth_provider.answers = [(200, {"access_token": "one", "expires_in": 3600}), (200, {"access_token": "two"})]
    now = [0.0]
    tokens = AccessTokens(oauth_at(oauth_provider), clock=lambda: now[0])
    assert [tokens.token(), tokens.token()] == ["one", "one"]
    now[0] = 3541.0  # less than a minute is left
    assert tokens.token() == "two"
    assert oauth_provider.asked[0] == {
        "grant_type": "refresh_token", "refresh_token": "first", "client_id": "desk", "client_secret": "s3cret",
    }  # fmt: skip


def test_a_token_that_the_server_refused_is_not_shown_again(oauth_provider: Any) -> None:
    oauth_provider.answers = [(200, {"access_token": "one"}), (200, {"access_token": "two"})]
    tokens = AccessTokens(oauth_at(oauth_provider))
    assert tokens.token() == "one"
    tokens.forget()
    assert tokens.token() == "two"


def test_a_refresh_token_that_is_handed_out_anew_replaces_the_one_of_the_settings(
    oauth_provider: Any, tmp_path: Path
) -> None:
    oauth_provider.answers = [(200, {"access_token": "one", "refresh_token": "second"}), (200, {"access_token": "two"})]
    folder = tmp_path / "tokens"
    AccessTokens(oauth_at(oauth_provider), folder).token()
    AccessTokens(oauth_at(oauth_provider), folder).token()
    assert [form["refresh_token"] for form in oauth_provider.asked] == ["first", "second"]
    assert [file.stat().st_mode & 0o777 for file in folder.iterdir()] == [0o600]
    AccessTokens(oauth_at(oauth_provider, refresh_token="signed in again"), folder).token()
    assert oauth_provider.asked[-1]["refresh_token"] == "signed in again"


def test_without_a_refresh_token_the_program_signs_in_as_itself(oauth_provider: Any) -> None:
    oauth_provider.answers = [(200, {"access_token": "one"})]
    AccessTokens(oauth_at(oauth_provider, refresh_token="", scope="https://mail.example/.default")).token()
    assert oauth_provider.asked[0]["grant_type"] == "client_credentials"
    assert oauth_provider.asked[0]["scope"] == "https://mail.example/.default"


@pytest.mark.parametrize(
    ("status", "body", "kind", "said"),
    [
        (
            400,
            {"error": "invalid_grant", "error_description": "expired\nby time"},
            NotLetIn,
            "invalid_grant expired by",
        ),
        (400, {"error": "invalid_grant"}, NotLetIn, "sign in again"),
        (401, {"error": "invalid_client"}, NotLetIn, "is oauth client_id"),
        (403, b"<html>", NotLetIn, "HTTP 403"),
        (429, {}, Unavailable, "HTTP 429"),
        (503, b"\xff", Unavailable, "HTTP 503"),
        (302, b"", Unavailable, "HTTP 302"),
        (200, b"[]", Unavailable, "gave no access token"),
        (200, {"access_token": "with\r\nline"}, Unavailable, "gave no access token"),
        (200, {"access_token": ""}, Unavailable, "gave no access token"),
    ],
)
def test_what_an_endpoint_answers_instead_is_told(
    oauth_provider: Any, status: int, body: Any, kind: type[Exception], said: str
) -> None:
    oauth_provider.answers = [(status, body)]
    with pytest.raises(Unavailable, match=said) as raised:
        AccessTokens(oauth_at(oauth_provider)).token()
    assert type(raised.value) is kind
    assert "s3cret" not in str(raised.value)


def test_an_endpoint_that_is_away_is_told() -> None:
    tokens = AccessTokens(OAuth("http://127.0.0.1:1/token", "desk"), patience=2)
    with pytest.raises(Unavailable, match=r"gives no access tokens: .*refused"):
        tokens.token()


@pytest.mark.parametrize("lives", ["soon", None, -5, float("inf"), "1e400"])
def test_a_strange_lifetime_is_an_hour(oauth_provider: Any, lives: Any) -> None:
    oauth_provider.answers = [(200, json.dumps({"access_token": "one", "expires_in": lives}).encode())]
    now = [0.0]
    tokens = AccessTokens(oauth_at(oauth_provider), clock=lambda: now[0])
    tokens.token()
    now[0] = 3000.0
    tokens.token()
    now[0] = 3600.0
    tokens.token()
    assert len(oauth_provider.asked) == 2


def test_sasl_says_what_the_standards_want() -> None:
    assert xoauth2("a@b.example", "T") == b"user=a@b.example\x01auth=Bearer T\x01\x01"
    assert oauthbearer("a=b,c@d.example", "T", "imap.example", 993) == (
        b"n,a=a=3Db=2Cc@d.example,\x01host=imap.example\x01port=993\x01auth=Bearer T\x01\x01"
    )
