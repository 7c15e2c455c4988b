"""A Markdown page without front matter: one article, or many questions as headings."""

from __future__ import annotations

import re
from typing import Any

from knowledge.article import Wrong
from knowledge.markdown import LARGEST, headings_of, plain
from knowledge.pages.articles import MOST, Asked, fields_of, slug
from knowledge.pages.outline import Heading, Topic, above, sections, unanswered

_ANCHOR = re.compile(
    r"\s*\{#([\w.:-]{1,200})[^}]{0,200}\}\s*$|<a\s+(?:name|id)=[\"']([^\"']{1,200})[\"']\s*/?>(?:</a>)?"
)

_MAY_BE_HEADING = re.compile(r"#|=+\s*$|-+\s*$")
_LONGEST = 1_200
"""Characters of a heading: more than a question may have."""


def from_markdown_page(text: str, name: str) -> list[dict[str, Any]]:
    """The fields of each article of a page that is called `name`, then the questions that have no text below them.

    Raises `Wrong` where it holds no question.
    """
    if len(text) > LARGEST:
        raise Wrong(f"the page is longer than {LARGEST} characters; part it")
    lines = text.split("\n")
    if sum(bool(_MAY_BE_HEADING.match(line)) for line in lines) > 2 * MOST:
        raise Wrong(f"the page holds more than {2 * MOST} headings; part it")
    found = headings_of(text)
    titles = [_ANCHOR.sub("", each.text).strip(" #")[:_LONGEST] for each in found]
    anchors = [
        next((known for hit in _ANCHOR.finditer(each.text) for known in hit.groups() if known), "") for each in found
    ]
    ends = [*(each.begin for each in found[1:]), len(lines)]
    headings = [
        Heading(each.level, plain(title), any(line.strip() for line in lines[each.end : end]))
        for each, title, end in zip(found, titles, ends, strict=False)
    ]
    over = above([Topic(at, each.level, each.text) for at, each in enumerate(headings)], ())
    asked, questions = list[Asked](), sections(headings)
    for each in questions:
        end = found[each.end].begin if each.end < len(found) else len(lines)
        answer = "\n".join(lines[found[each.heading].end : end]).strip("\n")
        question, anchor = headings[each.heading].text, anchors[each.heading]
        asked.append(Asked(question, answer, anchor, each.category, above=over[each.heading]))
    silent = [Asked(headings[at].text, "") for at in unanswered(headings, questions)]
    if not asked and not silent:
        raise Wrong(
            '"question" is missing: it stands in the front matter, below a first line "---", or is a heading with its answer below'
        )
    fields = fields_of([*asked, *silent], name)
    if len(asked) == 1 and asked[0].question == headings[0].text:
        fields[0]["id"] = slug(name)  # the file is the article
    return fields
