"""An open desk at work: its loops, and what they and its doors stand on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

import structlog

from knowledge.article import Suggestion
from knowledge.index import Index
from knowledge.suggest import suggest, suggest_in
from mailgateway.deliver import Sign, deliver_due
from mailgateway.gate import Gate
from mailgateway.intake import walk_due
from mailgateway.origin.checks import Checks
from mailgateway.receive import Keeper
from mailgateway.sources.imap import FolderState
from mailgateway.suggesting import Suggesting
from service.calendars import hours_kept
from service.certificates import Shown
from service.checking import checks_of
from service.escalating import Escalating
from service.figures import figures
from service.keys import Keys, open_keys
from service.knowledge_base import meaning_of, thesaurus_of
from service.learning import Learning
from service.loops import Loop, stop_all
from service.metrics import Metrics
from service.opening import open_database_for
from service.presence import say_read_again
from service.relays import DELIVERY, Route, gate_of, routes_of, signer_of
from service.restart import wants_a_restart
from service.rules import tell_wrong
from service.settings import Settings
from storage.database import Database
from storage.errors import BriefwechselError
from storage.group import GroupCommit
from threads.callbacks.telling import tell_due
from threads.life.changes import wake_due
from threads.model import InboundMail, Mailbox
from threads.policy import Policy
from threads.sla.following import follow
from threads.sla.hours_changed import HoursChanged
from threads.sla.terms_changed import TermsChanged

log = structlog.get_logger()

WARM_WITHIN = 30.0
"""Seconds that the first mail waits for the knowledge base at most."""
POLL_EVERY = 0.5
"""Seconds after which a loop looks for what another process left it to do."""
CALLS = ("calls", "calls 2", "calls 3", "calls 4")
"""Loops that make webhooks and commands: one that hangs holds up no other."""


@dataclass
class Running:
    """Everything that is open while a desk serves. `policy` and `routes` change with the settings."""

    settings: Settings
    policy: Policy
    database: Database
    keys: Keys
    group: GroupCommit
    keeper: Keeper
    index: Index
    routes: dict[str, Route]
    sign: Sign
    gate: Gate
    metrics: Metrics
    loops: dict[str, Loop] = field(default_factory=dict)
    shut: dict[str, str] = field(default_factory=dict)
    """The doors that could not be opened yet, and why."""
    imap: list[FolderState] = field(default_factory=list)
    """How each folder fares that mail is fetched from."""
    certificates: list[Shown] = field(default_factory=list)
    """What each door for mail that speaks TLS shows."""
    _gone: list[Loop] = field(default_factory=list)
    """Loops of ways out that the settings name no more: each may still be handing a mail over."""
    _warm: threading.Event = field(default_factory=threading.Event)
    _started_with: Settings = field(init=False)
    _asking: Suggesting = field(init=False)
    checks: Checks = field(init=False)
    learning: Learning = field(init=False)
    escalating: Escalating = field(init=False)
    _hours_changed: HoursChanged = field(default_factory=HoursChanged)
    _terms_changed: TermsChanged = field(default_factory=TermsChanged)

    def __post_init__(self) -> None:
        self._started_with = self.settings
        self._asking = Suggesting(self.suggest)  # one for all rounds: it remembers that asking took too long
        self.checks = checks_of(self.settings)
        self.learning = Learning(self.database, self.index, self.keys.visitor_pseudonym)
        self.escalating = Escalating(self.database, self.settings)

    @classmethod
    def open(cls, settings: Settings) -> Running:
        """Open all of it. Raises `BriefwechselError` where something cannot be used."""
        policy = settings.policy()
        routes = routes_of(settings)
        database = open_database_for(settings)
        try:
            keys = open_keys(settings.data, database)
            index = Index(settings.data / "index", database, meaning_of(settings), thesaurus_of(settings))
            policy = hours_kept(database, settings, policy, datetime.now(UTC))
            tell_wrong(settings)
        except BaseException:
            database.close()
            raise
        group = GroupCommit(database)
        keeper = Keeper(group, policy.mailboxes, largest=settings.smtp.largest)
        running = cls(
            settings,
            policy,
            database,
            keys,
            group,
            keeper,
            index,
            routes,
            signer_of(settings),
            gate_of(settings),
            Metrics(),
        )
        running.metrics.ask(lambda: figures(database))
        return running

    def start(self, parts: frozenset[str]) -> None:
        """Begin the loops of these parts."""
        steps: Mapping[str, tuple[Callable[[], Mapping[str, int]], float]] = {
            "worker": (self.walk, POLL_EVERY),
            "clock": (self.tick, 1.0),
        }
        for name, (step, pause) in steps.items():
            if name in parts:
                self.loops[name] = Loop(name, step, pause, self.metrics)
        if "clock" in parts:  # beside it: what cannot be learnt from shall keep nobody asleep
            self.loops["learning"] = Loop("learning", self.learn, 1.0, self.metrics)
            self.loops["escalation"] = Loop("escalation", self.escalate, 1.0, self.metrics)
            for name in CALLS:
                self.loops[name] = Loop(name, self.escalating.call, 1.0, self.metrics)
        if parts & {"worker", "web"}:  # what searches, in whichever process it runs
            self.loops["articles"] = Loop("articles", self.follow, 1.0, self.metrics)
        if DELIVERY in parts:
            self.loops.update(self._deliveries())
        threading.Thread(target=self.warm, name="warm", daemon=True).start()
        for loop in self.loops.values():
            loop.start()

    def _deliveries(self) -> dict[str, Loop]:
        """A loop for each way out that has none."""
        return {
            name: Loop(name, partial(self.deliver, name), POLL_EVERY, self.metrics)
            for name in self.routes
            if name not in self.loops
        }

    def _renew_deliveries(self) -> None:
        """End the loops of ways that are gone, and begin those of new ones, where mail goes out from here at all."""
        if DELIVERY not in self.loops:
            return
        gone = {name for name in self.loops if name.startswith(DELIVERY) and name not in self.routes}
        begun = self._deliveries()
        before = self.loops
        self.loops = {**{name: loop for name, loop in before.items() if name not in gone}, **begun}
        self._gone = [*(loop for loop in self._gone if loop.alive), *(before[name] for name in gone)]
        for loop in self._gone:
            loop.tell_to_stop()
        for loop in begun.values():
            loop.start()

    def wake_deliveries(self) -> None:
        """Hand over at once what was put into the outbox."""
        for name, loop in list(self.loops.items()):
            if name.startswith(DELIVERY):
                loop.wake()

    def warm(self) -> None:
        """Ask the knowledge base once in each language: its first answer takes a second, which no mail has to wait for."""
        try:
            self.index.refresh()
            for language in self.settings.web.languages:
                suggest(self.index, "Rechnung invoice", language=language)
        except Exception as error:  # whatever it is shows again, and is told, where somebody asks
            log.warning("the knowledge base is not ready", error=str(error))
        finally:
            self._warm.set()

    def walk(self) -> Mapping[str, int]:
        """Work through the mails that are due; what goes out by itself is handed on at once."""
        self._warm.wait(WARM_WITHIN)
        checks = self.checks
        tally = walk_due(self.database, self.policy, self._asking, datetime.now(UTC), checks=checks)
        self.metrics.count_checks(checks.taken())
        if any(tally.values()):
            self.wake_deliveries()
        return tally

    def deliver(self, name: str = DELIVERY) -> Mapping[str, int]:
        """Hand over the mail that is due on one of the ways out."""
        now, route = datetime.now(UTC), self.routes.get(name)
        if route is None:  # the settings were read again
            return {}
        return deliver_due(
            self.database,
            route.transport,
            now,
            sign=self.sign,
            gate=self.gate,
            among=route.among,
            policy=lambda: self.policy,
        )

    def tick(self) -> Mapping[str, int]:
        """Do what the time asks for: wake the snoozed; put clocks right whose hours, or whose promises, changed."""
        now = datetime.now(UTC)
        with self.database.writing() as session:
            woken = wake_due(session, now)
            follow(session, lambda: self.policy, now)
        changed = (self._hours_changed, self._terms_changed)
        return {"woken": woken, "due_anew": sum(each.step(self.database, self.policy, now) for each in changed)}

    def escalate(self) -> Mapping[str, int]:
        """Tell people of answers that are owed, and of calls; what tells them is handed on at once."""
        steps = self.escalating.sweep(self.policy)  # first: calls that cannot be told of hide no step
        tally = {**steps, **tell_due(self.database, self.policy, datetime.now(UTC))}
        if any(tally.values()):
            self.wake_deliveries()
        return tally

    def follow(self) -> Mapping[str, int]:
        """Follow the articles, and what they learnt."""
        return {"followed": int(self.index.refresh())}

    def learn(self) -> Mapping[str, int]:
        """Learn from what was answered, and forget what is long ago."""
        return self.learning.follow(datetime.now(UTC), self.policy.undo_for)

    def suggest(self, mail: InboundMail, mailbox: Mailbox) -> Sequence[Suggestion]:
        """Articles that may answer a mail."""
        said = mail.reply or mail.text
        return suggest_in(
            self.index,
            said,
            subject=mail.subject,
            language=mail.language,
            audience=mailbox.audience,
            mailbox=mailbox.address,
        )

    def kept(self) -> None:
        """A mail was kept: have it worked through at once, where that is done here."""
        if "worker" in self.loops:
            self.loops["worker"].wake()

    def read_again(self, read: Callable[[], Settings]) -> None:
        """Take over changed settings and renewed certificates; wrong ones are named in the log, and the old ones stay."""
        for each in self.certificates:
            each.renew()
        try:
            settings = read()
            policy, routes = settings.policy(), routes_of(settings)
            policy = hours_kept(self.database, settings, policy, datetime.now(UTC))
            tell_wrong(settings)
        except BriefwechselError as error:
            log.error("the settings are wrong, the old ones stay", error=str(error))
            return
        self.settings, self.policy, self.routes, self.sign = settings, policy, routes, signer_of(settings)
        self.gate = gate_of(settings)
        self.escalating.renew(settings)
        self._renew_deliveries()
        self.checks = checks_of(settings)  # the one before ends with the walk that has it
        self.keeper.mailboxes = policy.mailboxes
        say_read_again(settings.data)
        log.info("the settings were read again")
        late = wants_a_restart(self._started_with, settings)
        if late:
            log.warning("what changed in these settings wants a restart", settings=late)

    def stop(self) -> None:
        """End the loops after the rounds that are on; an index that is being built is built another time."""
        self.index.stop()
        loops, self.loops = self.loops, {}
        late = stop_all([*loops.values(), *self._gone])
        if late:
            log.warning("did not end in time; what it leased is tried again", loops=late)
        self.escalating.end_programs()  # each has a session of its own, in which it would go on

    def close(self) -> None:
        """End what is begun, and close everything."""
        self.stop()
        self.checks.close()
        self.group.close()
        self.index.close()
        self.database.close()
