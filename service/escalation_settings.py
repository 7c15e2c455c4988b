"""[escalation], [[escalation.ladder]] and [[oncall]]: who is told as the time for an answer runs out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, model_validator

from service.setting_types import Duration, MailAddress, PriorityName, Section, https_url, mail_address
from threads.escalation.ladder import AGENT, AGENTS, ASSIGNEE, DEPARTMENT, MAIL, ON_CALL

HOUR = timedelta(hours=1)
_WORDS = (ASSIGNEE, DEPARTMENT, ON_CALL, AGENTS)


def share(value: Any) -> str:
    """A share of the time, as in "75%"; above 100 % the time is over by then."""
    text = str(value).replace(" ", "")
    number = text.removesuffix("%")
    if not text.endswith("%") or not number.isascii() or not number.isdigit() or int(number) > 1000:
        raise ValueError('a share of the time is meant, as in "75%", and 1000% at most')
    return text


def somebody(value: Any) -> str:
    """Somebody who is told: a word, an agent or a mail address."""
    text = str(value).strip()
    if text.startswith(MAIL):
        return MAIL + mail_address(text.removeprefix(MAIL))
    if text in _WORDS or (text.startswith(AGENT) and len(text) > len(AGENT)):
        return text.lower()
    raise ValueError('"assignee", "department", "oncall", "agents", "agent:ID" or "mail:ADDRESS" is meant')


def wall_time(value: Any) -> datetime:
    """A moment as the clock on the wall shows it, as text or as TOML writes it."""
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None:
        raise ValueError('a day and a time of that zone is meant, as in "2026-11-23T09:00"')
    return found


def turn(value: Any) -> timedelta:
    """How long somebody is on call: whole hours, days or weeks."""
    text = str(value).strip().lower().replace(" ", "")
    units = {"h": HOUR, "d": timedelta(days=1), "w": timedelta(weeks=1)}
    number = text[:-1]
    if text[-1:] not in units or not number.isascii() or not number.isdigit() or not 0 < int(number) < 1000:
        raise ValueError('a time is meant, as in "1w", "1d" or "12h"')
    return int(number) * units[text[-1]]


def webhook_url(value: Any) -> str:
    """https://; http:// to this machine itself alone."""
    if value == "":
        return ""
    url = https_url(value)
    if urlsplit(url).username or urlsplit(url).password:
        raise ValueError("no password may stand in it: what is sent is signed with [escalation] webhook_secret")
    return url


Share = Annotated[str, BeforeValidator(share)]
Somebody = Annotated[str, BeforeValidator(somebody)]
WallTime = Annotated[datetime, BeforeValidator(wall_time)]
Turn = Annotated[timedelta, BeforeValidator(turn)]
WebhookUrl = Annotated[str, BeforeValidator(webhook_url)]


class StepSettings(Section):
    """[[escalation.ladder.step]]: what is done at one moment."""

    at: Share | Literal[""] = ""
    """A share of the time that is allowed; this or `after`."""
    after: Duration | None = None
    """So much working time after its beginning."""
    tell: tuple[Somebody, ...] = ()
    raises: PriorityName | Literal[""] = ""
    """The priority that it is raised to."""
    webhook: WebhookUrl = ""
    command: tuple[str, ...] = ()
    """A program and its arguments; no shell."""

    @model_validator(mode="after")
    def _has_one_moment(self) -> Self:
        if bool(self.at) == (self.after is not None):
            raise ValueError('say when: at = "75%" of the time, or after = "30 min", one of them')
        return self


class LadderSettings(Section):
    """[[escalation.ladder]]: steps, and what they are for; the first ladder that fits is climbed, then those built in."""

    name: str = Field(min_length=1, max_length=60)
    kind: tuple[Literal["first", "next", "solution"], ...] = Field(default=("first", "next"), min_length=1)
    """Of what is owed: a first answer, a further one, a solution."""
    priority: tuple[PriorityName, ...] = ()
    mailbox: tuple[MailAddress, ...] = ()
    department: tuple[str, ...] = ()
    sla: tuple[str, ...] = ()
    """Names of [[sla]] policies."""
    step: tuple[StepSettings, ...] = ()


class EscalationSettings(Section):
    """[escalation]: how people are told."""

    tell_customer: bool = False
    """Whether a customer hears, with the first step, by when somebody answers."""
    webhook_secret: str = Field(default="", repr=False)
    """What webhooks are signed with."""
    webhook_private: bool = False
    """Whether webhooks may lead into private networks and to this machine."""
    ladder: tuple[LadderSettings, ...] = ()


class ShiftSettings(Section):
    """[[oncall.shift]]: a single time that goes before the rotation."""

    agent: str
    """"" says that nobody is on call."""
    since: WallTime
    until: WallTime


class OncallSettings(Section):
    """[[oncall]]: people who take turns to be on call."""

    name: str = Field(default="on call", min_length=1, max_length=60)
    department: tuple[str, ...] = ()
    """Whom it is for; without one all departments that have none of their own."""
    zone: str = ""
    """Without one that of [hours]."""
    order: tuple[str, ...] = ()
    start: WallTime | None = None
    every: Turn = timedelta(weeks=1)
    until: WallTime | None = None
    shift: tuple[ShiftSettings, ...] = ()
