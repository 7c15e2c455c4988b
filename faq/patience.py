"""How long what a visitor says may wait for its meaning: whatever asks the model spends from one budget."""

from __future__ import annotations

from anyio.from_thread import run_sync as in_loop
from starlette.requests import Request

from faq.frame import Frame
from faq.visitors import sender_pseudonym
from knowledge.query import typed
from knowledge.sentences import is_compared


def patience(frame: Frame, request: Request, query: str) -> float:
    """The seconds for a query: none for a single word, and none where too many were asked this hour.

    It is called in a thread: reading the words may have to wait for the dictionary, which nobody else may wait for.
    """
    return in_loop(_taken, frame, request) if is_compared(typed(query)) else 0.0


def _taken(frame: Frame, request: Request) -> float:
    visitor = sender_pseudonym(request, frame.policy.visitor)
    is_full = frame.budget.take(frame.now(), sentences=visitor, all_sentences="")
    return 0.0 if is_full else frame.policy.limits.meaning_within
