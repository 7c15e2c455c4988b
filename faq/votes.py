""" "War dieser Artikel hilfreich?": one vote a visitor, which may change, without a login."""

from __future__ import annotations

from anyio.to_thread import run_sync
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from faq.bodies import read_fields
from faq.frame import Frame
from faq.headers import from_elsewhere
from faq.noticing import note_help, note_no_help
from faq.paths import Paths
from faq.search import cleaned
from faq.visitors import sender_pseudonym, voter_pseudonym


async def vote(frame: Frame, request: Request, language: str) -> Response:
    """Note a vote, and lead back to the article, which then says thank you."""
    if from_elsewhere(request.headers):
        raise HTTPException(status_code=403)
    fields = await read_fields(request, frame.policy.limits)
    helpful = fields.get("helpful", "")
    if helpful not in ("yes", "no"):
        raise HTTPException(status_code=400)
    if frame.budget.take(frame.now(), votes=sender_pseudonym(request, frame.policy.visitor)):
        raise HTTPException(status_code=429, headers={"Retry-After": "3600"})
    article = request.path_params["article"]
    visitor = voter_pseudonym(request, frame.policy.visitor)
    if not await run_sync(frame.given.vote, article, visitor, helpful == "yes"):
        raise frame.absent()
    thanks = RedirectResponse(f"{Paths(language).article(article)}?vote={helpful}#vote", status_code=303)
    if helpful == "yes":
        note_help(frame, request, thanks, article, cleaned(fields.get("q", "")))
    else:
        note_no_help(frame, request, thanks, article)
    return thanks
