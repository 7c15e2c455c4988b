"""Where each page of the site lies. The words in an address are of the page's language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlencode

WORDS = {
    "de": {
        "article": "artikel",
        "archive": "archiv",
        "contact": "kontakt",
        "correspondence": "verlauf",
        "file": "datei",
        "read": "lesen",
        "search": "suche",
        "sent": "unterwegs",
        "thanks": "danke",
        "topic": "thema",
        "topics": "themen",
        "vote": "stimme",
    },
    "en": {
        "article": "article",
        "archive": "archive",
        "contact": "contact",
        "correspondence": "correspondence",
        "file": "file",
        "read": "read",
        "search": "search",
        "sent": "on-its-way",
        "thanks": "thanks",
        "topic": "topic",
        "topics": "topics",
        "vote": "vote",
    },
}
PAGE_PARAMETER = "p"
"""The name under which the number of a page is handed on."""
LONGEST_QUERY = 300
"""Characters of a query that are read; the rest is left away."""

_FOLDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "é": "e", "è": "e", "à": "a"})


@dataclass(frozen=True, slots=True)
class Paths:
    """The addresses of the pages in one language, from the root of the site."""

    language: str

    def _at(self, page: str, rest: str = "", **query: str) -> str:
        path = f"/{self.language}/{WORDS[self.language][page]}"
        if rest:
            path += "/" + quote(rest, safe="")
        given = {name: value for name, value in query.items() if value}
        return f"{path}?{urlencode(given)}" if given else path

    @property
    def home(self) -> str:
        """The first page."""
        return f"/{self.language}/"

    @property
    def topics(self) -> str:
        """All topics with all their articles."""
        return self._at("topics")

    @property
    def feed(self) -> str:
        """The Atom feed of changed articles."""
        return f"/{self.language}/feed.xml"

    @property
    def thanks(self) -> str:
        """Shown after a question was sent."""
        return self._at("contact") + "/" + WORDS[self.language]["thanks"]

    def search(self, query: str = "") -> str:
        """The results for a query."""
        return self._at("search", q=query)

    def contact(self, subject: str = "") -> str:
        """The contact form, the subject filled in."""
        return self._at("contact", **{_SUBJECT[self.language]: subject})

    @property
    def correspondence(self) -> str:
        """Where a customer asks for the link to their correspondence."""
        return self._at("correspondence")

    @property
    def correspondence_sent(self) -> str:
        """Shown after they asked."""
        return self._in_correspondence("sent")

    def correspondence_of(self, token: str, page: int = 1) -> str:
        """Where the link leads: a page of the correspondence."""
        return self._in_correspondence("read", token) + (f"?{PAGE_PARAMETER}={page}" if page > 1 else "")

    def correspondence_file(self, token: str) -> str:
        """A file that was attached to a letter."""
        return self._in_correspondence("file", token)

    def correspondence_archive(self, token: str) -> str:
        """The whole correspondence as an mbox."""
        return self._in_correspondence("archive", token)

    def _in_correspondence(self, page: str, token: str = "") -> str:
        path = f"{self.correspondence}/{WORDS[self.language][page]}"
        return f"{path}/{quote(token, safe='')}" if token else path

    def topic(self, slug: str) -> str:
        """The articles of one topic."""
        return self._at("topic", slug)

    def article(self, article_id: str, query: str = "") -> str:
        """An article; with what somebody searched for who comes from there."""
        return self._at("article", article_id, q=query)

    def vote(self, article_id: str) -> str:
        """Where the votes on an article are posted."""
        return self._at("vote", article_id)


def linked_articles(text: str) -> frozenset[str]:
    """The IDs in the addresses of articles that stand in a text."""
    return frozenset(unquote(each.rstrip(".,;:!)")) for each in _LINK.findall(text))


_LINK = re.compile(rf"/(?:{'|'.join({each['article'] for each in WORDS.values()})})/([^\s<>\"'?#/]{{1,600}})")

_SUBJECT = {"de": "betreff", "en": "subject"}


def subject_parameter(language: str) -> str:
    """The name under which `Paths.contact` hands on a subject."""
    return _SUBJECT[language]


def slug(name: str) -> str:
    """A name as it stands in an address: lower case, umlauts spelt out, anything else a hyphen."""
    folded = name.lower().translate(_FOLDED)
    words = "".join(letter if letter.isalnum() else " " for letter in folded).split()
    return "-".join(words) or "-"
