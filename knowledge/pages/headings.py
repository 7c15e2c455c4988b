"""The questions of a page that are headings, with the text below them as answers."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.pages.forms import Item
from knowledge.pages.outline import Heading, Section, asks, sections, unanswered
from knowledge.pages.page import HEADINGS, Element, Page
from knowledge.tags import Tag

_OF_A_PARAGRAPH = 7
"""The level of a paragraph that is a question in bold: below all headings."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A heading where it stands."""

    element: Element
    heading: Heading


def spots_of(page: Page, items: Sequence[Item]) -> list[Spot]:
    """The headings beside the questions that were found in another form."""
    taken = outermost(items)
    begins = [each.begin for each in taken]
    found = [each for each in page.elements if _level(page, each) and not _is_in(each, taken, begins)]
    stops = sorted([each.begin for each in found] + begins)
    spots = []
    for each in found:
        after = bisect_left(stops, each.end)
        until = stops[after] if after < len(stops) else len(page.tokens)
        text = page.text(each.begin + 1, each.end)
        if text:
            spots.append(Spot(each, Heading(_level(page, each), text, bool(page.text(each.end, until)))))
    return spots


def questions_of(spots: Sequence[Spot], items: Sequence[Item]) -> list[Section]:
    """The headings that are questions, by their number, beside those that were found in another form."""
    return sections([each.heading for each in spots], only_asking=bool(items))


def without_answer(spots: Sequence[Spot], found: Sequence[Section], items: Sequence[Item]) -> list[str]:
    """The questions of headings that have nothing below them, not even questions in another form."""
    begins = [each.begin for each in items]
    silent = []
    for at in unanswered([each.heading for each in spots], found):
        until = spots[at + 1].element.begin if at + 1 < len(spots) else None
        after = bisect_left(begins, spots[at].element.end)
        if after == len(begins) or (until is not None and begins[after] > until):
            silent.append(_question(spots[at]))
    return silent


def asked(page: Page, spots: Sequence[Spot], found: Sequence[Section], items: Sequence[Item]) -> list[tuple[Item, str]]:
    """The headings that are questions, each with the heading above."""
    begins = [each.begin for each in items]
    around = _holds_all(page, [spots[each.heading].element for each in found])
    made = []
    for each in found:
        element = spots[each.heading].element
        ends = [around.end if around else len(page.tokens)]
        ends += [spots[each.end].element.begin] if each.end < len(spots) else []
        ends += begins[bisect_left(begins, element.end) :][:1]
        if own := _of_its_own(page, element, around):
            ends.append(own.end)
        answer = (element.end + 1, min(ends))
        made.append(
            (Item(_question(spots[each.heading]), element.begin, (answer,), _anchor(page, element)), each.category)
        )
    return made


def _question(spot: Spot) -> str:
    return spot.heading.text.rstrip(" ¶")


def _level(page: Page, element: Element) -> int:
    if element.name in HEADINGS:
        return int(element.name[1])
    if element.name != "p":
        return 0
    first = page.tokens[element.begin + 1]
    if isinstance(first, str) or first.name not in ("strong", "b"):
        return 0
    bold = page.within(element)[0]
    return _OF_A_PARAGRAPH if bold.end + 1 == element.end and asks(page.text(bold.begin, bold.end)) else 0


def outermost(items: Sequence[Item]) -> list[Item]:
    """Those of some in order that stand in the answer of none before."""
    found: list[Item] = []
    for item in items:
        if not found or item.begin >= found[-1].end:
            found.append(item)
    return found


def _is_in(element: Element, taken: Sequence[Item], begins: Sequence[int]) -> bool:
    """Whether an element stands in one of some questions that stand apart."""
    before = bisect_right(begins, element.begin)
    return before > 0 and element.begin < taken[before - 1].end


def _holds_all(page: Page, questions: Sequence[Element]) -> Element | None:
    """The smallest element that holds all of some; of one, the main part of the page."""
    if len(questions) == 1:
        return next((each for each in page.above(questions[0]) if each.name in ("article", "main")), None)
    if not questions:
        return None
    return next((each for each in page.above(questions[0]) if each.holds(questions[-1])), None)


def _of_its_own(page: Page, element: Element, around: Element | None) -> Element | None:
    """The element of one question among those of the others, where the answer stands in it, too."""
    above = [each for each in page.above(element) if around is None or around.holds(each)]
    own = above[-1] if above and around is not None else None
    return own if own is not None and page.text(element.end + 1, own.end) else None


def _anchor(page: Page, element: Element) -> str:
    """The id of a heading, of an anchor in it or right before it, or of the element that it opens."""
    inside = [each.tag.get("id") or each.tag.get("name") for each in page.within(element)]
    if known := element.tag.get("id") or next((each for each in inside if each), ""):
        return known
    before = page.tokens[element.begin - 2 : element.begin] if element.begin > 1 else []
    if before and isinstance(before[0], Tag) and before[0].name == "a" and not before[0].closes:
        return before[0].get("id") or before[0].get("name")
    parent = page.parents.get(element)
    if parent is None or parent.begin + 1 != element.begin:
        return ""
    alone = not any(each.name in HEADINGS for each in page.between(element.end, parent.end))
    return parent.tag.get("id") if alone else ""
