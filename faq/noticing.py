"""What visitors search for and where it leads them, noted behind the answer: nobody waits for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from faq.frame import Frame
from faq.given import Memory
from faq.patience import patience
from faq.visitors import sender_pseudonym
from knowledge.plain_words import UNFINISHED


def note_search(frame: Frame, request: Request, response: Response, query: str, language: str, *, found: bool) -> None:
    """Note that somebody searched, once the page was sent."""
    if frame.given.memory is not None:
        _note(
            frame,
            request,
            response,
            f"search {language} {query}",
            partial(frame.given.memory.searched, query, language, found=found),
        )


def note_click(frame: Frame, request: Request, response: Response, query: str, language: str) -> None:
    """Note that what somebody searched for led them to this page, once it was sent."""
    if frame.given.memory is not None and query:
        _note(
            frame, request, response, f"click {language} {query}", partial(frame.given.memory.clicked, query, language)
        )


def note_help(frame: Frame, request: Request, response: Response, article_id: str, query: str) -> None:
    """Note that what somebody searched for led them to an article that helped, once they were thanked."""
    if frame.given.memory is not None and query:
        response.background = BackgroundTask(_helped, frame.given.memory, frame, request, article_id, query)


def note_no_help(frame: Frame, request: Request, response: Response, article_id: str) -> None:
    """Note that an article did not help somebody: what they taught it before is taken back, once they were thanked."""
    if frame.given.memory is not None:
        visitor = sender_pseudonym(request, frame.policy.visitor)
        response.background = BackgroundTask(frame.given.memory.unhelped, article_id, visitor)


def _helped(memory: Memory, frame: Frame, request: Request, article_id: str, query: str) -> None:
    visitor = sender_pseudonym(request, frame.policy.visitor)
    seconds = patience(frame, request, query.removesuffix(UNFINISHED))
    memory.helped(article_id, query, visitor, seconds)


def _note(frame: Frame, request: Request, response: Response, what: str, note: Callable[[str], object]) -> None:
    """Note it, unless this visitor did the same today, or one or all did so much that nobody does it by hand."""
    visitor = sender_pseudonym(request, frame.policy.visitor)
    once = frame.policy.visitor(f"{visitor} {what}")
    if not frame.budget.take(frame.now(), searches=visitor, all_searches="", same_search=once):
        response.background = BackgroundTask(note, visitor)
