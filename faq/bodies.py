"""The body of a post, read within bounds of size and time."""

from __future__ import annotations

from urllib.parse import parse_qsl

import anyio
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from faq.policy import FormLimits

FIELDS = 30
SWALLOWED = 64 * 1024 * 1024
"""A body that is too large is read on for so many bytes, so that the visitor gets to see the answer."""


async def read_fields(request: Request, limits: FormLimits) -> dict[str, str]:
    """The fields of a form; of two with one name the first. Raises `HTTPException` with 400, 408, 413 or 415."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(status_code=415)
    try:
        body = await _read(request, limits)
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=FIELDS)
    except (ValueError, ClientDisconnect):
        raise HTTPException(status_code=400) from None
    return dict(reversed(pairs))


async def _read(request: Request, limits: FormLimits) -> bytes:
    body, size = bytearray(), 0
    with anyio.move_on_after(limits.body_within) as within:
        async for chunk in request.stream():
            size += len(chunk)
            if size <= limits.largest_body:
                body += chunk
            elif size > SWALLOWED:
                break
    if size > limits.largest_body:
        raise HTTPException(status_code=413, headers={"Connection": "close"})
    if within.cancelled_caught:
        raise HTTPException(status_code=408, headers={"Connection": "close"})
    return bytes(body)
