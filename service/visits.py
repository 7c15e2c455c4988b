"""The connections of visitors: how many there may be, and how long one may take for its request."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

MOST = 400
"""Open connections; a further one is closed at once, so that mail still finds a file to be kept in."""
WITHIN = 60.0
"""Seconds from the opening of a connection, from an answer, or from a piece of a large one, to the end of the next."""
LONGEST = 3600.0
"""Seconds that one answer may take, however steadily it is taken: all mails of a customer over a slow line."""


class Visit(H11Protocol):
    """uvicorn's connection, with an end for who asks nothing, or asks for ever."""

    _end: asyncio.TimerHandle | None = None
    _since: float = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to count the time, or turn away who is one too many."""
        super().connection_made(transport)
        if len(self.connections) > MOST:
            transport.abort()
        else:
            self._begin()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop counting."""
        if self._end is not None:
            self._end.cancel()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """The next request has its own time."""
        self._begin()
        super().on_response_complete()

    def resume_writing(self) -> None:
        """So has each piece of a large answer."""
        super().resume_writing()
        if self.loop.time() < self._since + LONGEST:
            self._count_anew()

    def _begin(self) -> None:
        self._since = self.loop.time()
        self._count_anew()

    def _count_anew(self) -> None:
        if self._end is not None:
            self._end.cancel()
        self._end = self.loop.call_later(WITHIN, self.transport.abort)
