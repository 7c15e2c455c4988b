"""The pages that are read: the first one, the topics, and the articles."""

from __future__ import annotations

from collections.abc import Sequence

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from faq.frame import Frame
from faq.noticing import note_click
from faq.paths import Paths
from faq.search import cleaned
from faq.shelf import Books
from faq.visitors import language_for
from knowledge.article import Article
from knowledge.markdown import to_html, to_text
from knowledge.store import fits
from storage.errors import Unavailable

TOPICS_ON_HOME = 9
ARTICLES_A_TOPIC = 3
RELATED = 4


async def entrance(frame: Frame, request: Request) -> Response:
    """Lead a visitor of "/" to the first page in their language."""
    wanted = request.headers.get("accept-language", "")
    language = language_for(wanted, frame.policy.languages, frame.policy.language)
    return RedirectResponse(Paths(language).home, status_code=303, headers={"Vary": "Accept-Language"})


async def home(frame: Frame, request: Request, language: str) -> Response:  # noqa: ARG001 - each page takes the request
    """The first page: the search, the topics, what is new."""
    books = await _books(frame, language)
    return frame.page(
        language,
        "home",
        topics=books.topics[:TOPICS_ON_HOME],
        more_topics=len(books.topics) > TOPICS_ON_HOME,
        shown=ARTICLES_A_TOPIC,
        newest=books.newest(5),
        same=lambda paths: paths.home,
    )


async def topics(frame: Frame, request: Request, language: str) -> Response:  # noqa: ARG001 - each page takes the request
    """Every topic with every article."""
    books = await _books(frame, language)
    return frame.page(language, "topics", topics=books.topics, same=lambda paths: paths.topics)


async def topic(frame: Frame, request: Request, language: str) -> Response:
    """The articles of one topic."""
    books = await _books(frame, language)
    found = books.topic(request.path_params["slug"])
    if found is None:
        raise frame.absent()
    excerpts = {each.id: excerpt(each) for each in found.articles}
    return frame.page(language, "topic", topic=found, excerpts=excerpts)


async def article(frame: Frame, request: Request, language: str) -> Response:
    """One article. In another language than the address says, the visitor is led to its own address."""
    found = await run_sync(frame.given.article, request.path_params["article"])
    if found is None or not _is_shown(frame, found):
        raise frame.absent()
    if found.language != language and found.language in frame.policy.languages:
        query = cleaned(request.query_params.get("q", ""))
        return RedirectResponse(frame.article_path(found, language, query), status_code=301)
    books = await _books(frame, found.language)
    near = await related(frame, found, books)
    query = cleaned(request.query_params.get("q", ""))
    page = frame.page(
        language,
        "article",
        article=found,
        answer=answer_html(found),
        description=excerpt(found),
        topics=[each for each in books.topics if found in each.articles],
        related=near,
        vote=request.query_params.get("vote", ""),
        query=query,
    )
    note_click(frame, request, page, query, language)
    return page


async def permalink(frame: Frame, request: Request) -> Response:
    """/article/<id>, as mails link it: lead on to the page in the article's language."""
    found = await run_sync(frame.given.article, request.path_params["article"])
    if found is None or not _is_shown(frame, found):
        raise frame.absent()
    return RedirectResponse(frame.article_path(found, frame.policy.language), status_code=301)


async def related(frame: Frame, article: Article, books: Books) -> list[Article]:
    """Articles near to one: of its topic, then of others; then what else its topic holds."""
    topic, alike = set(article.categories), await _alike(frame, article)
    near = [each for each in alike if topic.intersection(each.categories)]
    near += [*alike, *(each for each in books.articles if topic.intersection(each.categories))]
    others = {each.id: each for each in near if each.id != article.id}
    return list(others.values())[:RELATED]


async def _alike(frame: Frame, article: Article) -> Sequence[Article]:
    """What the index finds near to it. That it cannot tell is no reason not to show the article."""
    try:
        return await run_sync(frame.given.related, article)
    except Unavailable:
        return ()


def answer_html(article: Article) -> str:
    """The answer as HTML that fits below the question: its headings go down a step, what is wide can be scrolled."""
    html = to_html(article.answer)
    # the Markdown reader escapes what an author writes: a tag that stands here is its own
    for level in (5, 4, 3, 2, 1):
        html = html.replace(f"<h{level}>", f"<h{level + 1}>").replace(f"</h{level}>", f"</h{level + 1}>")
    for side in ("left", "center", "right"):
        html = html.replace(f' style="text-align:{side}"', f' class="{side}"')  # the site allows no inline style
    html = html.replace("<th></th>", "<td></td>").replace("<pre>", '<pre tabindex="0">')
    return html.replace("<table>", '<div class="wide" tabindex="0"><table>').replace("</table>", "</table></div>")


def excerpt(article: Article, most: int = 180) -> str:
    """Where the answer begins, as plain text that ends with a word."""
    text = " ".join(to_text(article.answer[: most * 8]).split())
    if len(text) <= most:
        return text
    return text[:most].rpartition(" ")[0].rstrip(" ,;:-") + " …"


async def _books(frame: Frame, language: str) -> Books:
    shelf = await run_sync(frame.shelf.look)
    return shelf.get(language, Books())


def _is_shown(frame: Frame, article: Article) -> bool:
    return fits(article, audience=frame.policy.audience)
