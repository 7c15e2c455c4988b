"""The search: as a page, which needs no script, and as JSON for the script which answers as one types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from faq.frame import Frame
from faq.marks import marked
from faq.noticing import note_search
from faq.paths import LONGEST_QUERY, Paths
from faq.patience import patience
from knowledge.article import Found
from knowledge.plain_words import UNFINISHED
from knowledge.query import typed
from knowledge.sentences import is_sentence

RESULTS = 20
WHILE_TYPING = 6


@dataclass(frozen=True, slots=True)
class Results:
    """What was found for a query; `elsewhere` where only another language knows something."""

    found: Sequence[Found]
    meant: str = ""
    """The query without its mistyped words; "" where it holds none."""
    elsewhere: bool = False

    @property
    def are_likely(self) -> bool:
        """Whether one of them holds what was asked for, in the visitor's language."""
        return not self.elsewhere and any(each.is_likely for each in self.found)


def cleaned(query: str) -> str:
    """A query as it is searched: one line of printable characters, cut where it is too long."""
    printable = "".join(letter if letter.isprintable() else " " for letter in query[: 4 * LONGEST_QUERY])
    return " ".join(printable.split())[:LONGEST_QUERY].strip()


def look(
    frame: Frame, query: str, language: str, limit: int, *, typing: bool = False, patience: float = 0.0
) -> Results:
    """Articles in the visitor's language; where it has none, those in the site's other languages. It waits for what it reads."""

    def search(language: str) -> Sequence[Found]:
        return frame.given.search(
            query,
            language=language,
            audience=frame.policy.audience,
            category="",
            limit=limit,
            typing=typing,
            patience=patience,
        )

    if not query:
        return Results(())
    meant = frame.given.meant(query, language=language, audience=frame.policy.audience, typing=typing)
    found = search(language)
    if found or typing:
        return Results(found, meant)
    others = [other for other in frame.policy.languages if other != language]
    elsewhere = [each for other in others for each in search(other)]
    return Results(elsewhere, meant, elsewhere=bool(elsewhere))


async def search_page(frame: Frame, request: Request, language: str) -> Response:
    """What was found for ?q=; where that is nothing, the way to a person."""
    query = cleaned(request.query_params.get("q", ""))

    def ask() -> Results:
        found = look(frame, query, language, RESULTS, patience=patience(frame, request, query))
        if not query or found.are_likely or found.elsewhere or is_sentence(typed(query)):
            return found
        begun = look(frame, query, language, RESULTS, typing=True)  # half a word may have been sent off
        return begun if begun.are_likely else found

    results = await run_sync(ask)
    hits = [(each.article, marked(each.excerpt, query)) for each in results.found]
    page = frame.page(
        language,
        "search",
        query=query,
        hits=hits,
        likely=results.are_likely,
        meant=results.meant,
        elsewhere=results.elsewhere,
        same=lambda paths: paths.search(query),
        headers={"X-Robots-Tag": "noindex"},
    )
    if query:
        note_search(frame, request, page, query, language, found=results.are_likely or results.elsewhere)
    return page


async def search_json(frame: Frame, request: Request) -> Response:
    """/api/search?q=&language=: the best few, for the script."""
    query = cleaned(request.query_params.get("q", ""))
    language = request.query_params.get("language", "")
    if language not in frame.policy.languages:
        language = frame.policy.language
    results = await run_sync(partial(look, frame, query, language, WHILE_TYPING, typing=True))
    hits = [
        {
            "article": each.article.id,
            "question": each.article.question,
            "excerpt": each.excerpt[:300],
            "topic": each.article.categories[0] if each.article.categories else "",
            "url": frame.article_path(each.article, language, query + UNFINISHED),
        }
        for each in results.found
    ]
    paths, meant = Paths(language), results.meant
    answer = {"query": query, "results": hits, "all": paths.search(query), "ask": paths.contact(query)}
    return JSONResponse(answer | ({"meant": {"query": meant, "url": paths.search(meant)}} if meant else {}))
