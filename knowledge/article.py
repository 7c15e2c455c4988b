"""An article of the knowledge base, and what the knowledge base answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Article:
    """One question with its answer, at one revision."""

    id: str
    question: str
    answer: str
    """Markdown."""
    categories: tuple[str, ...] = ()
    audience: str = ""
    """Whom it is for; "" is everybody."""
    language: str = "de"
    updated: date | None = None
    automatic: bool = True
    """False bars it from automatic answers; it is still found and suggested to agents."""
    mailboxes: tuple[str, ...] = ()
    """The addresses of ours whose mail it is suggested for, in lower case; none is all."""


BY_LETTERS = "only similar letters"
"""Why an article was found that holds no word of the query."""
NEAR = "near in meaning"
"""Why one was found that says it in other words."""


def with_nearness(met: str) -> str:
    """Why an article was found that is near in meaning, beside the words that it was met by."""
    return NEAR if met == BY_LETTERS else f"{met}; {NEAR}"


@dataclass(frozen=True, slots=True)
class Found:
    """A search result: the article, how well it fits, and where its answer begins."""

    article: Article
    score: float
    excerpt: str
    """Plain text, at most about 300 characters."""
    because: str = ""
    """Which words of the query met which words of the article."""

    @property
    def is_likely(self) -> bool:
        """Whether more than groups of letters, or than nearness in meaning alone, led to it."""
        return self.because not in (BY_LETTERS, NEAR)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An article that may answer a mail."""

    found: Found
    probability: float
    """That it answers the mail, 0 to 1."""
    sure: bool
    """Likely enough to stand in an acknowledgement."""


class Wrong(ValueError):
    """What is wrong with the one record that should become an article, and in which of its lines."""

    def __init__(self, because: str, line: int = 1) -> None:
        super().__init__(because)
        self.line = line
