"""Articles out of a saved web page: its questions in whatever form, with their ids, categories and language."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from knowledge.article import Wrong
from knowledge.languages.chains import chain
from knowledge.languages.codes import is_language
from knowledge.languages.words import folded, tokens
from knowledge.pages.audiences import audiences_of
from knowledge.pages.forms import Item, items_of
from knowledge.pages.headings import Spot, asked, outermost, questions_of, spots_of, without_answer
from knowledge.pages.linked_data import Told, told
from knowledge.pages.outline import Topic, asks, is_offer
from knowledge.pages.outline import above as above_each
from knowledge.pages.page import HEADINGS, Page, page_of
from knowledge.pages.writing import markdown_of
from knowledge.tags import MOST_TAGS, Tag, tags

MOST = 2_000
"""Questions of one page."""
_HEAD = 2_000
"""Tags among which a page says its language and its address."""
_SPOKEN = ("de", "en")
_MADE = re.compile(
    r"(?:^|\D)\d{1,7}$|(?<=[a-z])(?:One|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten)$"
    r"|(?:^|[-_])(?:one|two|three|four|five|six|seven|eight|nine|ten)$|[:«»]"
)
"""An anchor that a program makes of the place of a question: it belongs to another once one is put in before it."""
_LONGEST_ID = 90
_SPELT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a page with its answer in Markdown."""

    question: str
    answer: str
    anchor: str = ""
    category: str = ""
    language: str = ""
    above: tuple[str, ...] = ()
    """All that it stands under, the outermost first."""


@dataclass(frozen=True, slots=True)
class About:
    """What a page says of itself."""

    language: str = ""
    address: str = ""


def from_page(html: str, name: str) -> list[dict[str, Any]]:
    """The fields of each article of a page, and the `page` that it says it is; then the questions whose answer is not there.

    Raises `Wrong` where it holds no question, or is too large.
    """
    about = _about(html)
    page = page_of(html)
    data = told(html)
    if sum(each.answer.count("<") for each in data) > MOST_TAGS:
        raise Wrong("the answers that the page tells search engines hold too many tags; import it in parts")
    found = _of_page(page, about, data)
    if not found:
        raise Wrong(
            "the page holds no question with an answer, as headings, <details>, <dl>, an accordion or schema.org's FAQPage"
        )
    if len(found) > MOST:
        raise Wrong(f"the page holds more than {MOST} questions; import it in parts")
    fields = fields_of(found, _name_of(about.address) or name, about.language)
    return [{**each, "page": about.address} for each in fields]


def fields_of(found: Sequence[Asked], name: str, language: str = "") -> list[dict[str, Any]]:
    """The fields of the articles for questions of a page that is called `name`; what stands there twice is one.

    Behind them stand, with an answer "", the questions that are answered nowhere in it.
    """
    answered = [each for each in found if each.answer]
    there = {key_of(each.question) for each in answered}
    silent = {key_of(each.question): each.question for each in found if not each.answer}
    return [
        *_articles(answered, name, language),
        *({"question": question, "answer": ""} for key, question in silent.items() if key not in there),
    ]


def _articles(found: Sequence[Asked], name: str, language: str) -> list[dict[str, Any]]:
    once = list({_said(each): each for each in reversed(found)}.values())[::-1]
    ids, audiences = _ids(once, name), _audiences(found)
    spoken = language or language_of(" ".join(f"{each.question} {each.answer}" for each in once))
    return [
        {
            "id": identity,
            "question": each.question,
            "answer": each.answer,
            "category": each.category[:200],
            "audience": audiences[_said(each)],
            "language": each.language or spoken,
        }
        for each, identity in zip(once, ids, strict=True)
    ]


def _said(asked: Asked) -> tuple[str, str]:
    """What makes a question of a page one with another: the same words with the same answer."""
    return key_of(asked.question), asked.answer


def _audiences(found: Sequence[Asked]) -> dict[tuple[str, str], str]:
    """Whom each question is for; one that is answered to two audiences alike is for all."""
    named, whom = audiences_of(each.above for each in found), dict[tuple[str, str], str]()
    for each in found:
        audience = named.get(each.above, "")
        whom[_said(each)] = audience if whom.get(_said(each), audience) == audience else ""
    return whom


def language_of(text: str) -> str:
    """German or English, by the words that each sentence holds."""
    found = [folded(token) for token in tokens(text[:20_000])]
    return max(_SPOKEN, key=lambda name: sum(word in chain(name).stop for word in found))


def slug(text: str) -> str:
    """A text as it stands in an id: lower case, umlauts spelt out, no accents, hyphens between the words."""
    spelt = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", text).lower().translate(_SPELT))
    plain = "".join(letter for letter in spelt if not unicodedata.combining(letter))
    return re.sub(r"[\W_]+", "-", plain).strip("-")[:_LONGEST_ID].strip("-")


def key_of(question: str) -> str:
    """A question for comparison: whatever its case, blanks and signs."""
    return slug(question)


def _ids(found: Sequence[Asked], name: str) -> list[str]:
    """An id for each: the page's name with the anchor, or with the question; where two are the same, with the category, too."""
    ids = [slug(each.anchor) or slug(each.question) for each in found]
    often = Counter(ids)
    ids = [
        f"{slug(each.category)}-{own}".strip("-") if often[own] > 1 else own
        for each, own in zip(found, ids, strict=True)
    ]
    seen: Counter[str] = Counter()
    unique = []
    for own in ids:
        seen[own] += 1
        unique.append(own if seen[own] == 1 else f"{own}-{seen[own]}")
    begin = slug(name)
    return [f"{begin}-{own}" if begin else own for own in unique]


