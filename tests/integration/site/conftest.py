"""A website that really runs: uvicorn on a free port, over a real database and a real index."""

from __future__ import annotations

import hashlib
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import httpx
import pytest
import uvicorn

from faq.given import Wellness
from faq.policy import FormLimits, SitePolicy
from faq.site import make_site
from knowledge import store
from knowledge.article import Article, Found
from knowledge.index import Index
from knowledge.meant import meant
from knowledge.related import Related
from storage.database import Database
from threads.model import Envelope

ARTICLES = (
    Article(
        "postfach-voll",
        "Mein Postfach ist voll. Was nun?",
        "# Platz schaffen\n\n1. Papierkorb leeren\n2. Große Mails löschen\n\n<script>alert(1)</script>",
        ("E-Mail", "Störung"),
        updated=date(2026, 5, 4),
    ),
    Article(
        "outlook",
        "Wie richte ich Outlook ein?",
        "| Server | Port |\n| --- | --- |\n| imap.desk.example | 993 |\n\nDas Postfach ist dann bereit.",
        ("E-Mail",),
        updated=date(2026, 6, 1),
    ),
    Article("rechnung", "Wo finde ich meine Rechnungen?", "Im Kundencenter.", ("Vertrag",), updated=date(2025, 1, 2)),
    Article("haendler", "Wie lege ich Kunden an?", "So.", ("Vertrag",), audience="reseller"),
    Article("a/b c?", "Darf eine Kennung Zeichen haben?", "Ja, [sicher](https://example.org/).", ("Seltsames & Co",)),
    Article("invoices", "Where do I find my invoices?", "In the customer centre.", ("Billing",), language="en"),
)


@dataclass
class RunningSite:
    """The site, what it kept, and how to ask it."""

    database: Database
    index: Index
    now: Callable[[], datetime]
    kept: list[tuple[Envelope, bytes]] = field(default_factory=list)
    refuse: Exception | None = None
    """What the door for mail raises; None takes everything."""
    broken: Exception | None = None
    """What the database raises."""
    how_well: Wellness = Wellness.OK
    correspondence: Any = None
    """What customers read; None: nobody reads theirs."""
    memory: Any = None
    """What learns from visitors; None: nothing does."""
    policy: SitePolicy = field(
        default_factory=lambda: SitePolicy(
            title="Hilfe & Mehr",
            mailbox="support@desk.example",
            visitor=lambda text: hashlib.sha256(text.encode()).hexdigest()[:12],
            footer=(("Impressum", "https://desk.example/impressum"),),
            limits=FormLimits(
                address_a_day=2, visitor_an_hour=4, votes_an_hour=5, body_within=0.3, looked_up_within=0.0
            ),
        )
    )
    client: httpx.Client = field(init=False)
    _server: uvicorn.Server = field(init=False)
    _thread: threading.Thread = field(init=False)

    def start(self, **policy: Any) -> None:
        """Serve, with some of the policy changed."""
        self.policy = replace(self.policy, **policy)
        app = make_site(
            self.policy,
            search=self._search,
            meant=self._meant,
            related=Related(self.index).to,
            articles=self._articles,
            article=self._article,
            vote=self._vote,
            keep=self._keep,
            health=lambda: (self.how_well, ["database: answers"]),
            metrics=lambda: b"mails_total 3\n",
            newest=self._newest,
            correspondence=self.correspondence,
            memory=self.memory,
            now=self.now,
        )
        config = uvicorn.Config(app, port=0, log_config=None, lifespan="off", ws="none", server_header=False)
        self._server = uvicorn.Server(config)
        socket = config.bind_socket()
        socket.listen()  # who comes before it is served waits
        self._thread = threading.Thread(target=self._server.run, args=([socket],), name="site")
        self._thread.start()
        untrusting = ssl.SSLContext(
            ssl.PROTOCOL_TLS_CLIENT
        )  # nothing here speaks TLS; to read whom to trust takes long
        self.client = httpx.Client(
            base_url=f"http://127.0.0.1:{socket.getsockname()[1]}", timeout=20, verify=untrusting
        )

    def stop(self) -> None:
        """End it."""
        self.client.close()
        self._server.should_exit = True
        self._thread.join(20)

    def put(self, *articles: Article) -> None:
        """Bring articles in; the index follows."""
        with self.database.writing() as session:
            store.put_articles(session, articles, self.now())
        self.index.refresh()

    def votes(self, article_id: str) -> store.Votes:
        """How visitors judged an article."""
        with self.database.reading() as session:
            return store.votes(session).get(article_id, store.Votes())

    def _look(self) -> None:
        if self.broken:
            raise self.broken

    def _search(self, query: str, **how: Any) -> Sequence[Found]:
        self._look()
        return self.index.search(query, **how)

    def _meant(self, query: str, *, language: str, audience: str, typing: bool) -> str:
        snapshot, synonyms = self.index.snapshot(), self.index.synonyms()
        return meant(query, snapshot, synonyms, language=language, audience=audience, typing=typing)

    def _articles(self, *, language: str, audience: str, category: str) -> Sequence[Article]:
        with self.database.reading() as session:
            return store.articles(session, language=language, audience=audience, category=category)

    def _article(self, article_id: str) -> Article | None:
        self._look()
        with self.database.reading() as session:
            return store.article(session, article_id)

    def _newest(self) -> int:
        self._look()
        with self.database.reading() as session:
            return store.newest_revision(session)

    def _vote(self, article_id: str, visitor: str, helpful: bool) -> bool:
        with self.database.writing() as session:
            return store.vote(session, article_id, visitor, helpful, self.now())

    async def _keep(self, envelope: Envelope, raw: bytes) -> object:
        if self.refuse:
            raise self.refuse
        self.kept.append((envelope, raw))
        return None


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """SQLite, unless a test asks for both: the pages themselves know no database."""
    kind = getattr(request, "param", "sqlite")
    url: str = request.getfixturevalue("sqlite_file_url" if kind == "sqlite" else "postgresql_url")
    return url


@pytest.fixture
def quiet_site(database: Database, clock: Callable[[], datetime]) -> Iterator[RunningSite]:
    """A site with articles that is not started yet: `quiet_site.start(audience="reseller")`."""
    site = RunningSite(database, Index(None, database), clock)
    site.put(*ARTICLES)
    yield site
    site.stop()
    site.index.close()


@pytest.fixture
def site(quiet_site: RunningSite) -> RunningSite:
    """A site that runs."""
    quiet_site.start()
    return quiet_site
