"""What the website is to be, as one frozen value that `service` makes of the settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from storage.errors import WrongUse

LANGUAGES = ("de", "en")
"""The languages in which every text of the site is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormLimits:
    """How much a visitor may send, so that nobody can flood the desk or bomb others with acknowledgements."""

    address_a_day: int = 5
    visitor_an_hour: int = 10
    an_hour: int = 300
    votes_an_hour: int = 60
    searches_an_hour: int = 60
    """Of one visitor, that are noted; a further one is answered all the same."""
    all_searches_an_hour: int = 3000
    """Of all visitors, that are noted."""
    sentences_an_hour: int = 60
    """Of one visitor, that are compared by their meaning; a further one is searched by its words."""
    all_sentences_an_hour: int = 1200
    """Of all visitors: each takes a processor for about a tenth of a second."""
    meaning_within: float = 0.1
    """Seconds that a visitor waits for it at most."""
    links_to_address_a_day: int = 3
    """Of links to a correspondence."""
    links_of_visitor_an_hour: int = 10
    links_an_hour: int = 300
    looked_up_within: float = 4.0
    """Seconds after which at the latest the address is looked up to which a link is to go; a stop waits a little longer."""
    longest_message: int = 20_000
    """Characters."""
    largest_body: int = 256 * 1024
    """Bytes of a request's body."""
    body_within: float = 20.0
    """Seconds in which a body must have come."""
    same_within: timedelta = timedelta(minutes=15)
    """What a visitor sends again in this time, word for word, is the same mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePolicy:
    """The website: its name, its languages, where its form goes, and what it allows."""

    title: str
    mailbox: str
    """The address of ours to which the contact form writes."""
    ours: tuple[str, ...] = ()
    """All addresses of ours besides: nobody can have written from one."""
    visitor: Callable[[str], str]
    """Makes a pseudonym of what is known of a visitor: a keyed hash, by which nobody can be found."""
    languages: tuple[str, ...] = LANGUAGES
    language: str = "de"
    """Shown to a visitor whose browser asks for none of the languages."""
    tone: str = "Sie"
    """How German visitors are addressed: "du" or "Sie"."""
    base_url: str = ""
    """How the world reaches the site; "" takes the Host that a visitor asked for."""
    footer: tuple[tuple[str, str], ...] = ()
    """Links under every page: (label, url)."""
    audience: str = ""
    """Only articles for this audience (or for all) are shown; "" shows all."""
    hosts: tuple[str, ...] = ()
    """The names under which the site answers besides its addresses, without port; none is any."""
    limits: FormLimits = FormLimits()

    @property
    def addresses(self) -> frozenset[str]:
        """All addresses of ours, in lower case."""
        return frozenset(each.lower() for each in (self.mailbox, *self.ours))

    def __post_init__(self) -> None:
        unknown = [language for language in self.languages if language not in LANGUAGES]
        if unknown or not self.languages:
            raise WrongUse(f"the website speaks {' and '.join(LANGUAGES)}, not {', '.join(unknown) or 'nothing'}")
        if self.language not in self.languages:
            object.__setattr__(self, "language", self.languages[0])  # a frozen value is completed once, as it is made
        object.__setattr__(self, "base_url", self.base_url.rstrip("/"))
