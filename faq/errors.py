"""The pages for what went wrong, in the house style."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from faq.frame import Frame
from faq.visitors import language_for
from storage.errors import Unavailable

TEXTS = {
    400: "bad",
    403: "forbidden",
    404: "gone",
    405: "method",
    408: "late",
    413: "large",
    415: "bad",
    429: "often",
    500: "broken",
    503: "away",
}
Handler = Callable[[Request, Exception], Awaitable[Response]]


def handlers(frame: Frame) -> dict[Any, Handler]:
    """What is answered for each kind of error. An unknown one is shown as such, and goes on to the log."""

    async def http(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        headers = error.headers if isinstance(error, HTTPException) else None
        return error_page(frame, request, status, headers)

    async def unavailable(request: Request, error: Exception) -> Response:  # noqa: ARG001 - starlette's signature
        return error_page(frame, request, 503, {"Retry-After": "60"})

    async def broken(request: Request, error: Exception) -> Response:  # noqa: ARG001 - starlette's signature
        return error_page(frame, request, 500)

    return {HTTPException: http, Unavailable: unavailable, Exception: broken}


def error_page(frame: Frame, request: Request, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """One page for one status; JSON where a script asked."""
    language = _language(frame, request)
    texts, name = frame.words(language), TEXTS.get(status, "bad")
    said = str(getattr(texts, name)).format(mailbox=frame.policy.mailbox)
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": said}, status_code=status, headers=dict(headers or {}))
    title = str(getattr(texts, f"{name}_title"))
    return frame.page(language, "error", status=status, headers=headers, title=title, said=said, code=status)


def _language(frame: Frame, request: Request) -> str:
    first = request.url.path.split("/", 2)[1]
    if first in frame.policy.languages:
        return first
    return language_for(request.headers.get("accept-language", ""), frame.policy.languages, frame.policy.language)
