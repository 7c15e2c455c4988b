"""What programs read: the Atom feed of changed articles, the sitemap, and robots.txt."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from xml.etree.ElementTree import Element, SubElement, tostring

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from faq.frame import Frame
from faq.pages import excerpt
from faq.paths import Paths
from faq.shelf import Books
from knowledge.article import Article

ENTRIES = 30
ADDRESSES = 50_000
"""A sitemap may hold no more."""
LONG_AGO = date(2000, 1, 1)
"""Stands for the day of an article that names none: a feed must."""


async def feed(frame: Frame, request: Request, language: str) -> Response:
    """The articles that were changed last, as Atom (RFC 4287)."""
    books = (await run_sync(frame.shelf.look)).get(language, Books())
    newest, base, paths = books.newest(ENTRIES), frame.base_url(request), Paths(language)
    root = Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": language})
    _add(root, "id", base + paths.feed)
    _add(root, "title", frame.words(language).feed_title.format(title=frame.policy.title))
    _add(root, "updated", _moment(newest[0].updated if newest else None))
    _add(SubElement(root, "author"), "name", frame.policy.title)
    SubElement(root, "link", {"rel": "self", "href": base + paths.feed})
    SubElement(root, "link", {"rel": "alternate", "href": base + paths.home})
    for article in newest:
        _entry(root, article, base + paths.article(article.id))
    return _xml(root, "application/atom+xml")


async def sitemap(frame: Frame, request: Request) -> Response:
    """The address of every page."""
    shelf, base = await run_sync(frame.shelf.look), frame.base_url(request)
    root = Element("urlset", {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9"})
    for path, updated in list(_addresses(frame, shelf))[:ADDRESSES]:
        place = SubElement(root, "url")
        _add(place, "loc", base + path)
        if updated:
            _add(place, "lastmod", updated.isoformat())
    return _xml(root, "application/xml")


async def robots(frame: Frame, request: Request) -> Response:
    """Robots may read everything but the search."""
    lines = ["User-agent: *", "Disallow: /api/"]
    lines += [f"Disallow: {Paths(language).search()}" for language in frame.policy.languages]
    lines += ["", f"Sitemap: {frame.base_url(request)}/sitemap.xml", ""]
    return PlainTextResponse("\n".join(lines))


def _addresses(frame: Frame, shelf: dict[str, Books]) -> Iterable[tuple[str, date | None]]:
    for language in frame.policy.languages:
        paths, books = Paths(language), shelf.get(language, Books())
        yield from ((path, None) for path in (paths.home, paths.topics, paths.contact()))
        yield from ((paths.topic(topic.slug), None) for topic in books.topics)
        yield from ((paths.article(article.id), article.updated) for article in books.articles)


def _entry(root: Element, article: Article, url: str) -> None:
    entry = SubElement(root, "entry")
    _add(entry, "id", url)
    _add(entry, "title", article.question)
    _add(entry, "updated", _moment(article.updated))
    SubElement(entry, "link", {"rel": "alternate", "href": url})
    for category in article.categories:
        SubElement(entry, "category", {"term": _allowed(category)})
    _add(entry, "summary", excerpt(article, 400))


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = _allowed(text)


def _allowed(text: str) -> str:
    """Without the control characters that XML knows no way to write."""
    return "".join(letter for letter in text if letter.isprintable() or letter in "\n\t ")


def _moment(day: date | None) -> str:
    return f"{(day or LONG_AGO).isoformat()}T00:00:00Z"


def _xml(root: Element, kind: str) -> Response:
    return Response(tostring(root, encoding="utf-8", xml_declaration=True), media_type=f"{kind}; charset=utf-8")
