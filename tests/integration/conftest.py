"""What tests of several parts together share: the log, `brief` as it is called, and an OAuth provider."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import structlog
from click.testing import CliRunner, Result

from cli import brief


@pytest.fixture(autouse=True)
def log() -> Iterator[list[Any]]:
    """What is logged, kept from the terminal."""
    with structlog.testing.capture_logs() as said:
        yield said


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs `brief` as a script does, on a data directory of its own, with an agent."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BRIEF_DATABASE__URL", database_url)

    def call(*arguments: str, given: str | bytes | None = None) -> Result:
        return CliRunner().invoke(brief, ["--data", str(tmp_path / "data"), "--as", "ben", *arguments], input=given)

    call("agent", "add", "ben")
    return call


@dataclass
class OAuthProvider:
    """A real server on this machine that gives out access tokens, and tells a mail server whose each is."""

    answers: list[tuple[int, Any]] = field(default_factory=list)
    """What it answers in turn who asks for a token, the last one for ever; none of them gives token-1, token-2 ..."""
    asked: list[dict[str, str]] = field(default_factory=list)
    """What it was asked for tokens."""
    user: str = ""
    """Whose its tokens are."""
    url: str = ""

    @property
    def token_url(self) -> str:
        """Where tokens are given out."""
        return f"{self.url}/token"

    def give(self, form: dict[str, str]) -> tuple[int, Any]:
        """The status and the value for who asks for a token."""
        self.asked.append(form)
        if self.answers:
            return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return 200, {"access_token": f"token-{len(self.asked)}", "expires_in": 3600}

    def tell(self, token: str) -> tuple[int, Any]:
        """The status and the value for who asks whose a token is."""
        if token in {f"token-{number}" for number, _ in enumerate(self.asked, 1)}:
            return 200, {"username": self.user, "active": True}
        return 401, {"error": "invalid_token"}

    def start(self) -> None:
        """Answer on a free port."""
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self._answer(*provider.give({name: values[0] for name, values in form.items()}))

            def do_GET(self) -> None:
                self._answer(*provider.tell(parse_qs(urlsplit(self.path).query).get("access_token", [""])[0]))

            def _answer(self, status: int, value: Any) -> None:
                body = value if isinstance(value, bytes) else json.dumps(value).encode()
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", f"{provider.url}/elsewhere")
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        waking = {"poll_interval": 0.01}
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs=waking, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Be away. May be called twice."""
        self._server.shutdown()
        self._thread.join(10)
        self._server.server_close()


@pytest.fixture
def oauth_provider() -> Iterator[OAuthProvider]:
    """Gives out access tokens, or what it is told to answer instead."""
    provider = OAuthProvider()
    provider.start()
    yield provider
    provider.stop()
