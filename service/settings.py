"""The settings: TOML and environment, read once into one frozen value.

Every setting is also an environment variable `BRIEF_SECTION__NAME`, which wins over the file unless it is empty: one that
a container was given without a value must not put an empty SQLite in the place of a PostgreSQL.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, PrivateAttr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from service.department_settings import DepartmentSettings, wrong_departments
from service.door_settings import LmtpSettings, SmtpSettings
from service.escalation_settings import EscalationSettings, OncallSettings
from service.hours_settings import CalendarSettings, HoursSettings
from service.imap_settings import ImapSettings, wrong_accounts
from service.mail_settings import (
    BouncesSettings,
    DkimSettings,
    FormsSettings,
    LettersSettings,
    LimitsSettings,
    RelaySettings,
)
from service.origin_settings import ChecksSettings, ClamdSettings, RspamdSettings
from service.rule_settings import RuleSettings, RulesSettings, wrong_rules
from service.setting_errors import explained, explained_toml, explained_variables, place_of, unknown_variables
from service.setting_types import (
    DatabaseUrl,
    Duration,
    Language,
    Listen,
    MailAddress,
    PriorityName,
    Section,
    SomeTime,
    WebUrl,
)
from service.sla_settings import SlaSettings, wrong_policies
from storage.errors import WrongUse
from storage.reasons import in_words

if TYPE_CHECKING:
    from threads.policy import Policy

DEFAULT_FILE = Path("brief.toml")
DEFAULT_DATA = Path("var")


class MailboxSettings(Section):
    """[[mailbox]]: an address that the desk answers for."""

    address: MailAddress
    name: str = ""
    language: Language = "de"
    tone: Literal["du", "Sie"] = "Sie"
    signature: str = ""
    department: str = ""
    calendar: str = ""
    """The [[calendar]] by which its clocks run, or "24/7"; without one [hours]."""
    audience: str = ""
    acknowledge: bool = True
    detail: bool = True
    """Whether mail to support+anything@ reaches this mailbox, too: without that our mail carries no such address."""
    relay: RelaySettings | None = None
    """[mailbox.relay]: a relay of its own."""


class FooterLink(Section):
    """[[web.footer]]: a link under every page, such as the imprint."""

    label: str
    url: WebUrl


class WebSettings(Section):
    """[web]: the website."""

    listen: Listen = "127.0.0.1:8080"
    url: WebUrl | Literal[""] = ""
    """How the world reaches it; links in mails begin with it."""
    title: str = ""
    languages: tuple[Language, ...] = Field(default=("de", "en"), min_length=1)
    mailbox: MailAddress | Literal[""] = ""
    """Where the contact form goes; without it the first mailbox."""
    correspondence: bool = True
    """Whether customers may have a link to all that they and the desk wrote to each other mailed to them; wants a url."""
    correspondence_for: Duration = Field(default=timedelta(days=7), gt=timedelta(), le=timedelta(days=90))
    """How long such a link works."""
    footer: tuple[FooterLink, ...] = ()


class FaqSettings(Section):
    """[faq]: how articles are found."""

    semantic: Literal["auto", "off"] = "auto"
    """Whether mails are compared with articles by their meaning, too, where the extra `semantic` is installed."""
    open_thesaurus: Literal["auto", "off"] = "auto"
    """Whether a search goes by the words of OpenThesaurus, too, where Debian's `mythes-de` is installed."""
    without_suggestion: float = Field(default=0.0, ge=0.0, le=0.5)
    """The share of conversations whose acknowledgement quotes no answer, so that it can be told what answers bring."""


class DatabaseSettings(Section):
    """[database]: where everything is kept. Without a url: SQLite in DATA."""

    url: DatabaseUrl = Field(default="", repr=False)


class ReplySettings(Section):
    """[reply]: answers of agents."""

    undo_for: Duration = timedelta(seconds=10)
    addresses: bool = True
    """Whether answers carry a reply address of their own, support+<token>@."""


