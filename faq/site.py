"""The website as one ASGI app: which page lies where."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

import faq.correspondence as letters
from faq import contact, feeds, pages, search, votes, watch
from faq.assets import Assets
from faq.errors import error_page, handlers
from faq.frame import Frame, Page
from faq.given import (
    Articles,
    Correspondence,
    Given,
    Health,
    Keep,
    Meant,
    Memory,
    Metrics,
    Newest,
    OneArticle,
    Related,
    Search,
    Vote,
)
from faq.headers import Guarded
from faq.limits import Budget, Limit, Once, Window
from faq.paths import WORDS
from faq.policy import FormLimits, SitePolicy
from faq.shelf import Shelf
from templates import environment

Endpoint = Callable[[Request], Awaitable[Response]]


def make_site(
    policy: SitePolicy,
    *,
    search: Search,
    meant: Meant,
    related: Related,
    articles: Articles,
    article: OneArticle,
    vote: Vote,
    keep: Keep,
    health: Health,
    metrics: Metrics,
    newest: Newest | None = None,
    correspondence: Correspondence | None = None,
    memory: Memory | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> ASGIApp:
    """The website. What it needs of the rest is handed in; all but `keep` is called in threads.

    `newest` gives a number that changes with each change of an article; without it the articles are read again each time.
    Without `correspondence` no customer reads theirs, and without `memory` nothing is learnt.
    """
    given = Given(
        search=search,
        meant=meant,
        related=related,
        articles=articles,
        article=article,
        vote=vote,
        keep=keep,
        health=health,
        metrics=metrics,
        newest=newest or _counter(),
        correspondence=correspondence,
        memory=memory,
    )
    frame = Frame(
        policy=policy,
        given=given,
        shelf=Shelf(given, policy.audience),
        assets=Assets(),
        environment=environment(),
        budget=_budget(policy.limits),
        sent=Once(policy.limits.same_within),
        now=now,
    )
    return Guarded(Starlette(routes=_routes(frame), exception_handlers=handlers(frame)), policy.hosts)


def _routes(frame: Frame) -> list[Route]:
    async def asset(request: Request) -> Response:
        return frame.assets.answer(request) or error_page(frame, request, 404)

    alike = {
        "/": pages.entrance,
        "/article/{article:path}": pages.permalink,
        "/api/search": search.search_json,
        "/healthz": watch.health,
        "/metrics": watch.metrics,
        "/robots.txt": feeds.robots,
        "/sitemap.xml": feeds.sitemap,
    }
    routes = [Route(path, _for_all(frame, page)) for path, page in alike.items()]
    routes.append(Route("/static/{name}", asset))
    for language in frame.policy.languages:
        routes += _routes_in(frame, language)
    return routes


def _routes_in(frame: Frame, language: str) -> list[Route]:
    def route(path: str, page: Page, *methods: str) -> Route:
        return Route(f"/{language}/{path}", _bound(frame, page, language), methods=methods or ("GET",))

    words = WORDS[language]
    return [
        route("", pages.home),
        route("feed.xml", feeds.feed),
        route(words["search"], search.search_page),
        route(words["topics"], pages.topics),
        route(words["topic"] + "/{slug:path}", pages.topic),
        route(words["contact"], contact.contact, "GET", "POST"),
        route(words["contact"] + "/" + words["thanks"], contact.thanks),
        route(words["vote"] + "/{article:path}", votes.vote, "POST"),
        *_correspondence(route, words),
        *(route(other["article"] + "/{article:path}", pages.article) for other in WORDS.values()),
    ]


def _correspondence(route: Callable[..., Route], words: dict[str, str]) -> list[Route]:
    begins = words["correspondence"]
    return [
        route(begins, letters.ask, "GET", "POST"),
        route(f"{begins}/{words['sent']}", letters.asked),
        route(f"{begins}/{words['read']}/{{token}}", letters.read),
        route(f"{begins}/{words['file']}/{{token}}", letters.file),
        route(f"{begins}/{words['archive']}/{{token}}", letters.archive),
    ]


def _bound(frame: Frame, page: Page, language: str) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        return await page(frame, request, language)

    return endpoint


def _for_all(frame: Frame, page: Callable[[Frame, Request], Awaitable[Response]]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        return await page(frame, request)

    return endpoint


def _budget(limits: FormLimits) -> Budget:
    hour = timedelta(hours=1)
    return Budget(
        address=Window(Limit(limits.address_a_day, timedelta(days=1))),
        visitor=Window(Limit(limits.visitor_an_hour, hour)),
        everybody=Window(Limit(limits.an_hour, hour)),
        votes=Window(Limit(limits.votes_an_hour, hour)),
        searches=Window(Limit(limits.searches_an_hour, hour)),
        all_searches=Window(Limit(limits.all_searches_an_hour, hour)),
        sentences=Window(Limit(limits.sentences_an_hour, hour)),
        all_sentences=Window(Limit(limits.all_sentences_an_hour, hour)),
        same_search=Window(Limit(1, timedelta(days=1))),
        link_address=Window(Limit(limits.links_to_address_a_day, timedelta(days=1))),
        link_visitor=Window(Limit(limits.links_of_visitor_an_hour, hour)),
        links=Window(Limit(limits.links_an_hour, hour)),
    )


def _counter() -> Newest:
    looks = iter(range(1 << 62))
    return lambda: next(looks)
