"""OAuth 2: a short-lived access token for a mail server, got with what the settings hold, and how it is shown by SASL.

A provider may hand out a new refresh token with each access token (RFC 6749, section 6): it is kept in the data
directory, since the one in the settings ends some day.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from storage.errors import Unavailable
from storage.private import private_folder, write_private

PATIENCE = 20.0
"""Seconds that the token endpoint has for each step."""
LARGEST_ANSWER = 256 * 1024
LIVES_AT_LEAST = 60.0
"""Seconds that a token must still live to be shown once more."""
USUAL_LIFE = 3600.0
"""Seconds that a token lives where the endpoint does not say (RFC 6749, section 5.1, recommends that it does)."""
LONGEST_LIFE = 7 * 86400.0
_SIGN_IN_AGAIN = ("invalid_grant", "interaction_required", "consent_required")


class NotLetIn(Unavailable):
    """The other side answers, and does not accept who we say we are."""


@dataclass(frozen=True, slots=True)
class OAuth:
    """How access tokens are got. Without a refresh token they are the program's own (client credentials)."""

    token_url: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    scope: str = ""

    @property
    def name(self) -> str:
        """Tells one such value from others, and tells nothing of its secrets."""
        said = "\0".join((self.token_url, self.client_id, self.refresh_token, self.scope))
        return hashlib.sha256(said.encode()).hexdigest()[:32]


class AccessTokens:
    """The access tokens of one `OAuth`, each used for as long as it lives. Threads may share it."""

    def __init__(
        self,
        oauth: OAuth,
        folder: Path | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        patience: float = PATIENCE,
    ) -> None:
        self.oauth = oauth
        self._folder = folder
        """Where refresh tokens that replace the one of the settings are kept."""
        self._clock, self._patience = clock, patience
        self._token, self._until = "", 0.0
        self._lock = threading.Lock()

    def token(self) -> str:
        """An access token that lives for a minute at least. Raises `NotLetIn` where none is given, else `Unavailable`."""
        with self._lock:
            if not self._token or self._clock() > self._until - LIVES_AT_LEAST:
                self._refresh()
            return self._token

    def forget(self) -> None:
        """Ask for a new one next time: the server did not accept this one."""
        with self._lock:
            self._token = ""

    def _refresh(self) -> None:
        asked_at = self._clock()
        answer = self._asked(self._form())
        token, lives = answer.get("access_token"), answer.get("expires_in", USUAL_LIFE)
        if not isinstance(token, str) or not _is_plain(token):
            raise Unavailable(f"{self.oauth.token_url} gave no access token; is it the token endpoint?")
        self._token, self._until = token, asked_at + _seconds(lives)
        newer = answer.get("refresh_token")
        if isinstance(newer, str) and newer and newer != self._refresh_token():
            self._keep(newer)

    def _form(self) -> dict[str, str]:
        oauth, refresh_token = self.oauth, self._refresh_token()
        form = {"client_id": oauth.client_id, "client_secret": oauth.client_secret, "scope": oauth.scope}
        if refresh_token:
            form |= {"grant_type": "refresh_token", "refresh_token": refresh_token}
        else:
            form["grant_type"] = "client_credentials"
        return {name: value for name, value in form.items() if value}

    def _asked(self, form: dict[str, str]) -> dict[str, Any]:
        """The endpoint's answer as an object."""
        try:
            status, body = _post(self.oauth.token_url, form, self._patience)
        except (OSError, ValueError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            raise Unavailable(f"{self.oauth.token_url} gives no access tokens: {_line(str(reason))}") from None
        answer = _object(body)
        if status == 200:
            return answer
        said = _line(f"{answer.get('error', '')} {answer.get('error_description', '')}") or f"HTTP {status}"
        if not 400 <= status < 500 or status in (408, 429):
            raise Unavailable(f"{self.oauth.token_url} gives no access tokens: {said}")
        mend = "sign in again, and set its refresh_token" if answer.get("error") in _SIGN_IN_AGAIN else _CHECK
        raise NotLetIn(f"{self.oauth.token_url} refuses an access token: {said}; {mend}")

    def _refresh_token(self) -> str:
        """The newest one that was handed out, else that of the settings."""
        if self._folder is None or not self.oauth.refresh_token:
            return self.oauth.refresh_token
        try:
            kept = (self._folder / self.oauth.name).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            kept = ""
        return kept or self.oauth.refresh_token

    def _keep(self, refresh_token: str) -> None:
        if self._folder is not None:
            write_private(private_folder(self._folder) / self.oauth.name, refresh_token.encode())


_CHECK = "is oauth client_id, client_secret and scope what the provider gave you?"


def xoauth2(user: str, token: str) -> bytes:
    """What SASL XOAUTH2 says first, before base64 (Google's and Microsoft's own mechanism)."""
    return f"user={user}\1auth=Bearer {token}\1\1".encode()


def oauthbearer(user: str, token: str, host: str = "", port: int = 0) -> bytes:
    """What SASL OAUTHBEARER says first, before base64 (RFC 7628, section 3.1)."""
    name = user.replace("=", "=3D").replace(",", "=2C")
    where = f"\1host={host}" if host else ""
    where += f"\1port={port}" if port else ""
    return f"n,a={name},{where}\1auth=Bearer {token}\1\1".encode()


def _post(url: str, form: dict[str, str], patience: float) -> tuple[int, bytes]:
    """Send a form; status and body of the answer, which is not followed elsewhere: it carries secrets."""
    data = urllib.parse.urlencode(form).encode()
    request = urllib.request.Request(url, data, {"Accept": "application/json"})  # noqa: S310 - the settings take https alone
    opener = urllib.request.build_opener(_NoRedirects)
    try:
        with opener.open(request, timeout=patience) as answer:
            return int(answer.status), answer.read(LARGEST_ANSWER)
    except urllib.error.HTTPError as error:
        with error:
            return int(error.code), error.read(LARGEST_ANSWER)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Follow nothing."""


def _object(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _is_plain(token: str) -> bool:
    """Whether a token is what RFC 6750 allows: nothing in it can end a line or a field."""
    return bool(token) and token.isascii() and token.isprintable() and " " not in token


def _seconds(lives: Any) -> float:
    try:
        seconds = float(lives)
    except (TypeError, ValueError):
        return USUAL_LIFE
    return seconds if 0 <= seconds <= LONGEST_LIFE else USUAL_LIFE


def _line(text: str) -> str:
    return " ".join(text.split())[:300]
