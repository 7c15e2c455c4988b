"""What those who run the desk ask the site for: whether all is well, and its metrics."""

from __future__ import annotations

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from faq.frame import Frame
from faq.given import Wellness

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


async def health(frame: Frame, request: Request) -> Response:  # noqa: ARG001 - each page takes the request
    """How well the desk is, then a line on each thing that was looked at; 503 where it cannot do its work."""
    how, lines = await run_sync(frame.given.health)
    status = 503 if how is Wellness.FAILING else 200
    return PlainTextResponse("\n".join((how, *lines)) + "\n", status, headers={"Cache-Control": "no-store"})


async def metrics(frame: Frame, request: Request) -> Response:  # noqa: ARG001 - each page takes the request
    """The metrics in Prometheus' text format."""
    data = await run_sync(frame.given.metrics)
    return Response(data, media_type=METRICS_TYPE, headers={"Cache-Control": "no-store"})
