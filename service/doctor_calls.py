"""Whether what ladders call, webhooks and commands, can be called, and was."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Select, TextClause, func, select, text
from sqlalchemy.orm import Session

from service.check import LATELY, TOO_LONG, Check, State
from service.escalation_settings import StepSettings
from service.setting_errors import place_of
from service.settings import Settings
from service.webhook import is_public
from storage.database import Database
from storage.tables import CallRow, ConversationRow, StepRow, TargetRow
from templates.amounts import counted


def uncallable(settings: Settings) -> Iterator[str]:
    """What ladders call and will never be reached as things stand, a line each: programs that are not there, private networks."""
    for number, ladder in enumerate(settings.escalation.ladder):
        wrong = (said for step in ladder.step for said in _wrong(step, private=settings.escalation.webhook_private))
        for said in dict.fromkeys(wrong):
            where = place_of(settings.file, "escalation", "ladder", number, "name")
            yield f'{where}: [[escalation.ladder]] "{ladder.name}": {said}'


def _wrong(step: StepSettings, *, private: bool) -> Iterator[str]:
    if step.command and shutil.which(step.command[0]) is None:
        yield f"{_missing(step.command[0])}, so it cannot be called"
    host = urlsplit(step.webhook).hostname or ""
    if host and not private and _is_private(host):
        yield f"{host} lies in a private network and is not called: [escalation] webhook_private = true allows that"


def _missing(program: str) -> str:
    """Why the system would not start a program."""
    if os.sep not in program:
        return f"there is no program {program} on the PATH of this user"
    return f"{program} is no program that this user may run" if Path(program).exists() else f"there is no {program}"


def _is_private(host: str) -> bool:
    """Whether a host says by itself that it is none of the world; a name is looked up when it is called."""
    try:
        return not is_public(host)
    except ValueError:  # a name
        return host == "localhost"


def calls_checks(database: Database, now: datetime, *, named: bool) -> Iterator[Check]:
    """What came to nothing or is late; no check at all where nothing is: most desks call nobody.

    A handle tells of a customer: it is `named` for the one who asks on this machine, not where strangers may read.
    """
    with database.reading() as session:
        said = "; ".join([*_given_up(session, now, named=named), *_late(session, now, named=named)])
    if said:
        yield Check("calls out", State.WARNING, said)


def _given_up(session: Session, now: datetime, *, named: bool) -> Iterator[str]:
    wanted = text("call.state = 'given up'"), CallRow.created_at >= now - LATELY
    if number := _number(session, *wanted):
        said = counted(number, "webhook or command of a ladder was", "webhooks and commands of ladders were")
        yield f"{said} given up in the last {LATELY.days} days{_newest(session, *wanted) if named else ''}"


def _late(session: Session, now: datetime, *, named: bool) -> Iterator[str]:
    wanted = text("call.state IN ('waiting', 'leased')"), CallRow.created_at < now - TOO_LONG
    if number := _number(session, *wanted):
        said = counted(number, "webhook or command of a ladder waits", "webhooks and commands of ladders wait")
        yield f"{said} for too long{_newest(session, *wanted) if named else ''}"


def _number(session: Session, *wanted: ColumnElement[bool] | TextClause) -> int:
    return session.scalar(select(func.count()).select_from(CallRow).where(*wanted)) or 0


def _newest(session: Session, *wanted: ColumnElement[bool] | TextClause) -> str:
    """Where to read why the newest of them came to nothing."""
    found = session.execute(_CALLED.where(*wanted)).first()
    return f'; the newest is the {found.kind} of "{found.step}": `brief show {found.handle}`' if found else ""


_CALLED: Select[str, str, str] = (
    select(CallRow.kind, CallRow.step, ConversationRow.handle)
    .join(StepRow, StepRow.id == CallRow.step_id)
    .join(TargetRow, TargetRow.id == StepRow.target_id)
    .join(ConversationRow, ConversationRow.id == TargetRow.conversation_id)
    .order_by(CallRow.created_at.desc(), CallRow.id.desc())
    .limit(1)
)