class AcknowledgeSettings(Section):
    """[acknowledge]: what goes out by itself, and how often at most."""

    enabled: bool = True
    once_in: Duration = timedelta(hours=1)
    """At most one to the same address in this time."""
    address_a_day: int = Field(default=5, ge=0)
    domain_an_hour: int = Field(default=60, ge=0)
    """Where the domain is no mail provider's: its customers have nothing else in common."""
    an_hour: int = Field(default=600, ge=0)
    strangers: bool = False
    """Whether somebody whose mail is held hears that it has arrived, once a day and nothing else."""
    charges: bool = True
    """Whether who declares an emergency that is none, or has no right to, is asked whether it may be charged."""


class ThreadsSettings(Section):
    """[threads]: which conversation a mail belongs to."""

    continue_after: Duration = timedelta(0)
    """How long one has to be closed for a reply to open a new one that is linked to it; 0 is never."""


class AnswerSettings(Section):
    """[answer]: the working time after which a first answer is due."""

    critical: SomeTime = timedelta(hours=1)
    high: SomeTime = timedelta(hours=4)
    normal: SomeTime = timedelta(hours=8)
    low: SomeTime = timedelta(hours=16)
    round_the_clock: tuple[PriorityName, ...] = ("critical",)
    """Whose clock runs outside the office hours, too."""
    snoozed_pauses: bool = False
    """Whether a clock rests while an agent has put the conversation aside."""


class NoticeSettings(Section):
    """[notices]: mail to agents. Off until set."""

    new: bool = False
    """Tell every agent with a mail address of a new conversation."""


class LogSettings(Section):
    """[log]: what the desk writes on stderr."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    json_lines: bool = False


class Settings(BaseSettings):
    """All settings, checked. Nothing below `service` sees this value: parts of it are handed down."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix="BRIEF_", env_nested_delimiter="__", env_ignore_empty=True
    )

    mailbox: tuple[MailboxSettings, ...] = ()
    smtp: SmtpSettings = SmtpSettings()
    checks: ChecksSettings = ChecksSettings()
    rspamd: RspamdSettings = RspamdSettings()
    clamd: ClamdSettings = ClamdSettings()
    lmtp: LmtpSettings = LmtpSettings()
    imap: tuple[ImapSettings, ...] = ()
    web: WebSettings = WebSettings()
    relay: RelaySettings = RelaySettings()
    dkim: DkimSettings = DkimSettings()
    bounces: BouncesSettings = BouncesSettings()
    letters: LettersSettings = LettersSettings()
    forms: FormsSettings = FormsSettings()
    limits: LimitsSettings = LimitsSettings()
    faq: FaqSettings = FaqSettings()
    database: DatabaseSettings = DatabaseSettings()
    hours: HoursSettings = HoursSettings()
    calendar: tuple[CalendarSettings, ...] = ()
    reply: ReplySettings = ReplySettings()
    threads: ThreadsSettings = ThreadsSettings()
    acknowledge: AcknowledgeSettings = AcknowledgeSettings()
    answer: AnswerSettings = AnswerSettings()
    sla: tuple[SlaSettings, ...] = ()
    rules: RulesSettings = RulesSettings()
    rule: tuple[RuleSettings, ...] = ()
    escalation: EscalationSettings = EscalationSettings()
    oncall: tuple[OncallSettings, ...] = ()
    department: tuple[DepartmentSettings, ...] = ()
    notices: NoticeSettings = NoticeSettings()
    log: LogSettings = LogSettings()

    _file: Path | None = PrivateAttr(default=None)
    _data: Path = PrivateAttr(default=DEFAULT_DATA)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - pydantic's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file, whose values come as arguments."""
        return env_settings, init_settings

    @property
    def file(self) -> Path | None:
        """The file that was read, None where there is none."""
        return self._file

    @property
    def data(self) -> Path:
        """The data directory, absolute."""
        return self._data.absolute()

    @property
    def is_sqlite(self) -> bool:
        """Whether everything lies in an SQLite file in the data directory."""
        return not self.database.url

    @property
    def database_url(self) -> str:
        """An SQLAlchemy URL."""
        return self.database.url or f"sqlite:///{self.database_file}"

    @property
    def database_file(self) -> Path:
        """The SQLite file of the data directory; nothing lies there where another database is set."""
        return self.data / "desk.sqlite"

    @property
    def tokens(self) -> Path:
        """The folder that holds refresh tokens which replace those of the settings."""
        return self.data / "tokens"

    def policy(self) -> Policy:
        """What the decisions take as their policy. Raises `WrongUse` for hours that cannot be read."""
        from service.policies import policy_of

        return policy_of(self)

    @property
    def mailboxes(self) -> tuple[MailboxSettings, ...]:
        """The mailboxes; support@localhost where none is set."""
        return self.mailbox or (MailboxSettings(address="support@localhost", name="Support"),)


