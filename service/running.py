"""An open desk at work: its loops, and what they and its doors stand on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog

from knowledge.article import Suggestion
from knowledge.index import Index
from knowledge.suggest import suggest, suggest_in
from mailgateway.deliver import Sign, deliver_due
from mailgateway.intake import walk_due
from mailgateway.origin.checks import Checks
from mailgateway.receive import Keeper
from mailgateway.sources.imap import FolderState
from mailgateway.suggesting import Suggesting
from mailgateway.signing import Signer
from mailgateway.transports import Transport
from mailgateway.transports.folder import Folder
from mailgateway.transports.relay import Relay, relay_address
from service.checking import checks_of
from service.figures import figures
from service.keys import Keys, open_keys
from service.loops import Loop, stop_all
from service.metrics import Metrics
from service.opening import open_database_for
from service.settings import Settings
from storage.database import Database
from storage.errors import BriefwechselError
from storage.group import GroupCommit
from threads.changes import wake_due
from threads.model import InboundMail, Mailbox
from threads.policy import Policy

log = structlog.get_logger()

WARM_WITHIN = 30.0
"""Seconds that the first mail waits for the knowledge base at most."""
DKIM = "dkim"
"""The folder in the data directory where the keys lie that mail is signed with."""
AT_START = ("smtp", "lmtp", "imap", "web", "database", "log")
"""Sections of the settings that are wholly taken over by a restart alone."""
POLL_EVERY = 0.5
"""Seconds after which a loop looks for what another process left it to do."""


@dataclass
class Running:
    """Everything that is open while a desk serves. `policy` and `transport` change with the settings."""

    settings: Settings
    policy: Policy
    database: Database
    keys: Keys
    group: GroupCommit
    keeper: Keeper
    index: Index
    transport: Transport
    sign: Sign
    metrics: Metrics
    loops: dict[str, Loop] = field(default_factory=dict)
    shut: dict[str, str] = field(default_factory=dict)
    """The doors that could not be opened yet, and why."""
    imap: list[FolderState] = field(default_factory=list)
    """How each folder fares that mail is fetched from."""
    _warm: threading.Event = field(default_factory=threading.Event)
    _asking: Suggesting = field(init=False)
    checks: Checks = field(init=False)

    def __post_init__(self) -> None:
        self._asking = Suggesting(self.suggest)  # one for all rounds: it remembers that asking took too long
        self.checks = checks_of(self.settings)

    @classmethod
    def open(cls, settings: Settings) -> Running:
        """Open all of it. Raises `BriefwechselError` where something cannot be used."""
        policy = settings.policy()
        transport = transport_of(settings)
        database = open_database_for(settings)
        try:
            keys = open_keys(settings.data, database)
            index = Index(settings.data / "index", database)
        except BaseException:
            database.close()
            raise
        group = GroupCommit(database)
        keeper = Keeper(group, policy.mailboxes, largest=settings.smtp.largest)
        running = cls(settings, policy, database, keys, group, keeper, index, transport, signer_of(settings), Metrics())
        running.metrics.ask(lambda: figures(database))
        return running

    def start(self, parts: frozenset[str]) -> None:
        """Begin the loops of these parts."""
        steps: Mapping[str, tuple[Callable[[], Mapping[str, int]], float]] = {
            "worker": (self.walk, POLL_EVERY),
            "delivery": (self.deliver, POLL_EVERY),
            "clock": (self.tick, 1.0),
        }
        for name, (step, pause) in steps.items():
            if name in parts:
                self.loops[name] = Loop(name, step, pause, self.metrics)
        threading.Thread(target=self.warm, name="warm", daemon=True).start()
        for loop in self.loops.values():
            loop.start()

    def warm(self) -> None:
        """Ask the knowledge base once in each language: its first answer takes a second, which no mail has to wait for."""
        try:
            for language in self.settings.web.languages:
                suggest(self.index, "Rechnung invoice", language=language)
        except Exception as error:  # whatever it is shows again, and is told, where somebody asks
            log.warning("the knowledge base is not ready", error=str(error))
        finally:
            self._warm.set()

    def walk(self) -> Mapping[str, int]:
        """Work through the mails that are due; what goes out by itself is handed on at once."""
        self._warm.wait(WARM_WITHIN)
        tally = walk_due(self.database, self.policy, self._asking, datetime.now(UTC), checks=self.checks)
        if any(tally.values()) and "delivery" in self.loops:
            self.loops["delivery"].wake()
        return tally

    def deliver(self) -> Mapping[str, int]:
        """Hand over the mail that is due."""
        return deliver_due(self.database, self.transport, datetime.now(UTC), sign=self.sign)

    def tick(self) -> Mapping[str, int]:
        """Do what the time asks for: wake the snoozed, and follow the articles."""
        self.index.refresh()
        with self.database.writing() as session:
            return {"woken": wake_due(session, datetime.now(UTC))}

    def suggest(self, mail: InboundMail, mailbox: Mailbox) -> Sequence[Suggestion]:
        """Articles that may answer a mail."""
        said = mail.reply or mail.text
        return suggest_in(self.index, said, subject=mail.subject, language=mail.language, audience=mailbox.audience)

    def kept(self) -> None:
        """A mail was kept: have it worked through at once, where that is done here."""
        if "worker" in self.loops:
            self.loops["worker"].wake()

    def read_again(self, read: Callable[[], Settings]) -> None:
        """Take over changed settings; wrong ones are named in the log, and the old ones stay."""
        try:
            settings = read()
            policy, transport = settings.policy(), transport_of(settings)
        except BriefwechselError as error:
            log.error("the settings are wrong, the old ones stay", error=str(error))
            return
        late = [name for name in AT_START if getattr(settings, name) != getattr(self.settings, name)]
        self.settings, self.policy, self.transport, self.sign = settings, policy, transport, signer_of(settings)
        self.checks = checks_of(settings)  # the one before ends with the walk that has it
        self.keeper.mailboxes = policy.mailboxes
        log.info("the settings were read again")
        if late:
            log.warning("what changed in these sections wants a restart", sections=late)

    def stop(self) -> None:
        """End the loops after the rounds that are on."""
        loops, self.loops = self.loops, {}
        late = stop_all(loops.values())
        if late:
            log.warning("did not end in time; what it leased is tried again", loops=late)

    def close(self) -> None:
        """End what is begun, and close everything."""
        self.stop()
        self.checks.close()
        self.group.close()
        self.index.close()
        self.database.close()


def transport_of(settings: Settings) -> Transport:
    """Where outgoing mail goes: the relay, or a Maildir where none is set."""
    if not settings.relay.url:
        return Folder(settings.data / "sent")
    address = relay_address(settings.relay.url, settings.relay.password)
    return Relay(address, hostname=settings.smtp.hostname, certificate=settings.relay.certificate)
def signer_of(settings: Settings) -> Sign:
    """Signs outgoing mail with the keys in the data directory."""
    return Signer(settings.data / DKIM, settings.dkim.selector, settings.dkim.algorithm)


