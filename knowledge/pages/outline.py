"""Which headings of a page are questions: decided by what they say, how deep they stand, and whether text follows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

_ASKS = re.compile(r"\?[\s\"'”“»«)*]*$")
_OF_A_LIST = re.compile(
    r"\bfaq|häufig|\bfragen\b|\bquestions?\b|\bhilfe|\bhelp\b|\bsupport\b|\bantworten\b", re.IGNORECASE
)

_OFFERS = re.compile(
    r"\bnoch (?:eine |mehr |weitere )?fragen?\b|\bweitere fragen\b|\bfrage nicht (?:dabei|gefunden|beantwortet)\b|\bantwort nicht gefunden\b"
    r"|\b(?:any|further|more|other) questions\b|\b(?:can['’]t|cannot|didn['’]t|did not) find\b.{0,40}\banswer"
    r"|^(?:wie|womit) (?:können|dürfen) wir (?:ihnen |dir |euch )?(?:weiter)?helfen\W*$|^how (?:can|may) we help(?: you)?\W*$"
    r"|^(?:brauchen sie|brauchst du|benötigen sie|benötigst du|do you need|need|still need) (?:weitere |more )?(?:hilfe|help)\W*$"
    r"|^(?:war|waren) (?:das|dies|diese[rs]?\b.{0,30}) (?:hilfreich|nützlich)\W*$|^(?:was|were) (?:this|these)\b.{0,30}\bhelpful\W*$"
    r"|^hat (?:ihnen|dir|euch) (?:das|dies|diese[rs]?\b.{0,30}) geholfen\W*$|^did (?:this|these)\b.{0,30}\bhelp(?: you)?\W*$",
    re.IGNORECASE,
)
"""What a page says where it offers to answer more, or asks how it did: no question of a reader."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, and whether text follows before the next."""

    level: int
    text: str
    own: bool


@dataclass(frozen=True, slots=True)
class Section:
    """A question: the number of its heading, that of the heading which ends its answer, and the heading above."""

    heading: int
    end: int
    category: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """What stands above others: a heading, or a part of a page that opens."""

    begin: int
    level: int
    """0 of what opens: no heading within ends it."""
    text: str
    end: int | None = None
    """Where what opens ends, and all in it; a heading holds until one of its level or a higher one."""


def above(topics: Iterable[Topic], places: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """For each place of a page what it stands under, the outermost first."""
    marks: list[tuple[int, Topic | None]] = [
        *((each, None) for each in places),
        *((each.begin, each) for each in topics),
    ]
    found: dict[int, tuple[str, ...]] = {}
    standing: list[Topic] = []
    for at, topic in sorted(marks, key=lambda mark: (mark[0], mark[1] is None)):
        while standing and (standing[-1].end is not None and standing[-1].end <= at):
            standing.pop()
        if topic is None:
            found.setdefault(at, tuple(each.text for each in standing))
            continue
        while topic.level and standing and standing[-1].level >= topic.level:
            standing.pop()
        found[at] = tuple(each.text for each in standing)
        around = standing[-1].end if standing else None
        standing.append(topic if topic.end is not None else replace(topic, end=around))
    return found


def asks(text: str) -> bool:
    """Whether a heading is a question by what it says."""
    return bool(_ASKS.search(text))


def is_offer(text: str) -> bool:
    """Whether a heading only leads on to a person, or asks the reader."""
    return bool(_OFFERS.search(text))


def sections(headings: Sequence[Heading], *, only_asking: bool = False) -> list[Section]:
    """The questions, in order; a deeper heading belongs to the answer.

    Where headings ask, those of their levels which have a text and nothing below them are questions, too. Where none
    asks, each heading is one that has nothing below it; or the page is one article, where its title has a text of its own
    and does not promise a list. `only_asking`: questions were found otherwise, so a heading must ask to be one.
    """
    title = _title(headings)
    asking = [at for at, each in enumerate(headings) if at != title and asks(each.text) and not is_offer(each.text)]
    if not asking and title is not None and not only_asking and _is_one_article(headings, title):
        return [Section(title, len(headings))]
    alone = only_asking or bool(asking)
    levels = {headings[at].level for at in asking} if not only_asking else set()
    found: list[Section] = []
    over = 0  # the headings before this one are parts of an answer
    above: list[int] = []
    for at, each in enumerate(headings):
        while above and headings[above[-1]].level >= each.level:
            above.pop()
        category = "" if not above or above[-1] == title else headings[above[-1]].text
        above.append(at)
        end = _end(headings, at)
        if at < over or (at == title and len(headings) > 1) or is_offer(each.text):
            continue
        below = headings[at + 1 : end]
        is_question = asks(each.text) and (each.own or not any(asks(other.text) for other in below))
        is_leaf = each.own and not below and (not alone or each.level in levels)
        if (is_question and (each.own or below)) or is_leaf:
            found.append(Section(at, end, category))
            over = end
    return found


def unanswered(headings: Sequence[Heading], questions: Sequence[Section]) -> list[int]:
    """The headings that ask and have nothing below them, neither text nor heading; none within an answer, and no offer."""
    title, ends = _title(headings), {each.heading: each.end for each in questions}
    found: list[int] = []
    over = 0
    for at, each in enumerate(headings):
        over = max(over, ends.get(at, 0))
        is_last = at + 1 == len(headings) or headings[at + 1].level <= each.level
        if at >= over and at != title and is_last and not each.own and asks(each.text) and not is_offer(each.text):
            found.append(at)
    return found


def _title(headings: Sequence[Heading]) -> int | None:
    """The heading that stands above all others, where one alone does."""
    highest = min((each.level for each in headings), default=0)
    of_it = [at for at, each in enumerate(headings) if each.level == highest]
    return of_it[0] if len(of_it) == 1 and (highest == 1 or of_it[0] == 0) else None


def _is_one_article(headings: Sequence[Heading], title: int) -> bool:
    return headings[title].own and (not _OF_A_LIST.search(headings[title].text) or len(headings) == 1)


def _end(headings: Sequence[Heading], at: int) -> int:
    for other in range(at + 1, len(headings)):
        if headings[other].level <= headings[at].level:
            return other
    return len(headings)
