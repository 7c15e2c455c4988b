"""What every page of the site is made with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from jinja2 import Environment
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from faq.assets import Assets
from faq.given import Given
from faq.limits import Budget, Once
from faq.paths import Paths
from faq.policy import SitePolicy
from faq.shelf import Shelf
from faq.words import Words, date_in_words, words
from knowledge.article import Article

Same = Callable[[Paths], str]
"""Where the same page lies in another language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The site's policy, what it was given, and what it remembers."""

    policy: SitePolicy
    given: Given
    shelf: Shelf
    assets: Assets
    environment: Environment
    budget: Budget
    sent: Once
    """The forms that were sent lately."""
    now: Callable[[], datetime]

    def words(self, language: str) -> Words:
        """The site's texts in a language."""
        return words(language, self.policy.tone)

    def page(
        self,
        language: str,
        template: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        same: Same | None = None,
        **facts: object,
    ) -> HTMLResponse:
        """A page in the house style, from templates/site. Without `same` the other languages begin at their first page."""
        there = [Paths(other) for other in self.policy.languages if other != language]
        html = self.environment.get_template(f"site/{template}.html").render(
            site=self.policy,
            here=template,
            language=language,
            others=[(paths.language, same(paths) if same else paths.home) for paths in there],
            alternates=[(paths.language, same(paths)) for paths in there] if same else [],
            paths=Paths(language),
            article_path=lambda article, query="": self.article_path(article, language, query),
            asset=self.assets.path,
            words=self.words(language),
            in_words=lambda day: date_in_words(day, language),
            has_correspondence=self.given.correspondence is not None,
            **facts,
        )
        return HTMLResponse(html, status_code=status, headers=dict(headers or {}))

    def article_path(self, article: Article, language: str, query: str = "") -> str:
        """The page of an article, searched for by a query: in its own language where the site speaks it, else in `language`."""
        own = article.language if article.language in self.policy.languages else language
        return Paths(own).article(article.id, query)

    def base_url(self, request: Request) -> str:
        """Where the site begins, for addresses that are read elsewhere."""
        return self.policy.base_url or f"{request.url.scheme}://{request.url.netloc}"

    def absent(self) -> HTTPException:
        """To be raised where there is no such page."""
        return HTTPException(status_code=404)


Page = Callable[[Frame, Request, str], Awaitable[Response]]
"""A page: made with the frame, for a request, in a language."""
