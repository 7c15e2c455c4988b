"""The website of a running desk, served by uvicorn in the desk's own loop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

import structlog
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from faq.policy import SitePolicy
from faq.site import make_site
from knowledge.article import Article
from knowledge.meant import meant
from knowledge.related import Related
from knowledge.store import article, articles, newest_revision, vote
from service.correspondence import Correspondence, unavailable
from service.health import health_of
from service.running import Running
from service.setting_types import host_and_port
from service.settings import WebSettings
from service.visits import Visit
from storage.errors import Unavailable
from threads.model import Envelope

log = structlog.get_logger()


class Website(uvicorn.Server):
    """uvicorn, with the signals left to the desk: it would raise them once more after its own shutdown."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take no signal."""
        yield

    @property
    def ready(self) -> bool:
        """Whether it answers."""
        return bool(self.started)


def website_of(running: Running) -> Website:
    """The website, not started yet."""
    config = uvicorn.Config(
        Following(running, site_of),
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        limit_concurrency=500,
        timeout_graceful_shutdown=5,
        loop="none",
        http=Visit,
    )
    return Website(config)


async def serve_website(website: Website, bound: socket.socket) -> None:
    """Serve on a bound socket until `website.should_exit` is set."""
    await website.serve(sockets=[bound])


class Following:
    """The pages, made anew where the settings were read again: they name the mailboxes."""

    def __init__(self, running: Running, make: Callable[[Running], ASGIApp]) -> None:
        self._running, self._make = running, make
        self._made_for, self._app = running.policy, make(running)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the settings that hold now."""
        if self._running.policy is not self._made_for:
            self._made_for, self._app = self._running.policy, self._make(self._running)
        await self._app(scope, receive, send)


def site_of(running: Running) -> ASGIApp:
    """The pages, over what the desk has open."""
    database, index = running.database, running.index

    def corrected(query: str, *, language: str, audience: str, typing: bool) -> str:
        return meant(query, index.snapshot(), index.synonyms(), language=language, audience=audience, typing=typing)

    def listed(*, language: str, audience: str, category: str) -> Sequence[Article]:
        with database.reading() as session:
            return articles(session, language=language, audience=audience, category=category)

    def one(article_id: str) -> Article | None:
        with database.reading() as session:
            return article(session, article_id)

    def voted(article_id: str, visitor: str, helpful: bool) -> bool:
        with database.writing() as session:
            return vote(session, article_id, visitor, helpful, datetime.now(UTC))

    def newest() -> int:
        with database.reading() as session:
            return newest_revision(session)

    async def keep(envelope: Envelope, raw: bytes) -> object:
        return await asyncio.wrap_future(running.keeper.keep(envelope, raw))

    policy, near = site_policy(running), Related(index)
    return make_site(
        policy,
        search=index.search,
        meant=corrected,
        related=lambda article: near.to(article, policy.audience),
        articles=listed,
        article=one,
        vote=voted,
        keep=keep,
        health=lambda: health_of(running),
        metrics=running.metrics.text,
        newest=newest,
        correspondence=None if unavailable(running.settings.web) else Asked(running),
        memory=running.learning,
    )


class Asked(Correspondence):
    """The customers' view of a running desk: it mails a link at once, and nobody learns here whether it did."""

    def __init__(self, running: Running) -> None:
        super().__init__(running.database, running.keys, running.policy, running.settings.web)
        self._wake = running.wake_deliveries

    def ask(self, address: str, language: str) -> bool:
        """Mail the link, where somebody has the address. Raises nothing: the visitor has been answered already."""
        try:
            mailed = super().ask(address, language)
        except Unavailable as error:
            log.warning("the link to a correspondence could not be mailed", because=str(error))
            return False
        if mailed:
            self._wake()
        return mailed


def site_policy(running: Running) -> SitePolicy:
    """What the website is to be, as the settings say."""
    web = running.settings.web
    first = running.policy.mailboxes[0]
    target = running.policy.mailbox_of(web.mailbox) or first
    return SitePolicy(
        title=web.title or first.name or first.address,
        mailbox=target.address,
        ours=tuple(each.address for each in running.policy.mailboxes),
        visitor=running.keys.visitor_pseudonym,
        languages=web.languages,
        language=target.language,
        tone=target.tone,
        base_url=web.url,
        footer=tuple((link.label, link.url) for link in web.footer),
        audience=target.audience,
        hosts=hosts_of(web),
    )


def hosts_of(web: WebSettings) -> tuple[str, ...]:
    """The names of the website: that of its url, of where it listens, and localhost; any where no url is set."""
    named = urlsplit(web.url).hostname
    return (named, host_and_port(web.listen)[0], "localhost") if named else ()
