"""What the website is given to work with: it knows neither the database, nor the index, nor the mail gateway."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from knowledge.article import Article, Found
from threads.model import Envelope
from threads.people.correspondence import Closed, View


class Search(Protocol):
    """Finds articles for a visitor's words, the best first."""

    def __call__(
        self, query: str, *, language: str, audience: str, category: str, limit: int, typing: bool, patience: float
    ) -> Sequence[Found]:
        """Search; `typing` says that the last word may not be finished, `patience` how long what is meant is waited for."""


class Meant(Protocol):
    """Tells what somebody may have meant to type."""

    def __call__(self, query: str, *, language: str, audience: str, typing: bool) -> str:
        """The query with its mistyped words corrected; "" where it is well as it is."""


class Articles(Protocol):
    """Lists the articles; a filter left "" is none."""

    def __call__(self, *, language: str, audience: str, category: str) -> Sequence[Article]:
        """Every article that fits."""


class Keep(Protocol):
    """The door by which mail comes in: it returns once the mail is kept, durably."""

    async def __call__(self, envelope: Envelope, raw: bytes, /) -> object:
        """Keep a mail. Raises `Refused` or `Unavailable`."""


class Correspondence(Protocol):
    """What customers and the desk wrote to each other, for those whom a link was mailed to."""

    def ask(self, address: str, language: str, /) -> object:
        """Mail the link to an address, where somebody here has it. Raises nothing."""

    def view(self, token: str, page: int, /) -> View | Closed:
        """A page of what the link with a token shows."""

    def file(self, token: str, /) -> tuple[str, bytes] | Closed:
        """The name and the bytes of an attached file."""

    def archive(self, token: str, /) -> Iterator[bytes] | Closed:
        """All of it as an mbox."""


class Memory(Protocol):
    """What the knowledge base learns from visitors. Each is called once a page was sent, and raises nothing."""

    def searched(self, query: str, language: str, visitor: str, /, *, found: bool) -> object:
        """Somebody searched."""

    def clicked(self, query: str, language: str, visitor: str, /) -> object:
        """Somebody went on from what they searched for to an article."""

    def helped(self, article_id: str, query: str, visitor: str, patience: float, /) -> object:
        """A search led somebody to an article that helped them; `patience` is how long what is meant is waited for."""

    def unhelped(self, article_id: str, visitor: str, /) -> object:
        """Somebody says that an article did not help, perhaps after they had said that it did."""


class Wellness(StrEnum):
    """How well a desk is, in the word that monitoring reads."""

    OK = "ok"
    DEGRADED = "degraded"
    """It does its work, and somebody should look."""
    FAILING = "failing"
    """It cannot do some of its work."""


OneArticle = Callable[[str], Article | None]
"""The article of that id."""
Related = Callable[[Article], Sequence[Article]]
"""The articles near to one, the nearest first."""
Vote = Callable[[str, str, bool], bool]
"""Note a vote (article, visitor, helpful); False where there is no such article."""
Health = Callable[[], tuple[Wellness, Sequence[str]]]
"""How well the desk is, and a line on each thing that was looked at."""
Metrics = Callable[[], bytes]
"""The metrics in Prometheus' text format."""
Newest = Callable[[], int]
"""A number that changes with each change of an article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The callables behind the site. All but `keep` are called in threads."""

    search: Search
    meant: Meant
    related: Related
    articles: Articles
    article: OneArticle
    vote: Vote
    keep: Keep
    health: Health
    metrics: Metrics
    newest: Newest
    correspondence: Correspondence | None = None
    """None: nobody reads theirs here."""
    memory: Memory | None = None
    """None: nothing is learnt here."""