def _of_page(page: Page, about: About, told_of: Sequence[Told]) -> list[Asked]:
    """The questions that one sees, then those that the page only tells as data, and last those whose answer is not there.

    Where a page tells its questions as data, other headings are questions only where they ask.
    """
    items = items_of(page)
    groups = _groups(page, items)
    topics = {each.begin for each in groups}
    items = outermost([each for each in items if each.begin not in topics and not _leads_elsewhere(page, each)])
    spots = spots_of(page, items)
    questions = questions_of(spots, items)
    headings = [each for each in asked(page, spots, questions, items) if not _leads_elsewhere(page, each[0])]
    before = sorted([(each.element.begin, each.heading.text) for each in spots if each.heading.level > 1])
    over = above_each(_topics(spots, groups), [each.begin for each in items])
    seen = [_asked(page, each, _category(each, groups, before), about, over[each.begin]) for each in items]
    by_heading = [_asked(page, each, category, about, over[each.begin]) for each, category in headings]
    if told_of:
        wanted = {key_of(each.question) for each in told_of}
        by_heading = [each for each in by_heading if key_of(each.question) in wanted or asks(each.question)]
    found = [*seen, *by_heading]
    there = {key_of(each.question) for each in found if each.answer}
    found += [_as_told(each) for each in told_of if key_of(each.question) not in there]
    silent = [each for each in found if not each.answer and asks(each.question) and not is_offer(each.question)]
    silent += [Asked(each, "") for each in without_answer(spots, questions, items)]
    return [each for each in found if each.answer] + silent


def _groups(page: Page, items: Sequence[Item]) -> list[Item]:
    """What opens and is a topic: other questions stand in it, maybe below headings, and no text of its own."""
    begins = [each.begin for each in items]
    found = []
    for item in items:
        begin, end = item.answer[0]
        inside = outermost(items[bisect_left(begins, begin) : bisect_left(begins, end)])
        if not inside or asks(item.question):
            continue
        gaps = zip([begin, *(each.end for each in inside)], [*(each.begin for each in inside), end], strict=True)
        if not any(_says(page, one, other) for one, other in gaps):
            found.append(item)
    return found


def _says(page: Page, begin: int, end: int) -> bool:
    """Whether a text stands between two tokens beside headings."""
    for each in page.between(begin - 1, end):
        if each.name in HEADINGS:
            if page.text(begin, each.begin):
                return True
            begin = each.end + 1
    return bool(page.text(begin, end))


def _topics(spots: Sequence[Spot], groups: Sequence[Item]) -> list[Topic]:
    """What questions stand under: headings, and what opens and is a topic."""
    opening = [Topic(each.begin, 0, each.question, each.end) for each in groups]
    return opening + [Topic(each.element.begin, each.heading.level, each.heading.text) for each in spots]


def _category(item: Item, groups: Sequence[Item], above: Sequence[tuple[int, str]]) -> str:
    """The heading above a question; the topic that it stands in, where that has no heading above it."""
    around = [each for each in groups if each.begin < item.begin < each.end]
    before = bisect_left(above, (item.begin, ""))
    begin, heading = above[before - 1] if before else (-1, "")
    return around[-1].question if around and begin < around[-1].answer[0][0] else heading


def _asked(page: Page, item: Item, category: str, about: About, above: tuple[str, ...]) -> Asked:
    pieces = (markdown_of(page.tokens[begin:end], about.address) for begin, end in item.answer)
    anchor = "" if item.made and _MADE.search(item.anchor) else item.anchor
    return Asked(
        item.question, "\n\n".join(each for each in pieces if each), anchor, category, _spoken(page, item), above
    )


def _spoken(page: Page, item: Item) -> str:
    """The language that an element around a question says."""
    said = (_language(each.tag.get("lang")) for each in page.around(item.begin))
    return next((each for each in said if each), "")


def _as_told(one: Told) -> Asked:
    text = one.answer if "<" in one.answer else "".join(f"<p>{line}</p>" for line in one.answer.splitlines())
    anchor = "" if _MADE.search(one.anchor) else one.anchor
    return Asked(one.question, markdown_of(page_of(text).tokens), anchor)


def _leads_elsewhere(page: Page, item: Item) -> bool:
    """Whether all that an answer holds are links: a table of contents, the list of a section."""
    inside, many = 0, 0
    for token in (token for begin, end in item.answer for token in page.tokens[begin:end]):
        if isinstance(token, str):
            if token.strip() and not inside:
                return False
        elif token.name == "a":
            inside += -1 if token.closes else 1
            many += not token.closes
    return many > 1


def _about(html: str) -> About:
    """The language and the address of a page, as its head says."""
    language = address = ""
    for tag in _opening(html):
        if tag.name == "html":
            language = _language(tag.get("lang") or tag.get("xml:lang"))
        elif tag.name == "link" and "canonical" in tag.get("rel").lower().split():
            address = tag.get("href").strip()
        elif tag.name == "meta" and tag.get("property").lower() == "og:url":
            address = address or tag.get("content").strip()
    return About(language, address if address.startswith(("http://", "https://")) else "")


def _opening(html: str) -> Iterable[Tag]:
    return (each for each in tags(html, _HEAD) if isinstance(each, Tag) and not each.closes)


def _language(code: str) -> str:
    """The language itself, without its country: the site is written in languages."""
    found = re.split("[-_]", code.strip().lower())[0]
    return found if is_language(found) else ""


def _name_of(address: str) -> str:
    """What a page is called where it stands: the path of its address."""
    try:
        path = urlsplit(address).path
    except ValueError:
        return ""
    return re.sub(r"\.x?html?$|\.php$|\.aspx?$", "", path)
