"""The forms in which pages hold a question with its answer beside headings: each is tried on each element, in order."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from knowledge.pages.chrome import named
from knowledge.pages.page import HEADINGS, Element, Page
from knowledge.tags import Tag

_FAMILIES = named("accordion faq faqs toggle collapse collapsible expander disclosure tab")
_TRIGGERS = named("title header heading headline button trigger toggle label question")
_PANELS = named("content body panel text collapse inner answer")
_PARTS = re.compile(r"[A-Z]?[a-z]+")
_LOOK_AT = 60
"""Elements behind a title among which its text is looked for."""
_LONGEST = 2_000
"""Elements of a question with its answer, among which its parts are looked for."""
_STEPS_UP = 4
"""How far above a title the element may be that holds both it and its text."""


@dataclass(frozen=True, slots=True)
class Item:
    """A question as it stands in a page: its words, the tokens of its answer, and where others link to it."""

    question: str
    begin: int
    answer: tuple[tuple[int, int], ...]
    anchor: str = ""
    made: bool = False
    """The anchor was made by a program, maybe by the place of the question."""

    @property
    def end(self) -> int:
        """Where its answer ends."""
        return self.answer[-1][1]


Form = Callable[[Page, Element], Sequence[Item]]


def microdata(page: Page, element: Element) -> Sequence[Item]:
    """schema.org: an element of the type Question with its name and the text of its acceptedAnswer."""
    if not element.tag.get("itemtype").lower().endswith("schema.org/question"):
        return ()
    named_as: Element | None = None
    answer: Element | None = None
    for each in page.within(element)[:_LONGEST]:
        what = each.tag.get("itemprop").split()
        if "name" in what and named_as is None:
            named_as = each
        elif "acceptedAnswer" in what and answer is None:
            answer = each
        elif "text" in what and answer is not None and answer.holds(each):
            answer = each
            break
    if named_as is None or answer is None:
        return ()
    return [_item(page, named_as, answer, element.tag.get("id") or named_as.tag.get("id"))]


def details(page: Page, element: Element) -> Sequence[Item]:
    """<details> with its <summary>."""
    if element.name != "details":
        return ()
    summary = next((each for each in page.within(element) if each.name == "summary"), None)
    if summary is None or page.parents[summary] is not element:
        return ()
    anchor = element.tag.get("id") or summary.tag.get("id")
    span = (summary.end + 1, element.end)
    return [Item(_words(page, summary), summary.begin, (span,), anchor, made="accordion" in element.tag.get("class"))]


def defined(page: Page, element: Element) -> Sequence[Item]:
    """<dl>: each <dt> with its <dd>, where a question is asked, or the list is called a FAQ."""
    if element.name != "dl" or not _is_faq(page, element):
        return ()
    found: list[Item] = []
    for each in page.within(element):
        if each.name == "dt":
            found.append(Item(_words(page, each), each.begin, (), _anchor_in(page, each)))
        elif each.name == "dd" and found:
            found[-1] = replace(found[-1], answer=(*found[-1].answer, (each.begin + 1, each.end)))
    return [each for each in found if each.answer]


def controlled(page: Page, element: Element) -> Sequence[Item]:
    """What opens another element by its id: aria-controls, or Bootstrap's collapse."""
    tag = element.tag
    target = tag.get("aria-controls")
    if not target and "collapse" in (tag.get("data-toggle"), tag.get("data-bs-toggle")):
        target = (tag.get("data-bs-target") or tag.get("data-target") or tag.get("href")).removeprefix("#")
    panel = page.by_id.get(target) if target and tag.get("role") != "tab" else None
    if panel is None or panel.begin < element.end:
        return ()
    return [_item(page, element, panel, _anchor_of(page, element, panel), made=True)]


def classed(page: Page, element: Element) -> Sequence[Item]:
    """What the names of classes say: an accordion's title, and its content behind it."""
    if not _is_trigger(element.tag) or any(_is_panel(each.tag) for each in page.within(element)[:_LOOK_AT]):
        return ()
    near = list(islice(page.above(element), _STEPS_UP))
    until = near[-1].end if len(near) == _STEPS_UP else len(page.tokens)
    for each in page.between(element.end, until)[:_LOOK_AT]:
        if _is_panel(each.tag):
            return [_item(page, element, each, _anchor_of(page, element, each), made=True)]
        if _is_trigger(each.tag):
            return ()
    return ()


FORMS: tuple[Form, ...] = (microdata, details, defined, controlled, classed)


def items_of(page: Page) -> list[Item]:
    """The questions of a page that stand in one of the forms, in order, those within the answer of another too."""
    found: list[Item] = []
    for element in page.elements:
        items = next((items for form in FORMS if (items := form(page, element))), ())
        found += [each for each in items if each.question]
    found.sort(key=lambda each: (each.begin, -each.end))
    kept: list[Item] = []
    for item in found:  # the same question in two forms: the outer element came first
        if not kept or not kept[-1].begin <= item.begin < kept[-1].answer[0][0]:
            kept.append(item)
    return kept


def _item(page: Page, question: Element, answer: Element, anchor: str, *, made: bool = False) -> Item:
    heading = next((each for each in islice(page.above(question), _STEPS_UP) if each.name in HEADINGS), question)
    return Item(_words(page, question), heading.begin, ((answer.begin + 1, answer.end),), anchor, made)


def _words(page: Page, element: Element) -> str:
    return page.text(element.begin + 1, element.end).rstrip(" +–−▼▾▸›»✕×¶")


def _anchor_in(page: Page, element: Element) -> str:
    inside = (each.tag.get("id") or each.tag.get("name") for each in page.within(element))
    return element.tag.get("id") or next((each for each in inside if each), "")


def _anchor_of(page: Page, trigger: Element, panel: Element) -> str:
    """The id of what holds title and content alone, else that of the title."""
    for each in islice(page.above(trigger), _STEPS_UP):
        if each.end >= panel.end:
            alone = each.name not in ("article", "main") and not page.between(panel.end, each.end)
            return (each.tag.get("id") if alone else "") or _anchor_in(page, trigger)
    return _anchor_in(page, trigger)


def _is_faq(page: Page, element: Element) -> bool:
    names = f"{element.tag.get('class')} {element.tag.get('id')}".lower()
    if any(word in names for word in ("faq", "accordion", "question")):
        return True
    return any(each.name == "dt" and _words(page, each).endswith("?") for each in page.within(element))


def _is_trigger(tag: Tag) -> bool:
    return any(
        "question" in parts or (parts & _FAMILIES and parts & _TRIGGERS) or {"article", "title"} == parts
        for parts in _parts_of(tag)
    )


def _is_panel(tag: Tag) -> bool:
    return any(
        "answer" in parts or (parts & _FAMILIES and parts & _PANELS) or {"article", "body"} == parts
        for parts in _parts_of(tag)
    )


def _parts_of(tag: Tag) -> list[set[str]]:
    """The words that each name of a class is made of: `faq-title`, `faqTitle`, `faq__title`."""
    return [{part.lower() for part in _PARTS.findall(name)} for name in tag.get("class").split()[:_LOOK_AT]]
