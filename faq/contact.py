"""The page with the contact form, and what becomes of a question that was sent."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from faq.bodies import read_fields
from faq.form import LONGEST_SUBJECT, Typed, complaints, mail_address, mail_of, one_line, typed_from
from faq.frame import Frame
from faq.headers import from_elsewhere
from faq.paths import Paths, subject_parameter
from faq.visitors import sender_pseudonym
from storage.errors import Refused, Unavailable
from threads.model import Envelope, Source


async def contact(frame: Frame, request: Request, language: str) -> Response:
    """The form, and where it is sent to."""
    return await (send if request.method == "POST" else show)(frame, request, language)


async def show(frame: Frame, request: Request, language: str) -> Response:
    """The empty form, or with the subject that a link brought along."""
    subject = one_line(request.query_params.get(subject_parameter(language), "")[: 2 * LONGEST_SUBJECT])
    return _form(frame, language, Typed(subject=subject[:LONGEST_SUBJECT]))


async def send(frame: Frame, request: Request, language: str) -> Response:
    """Take a question: it enters by the same door as mail. Where it cannot, the visitor keeps what they typed."""
    if from_elsewhere(request.headers):
        raise HTTPException(status_code=403)
    limits = frame.policy.limits
    typed = typed_from(await read_fields(request, limits))
    wrong = complaints(typed, frame.policy.addresses, limits.longest_message)
    if wrong:
        return _form(frame, language, typed, wrong=wrong, status=422)
    now = frame.now()
    envelope = _envelope(frame, request, typed, now)
    keys = {"address": envelope.mail_from or "", "visitor": envelope.client, "everybody": ""}
    wait = frame.budget.take(now, **keys)
    if wait:
        headers = {"Retry-After": str(int(wait.total_seconds()) + 1)}
        return _form(frame, language, typed, notice="form_too_often", status=429, headers=headers)
    same = hashlib.sha256(repr((typed, envelope.client, language)).encode()).hexdigest()
    written_at, name = frame.sent.first(same, now, secrets.token_hex(16))
    call_me = str(frame.words(language).call_me)
    raw = mail_of(typed, mailbox=frame.policy.mailbox, language=language, now=written_at, name=name, call_me=call_me)
    return await _kept(frame, language, typed, envelope, raw, keys)


async def thanks(frame: Frame, request: Request, language: str) -> Response:  # noqa: ARG001 - each page takes the request
    """Says that a question has arrived."""
    return frame.page(language, "thanks", same=lambda paths: paths.thanks, headers={"X-Robots-Tag": "noindex"})


def _envelope(frame: Frame, request: Request, typed: Typed, now: datetime) -> Envelope:
    return Envelope(
        source=Source.FORM,
        mail_from=mail_address(typed.address),
        recipients=(frame.policy.mailbox,),
        received_at=now,
        client=sender_pseudonym(request, frame.policy.visitor),
    )


async def _kept(
    frame: Frame, language: str, typed: Typed, envelope: Envelope, raw: bytes, keys: Mapping[str, str]
) -> Response:
    """Keep it, and lead on to a page that can be loaded again without sending twice."""
    try:
        await frame.given.keep(envelope, raw)
    except Refused:
        return _form(frame, language, typed, notice="form_refused", status=422)
    except Unavailable:
        frame.budget.give_back(**keys)
        return _form(frame, language, typed, notice="form_unavailable", status=503, headers={"Retry-After": "120"})
    return RedirectResponse(Paths(language).thanks, status_code=303)


def _form(
    frame: Frame,
    language: str,
    typed: Typed,
    *,
    wrong: Mapping[str, str] | None = None,
    notice: str = "",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    texts = frame.words(language)
    filled = {"most": frame.policy.limits.longest_message, "mailbox": frame.policy.mailbox}
    said = {field: str(getattr(texts, name)).format(**filled) for field, name in (wrong or {}).items()}
    if said:
        notice = "mend"
    return frame.page(
        language,
        "contact",
        status=status,
        headers={"Cache-Control": "no-store", **(headers or {})},
        same=lambda paths: paths.contact(typed.subject),
        typed=typed,
        wrong=said,
        notice=str(getattr(texts, notice)).format(**filled) if notice else "",
    )
