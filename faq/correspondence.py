"""A customer's correspondence: they ask for the link, and read, page by page, what they and the desk wrote to each other.

Whoever asks gets one answer, at once, whether anybody knows the address: it is looked up after that, at a moment which
nobody can tell, so that no request right behind it finds the desk at work. What a link shows goes into no cache, no search
engine and no Referer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from random import SystemRandom
from urllib.parse import quote

from anyio import sleep
from anyio.to_thread import run_sync
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from faq.bodies import read_fields
from faq.form import TRAP, about_address, mail_address, one_line
from faq.frame import Frame
from faq.given import Correspondence
from faq.headers import from_elsewhere
from faq.paths import PAGE_PARAMETER, Paths
from faq.visitors import sender_pseudonym
from templates.amounts import size
from threads.outgoing.wording import day_and_time
from threads.people.correspondence import Closed

UNSEEN = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}
"""Headers of what a link shows."""
HARMLESS = {**UNSEEN, "Content-Security-Policy": "default-src 'none'; sandbox", "X-Content-Type-Options": "nosniff"}
"""Those of what is to be saved, whatever it holds."""
ARCHIVE = "application/mbox"
PIECE = 64 * 1024
_STATUS = {Closed.UNKNOWN: 403, Closed.OVER: 410}


async def ask(frame: Frame, request: Request, language: str) -> Response:
    """The page on which a customer asks for the link, and where it is sent to."""
    correspondence = _given(frame)
    if request.method != "POST":
        return _form(frame, language)
    if from_elsewhere(request.headers):
        raise HTTPException(status_code=403)
    fields = await read_fields(request, frame.policy.limits)
    typed, trap = one_line(fields.get("address", "")), one_line(fields.get(TRAP, ""))
    wrong = "trap_filled" if trap else about_address(typed, frame.policy.addresses)
    if wrong:
        return _form(frame, language, typed, {TRAP if trap else "address": wrong}, status=422)
    address = mail_address(typed) or ""
    visitor = sender_pseudonym(request, frame.policy.visitor)
    wait = frame.budget.take(frame.now(), link_address=address, link_visitor=visitor, links="")
    if wait:
        headers = {"Retry-After": str(int(wait.total_seconds()) + 1)}
        return _form(frame, language, typed, notice="ask_often", status=429, headers=headers)
    afterwards = BackgroundTask(_look_up, correspondence, address, language, frame.policy.limits.looked_up_within)
    return RedirectResponse(Paths(language).correspondence_sent, status_code=303, background=afterwards)


async def _look_up(correspondence: Correspondence, address: str, language: str, within: float) -> None:
    await sleep(SystemRandom().uniform(0, within))
    await run_sync(correspondence.ask, address, language)


async def asked(frame: Frame, request: Request, language: str) -> Response:  # noqa: ARG001 - each page takes the request
    """Says the same whether the address is known or not."""
    _given(frame)
    return frame.page(
        language, "asked", same=lambda paths: paths.correspondence_sent, headers={"X-Robots-Tag": "noindex"}
    )


async def read(frame: Frame, request: Request, language: str) -> Response:
    """A page of what a link shows."""
    token, wanted = request.path_params["token"], request.query_params.get(PAGE_PARAMETER, "")
    page = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 6 else 1
    view = await run_sync(_given(frame).view, token, page)
    if isinstance(view, Closed):
        return _closed(frame, language, view)
    return frame.page(
        language,
        "correspondence",
        headers=UNSEEN,
        same=lambda paths: paths.correspondence_of(token, view.page),
        view=view,
        token=token,
        moment=partial(day_and_time, language=language),
        size=partial(_size, language=language),
    )


async def file(frame: Frame, request: Request, language: str) -> Response:
    """A file that was attached to a letter: to be saved, never shown."""
    found = await run_sync(_given(frame).file, request.path_params["token"])
    if isinstance(found, Closed):
        return _closed(frame, language, found)
    name, data = found
    headers = {**HARMLESS, **_saved_as(name), "Content-Length": str(len(data))}
    return StreamingResponse(_pieces([data]), media_type="application/octet-stream", headers=headers)


async def archive(frame: Frame, request: Request, language: str) -> Response:
    """The whole correspondence as an mbox."""
    mails = await run_sync(_given(frame).archive, request.path_params["token"])
    if isinstance(mails, Closed):
        return _closed(frame, language, mails)
    headers = {**HARMLESS, **_saved_as(frame.words(language).archive_name)}
    return StreamingResponse(_pieces(mails), media_type=ARCHIVE, headers=headers)


def _given(frame: Frame) -> Correspondence:
    if frame.given.correspondence is None:
        raise frame.absent()
    return frame.given.correspondence


def _pieces(data: Iterable[bytes]) -> Iterator[bytes]:
    """What is to be sent, in pieces: who takes one shows that they are there."""
    for each in data:
        yield from (each[start : start + PIECE] for start in range(0, len(each), PIECE))


def _saved_as(name: str) -> dict[str, str]:
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}


def _size(octets: int, language: str) -> str:
    said = size(octets)
    return said.replace(".", ",").replace("bytes", "Byte").replace("byte", "Byte") if language == "de" else said


def _closed(frame: Frame, language: str, why: Closed) -> Response:
    """One page for a link that shows nothing, whatever the reason."""
    return frame.page(language, "over", status=_STATUS[why], headers=UNSEEN)


def _form(
    frame: Frame,
    language: str,
    typed: str = "",
    wrong: Mapping[str, str] | None = None,
    *,
    notice: str = "",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    texts = frame.words(language)
    said = {field: str(getattr(texts, name)) for field, name in (wrong or {}).items()}
    return frame.page(
        language,
        "ask",
        status=status,
        headers={"Cache-Control": "no-store", **(headers or {})},
        same=lambda paths: paths.correspondence,
        typed=typed,
        wrong=said,
        notice=str(getattr(texts, notice)).format(mailbox=frame.policy.mailbox) if notice else "",
    )
