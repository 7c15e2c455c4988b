"""What those who run the desk ask the site for: whether all is well, and its metrics."""

from __future__ import annotations

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from faq.frame import Frame

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


async def health(frame: Frame, request: Request) -> Response:  # noqa: ARG001 - each page takes the request
    """200 where all is well, else 503; a line on each thing that was looked at."""
    well, lines = await run_sync(frame.given.health)
    text = "\n".join(("ok" if well else "not well", *lines)) + "\n"
    return PlainTextResponse(text, status_code=200 if well else 503, headers={"Cache-Control": "no-store"})


async def metrics(frame: Frame, request: Request) -> Response:  # noqa: ARG001 - each page takes the request
    """The metrics in Prometheus' text format."""
    data = await run_sync(frame.given.metrics)
    return Response(data, media_type=METRICS_TYPE, headers={"Cache-Control": "no-store"})
