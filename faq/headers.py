"""The headers of every answer, and the check that a post comes from our own pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # "no-referrer" would make browsers send `Origin: null` with our own forms
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
ANY_HOST = ("/healthz", "/metrics")
"""Asked for by address, not by name."""


class Guarded:
    """An app whose every answer carries the headers, also where it breaks, and which knows its own name."""

    def __init__(self, app: ASGIApp, hosts: Sequence[str]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)  # a page may be stricter
                headers.setdefault("Cache-Control", "no-cache")
            await send(message)

        host = Headers(scope=scope).get("host")
        if host is None or is_ours(host, self._hosts) or scope["path"] in ANY_HOST:
            await self._app(scope, receive, guarded)
        else:
            unknown = PlainTextResponse("There is no such website here.\n", status_code=421)
            await unknown(scope, receive, guarded)


def from_elsewhere(headers: Mapping[str, str]) -> bool:
    """Whether a post was made by a page of another site (CSRF): by Sec-Fetch-Site, else by Origin.

    A program that sends neither is no browser, and nobody's browser can be misled into being it.
    """
    site = headers.get("sec-fetch-site", "")
    if site:
        return site not in ("same-origin", "none")
    origin = headers.get("origin", "")
    if not origin:
        return False
    try:
        return urlsplit(origin).netloc.lower() != headers.get("host", "").lower()
    except ValueError:
        return True


def is_ours(host: str, hosts: Sequence[str]) -> bool:
    """Whether a Host header names this site: one of `hosts` where they are set, and nothing but a name and a port.

    An address is always ours: no foreign page can make a browser believe that it is its own (DNS rebinding takes a name).
    """
    name, _, port = host.rpartition(":") if ":" in host.rpartition("]")[2] else (host, "", "")
    plain = bool(name) and all(letter.isalnum() or letter in ".-_[]:" for letter in name)
    if not plain or not host.isascii() or (port and not port.isdigit()):
        return False
    return not hosts or _is_address(name) or name.lower() in (known.lower() for known in hosts)


def _is_address(name: str) -> bool:
    try:
        ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True