def read_settings(config: Path | None = None, data: Path | None = None) -> Settings:
    """The settings of a file (default ./brief.toml where there is one) and the environment.

    Raises `WrongUse` with a line for each that is wrong: file, line, what is wrong and what was meant.
    """
    file = config or (DEFAULT_FILE if DEFAULT_FILE.exists() else None)
    text = _text(file) if file else ""
    values = _parsed(file, text)
    wrong = unknown_variables(os.environ, set(Settings.model_fields))
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise WrongUse("\n".join(wrong + explained(error, Settings, file, text, os.environ))) from None
    except SettingsError:
        raise WrongUse("\n".join(wrong + explained_variables(Settings, os.environ))) from None
    settings._file = file
    settings._data = data or DEFAULT_DATA
    wrong += wrong_together(settings)
    if wrong:
        raise WrongUse("\n".join(wrong))
    return settings


def wrong_together(settings: Settings) -> Iterator[str]:
    """What no single setting shows to be wrong, a line each."""
    addresses = [mailbox.address for mailbox in settings.mailboxes]
    for number, address in enumerate(addresses):
        if address in addresses[:number]:
            where = place_of(settings.file, "mailbox", number, "address")
            yield f"{where}: the mailbox {address} stands there twice; leave one of them out"
    if bool(settings.smtp.certificate) != bool(settings.smtp.key):
        where = place_of(settings.file, "smtp", "certificate" if settings.smtp.certificate else "key")
        yield f"{where}: [smtp] certificate and key belong together; set both, or none"
    elif settings.smtp.tls_listen and not settings.smtp.certificate:
        where = place_of(settings.file, "smtp", "tls_listen")
        yield f"{where}: [smtp] tls_listen wants TLS; set certificate and key, too"
    if settings.web.mailbox and settings.web.mailbox not in addresses:
        where = place_of(settings.file, "web", "mailbox")
        yield f"{where}: [web] mailbox {settings.web.mailbox} is none of the desk's; add a [[mailbox]] for it"
    yield from wrong_accounts(settings, addresses)
    yield from wrong_rules(settings.rule, addresses, settings.file)
    yield from wrong_policies(settings.sla, [each.name for each in settings.calendar], settings.file)
    yield from wrong_departments(settings.department, addresses, _departments_named(settings), settings.file)


def _departments_named(settings: Settings) -> list[tuple[str, tuple[int | str, ...]]]:
    """The departments that mailboxes, rules, ladders and rosters name, each with where it stands."""
    by_section = (
        (("mailbox",), [(each.department,) for each in settings.mailboxes]),
        (("rule",), [(each.department,) for each in settings.rule]),
        (("escalation", "ladder"), [each.department for each in settings.escalation.ladder]),
        (("oncall",), [each.department for each in settings.oncall]),
    )
    return [
        (name, (*section, number, "department"))
        for section, named in by_section
        for number, names in enumerate(named)
        for name in names
        if name
    ]


def _text(file: Path) -> str:
    try:
        owner = file.stat().st_uid
        if owner not in {0, os.geteuid()}:
            raise WrongUse(f"{file} belongs to another user (uid {owner}); settings must be your own or root's")
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise WrongUse(f"{file} is no UTF-8 text; save it as UTF-8") from None
    except OSError as error:
        raise WrongUse(f"cannot read the settings {file}: {in_words(error)}; `brief init` writes new ones") from None


def _parsed(file: Path | None, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WrongUse(explained_toml(error, file)) from None
