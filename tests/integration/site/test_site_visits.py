"""Visitors who ask nothing, ask for ever, or come in crowds, against a real server."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route

import service.visits as visits
from service.ports import open_socket

ASK = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


PIECES, PIECE = 400, bytes(64 * 1024)
"""More than what the kernel keeps for one connection."""


async def _large(_request: Any) -> StreamingResponse:
    return StreamingResponse(PIECE for _ in range(PIECES))


async def _hello(_request: Any) -> PlainTextResponse:
    return PlainTextResponse("hello")


@asynccontextmanager
async def _served() -> AsyncIterator[tuple[str, int]]:
    app = Starlette(routes=[Route("/", _hello), Route("/large", _large)])
    config = uvicorn.Config(app, log_config=None, lifespan="off", loop="none", http=visits.Visit)
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    bound = open_socket("127.0.0.1:0", "here", may_move=False)
    await server.startup(sockets=[bound])
    yield bound.getsockname()
    await server.shutdown(sockets=[bound])


@asynccontextmanager
async def _visitor(address: tuple[str, int]) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(*address)
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def _answer(reader: asyncio.StreamReader) -> bytes:
    """What comes; nothing where the server has hung up."""
    async with asyncio.timeout(20):
        try:
            return await reader.read(1000)
        except ConnectionError:
            return b""


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\nHost: loc"])
async def test_who_never_ends_a_request_is_cut_off(said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "WITHIN", 0.2)
    async with _served() as address, _visitor(address) as (reader, writer):
        writer.write(said)
        assert await _answer(reader) == b""


async def test_one_visitor_may_ask_again_and_again() -> None:
    async with _served() as address, _visitor(address) as (reader, writer):
        for _ in range(3):
            writer.write(ASK)
            assert b"hello" in await _answer(reader)


async def test_one_visitor_too_many_is_turned_away_and_the_others_are_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "MOST", 2)
    async with _served() as address, _visitor(address) as (reader, writer), _visitor(address) as (other, asking):
        for waiting, each in ((reader, writer), (other, asking)):
            each.write(ASK)
            assert b"hello" in await _answer(waiting)
        async with _visitor(address) as (late, asks):
            asks.write(ASK)
            assert await _answer(late) == b""
        writer.write(ASK)
        assert b"hello" in await _answer(reader)


@pytest.mark.parametrize(("longest", "renewed"), [(3600.0, True), (0.0, False)])
async def test_who_takes_a_large_answer_has_their_time_anew_but_not_for_ever(
    longest: float, renewed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visits, "LONGEST", longest)
    counted, anew = list[visits.Visit](), list[bool]()
    resume, count = visits.Visit.resume_writing, visits.Visit._count_anew

    def resuming(visit: visits.Visit) -> None:
        before = len(counted)
        resume(visit)
        anew.append(len(counted) > before)

    def counting(visit: visits.Visit) -> None:
        counted.append(visit)
        count(visit)

    monkeypatch.setattr(visits.Visit, "resume_writing", resuming)
    monkeypatch.setattr(visits.Visit, "_count_anew", counting)
    async with _served() as address, _visitor(address) as (reader, writer), asyncio.timeout(60):
        pause = asyncio.Event()
        monkeypatch.setattr(visits.Visit, "pause_writing", _telling(pause))
        writer.write(ASK.replace(b"GET /", b"GET /large"))
        await pause.wait()
        while not anew:  # what is read makes room, and nothing else does
            assert await reader.read(1 << 20)
    assert anew[0] is renewed


def _telling(paused: asyncio.Event) -> Callable[[visits.Visit], None]:
    pause = visits.Visit.pause_writing

    def pausing(visit: visits.Visit) -> None:
        paused.set()
        pause(visit)

    return pausing
