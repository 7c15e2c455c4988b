"""Questions that a page tells search engines as JSON-LD: schema.org's FAQPage."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urldefrag

from knowledge.tags import tag_end

MOST = 50_000
"""Values that are looked at."""
_SCRIPT = re.compile(r"<script\b", re.IGNORECASE)
_END = re.compile(r"</script\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Told:
    """A question as it is told: its answer is HTML, or text in lines."""

    question: str
    answer: str
    anchor: str


def told(html: str) -> list[Told]:
    """The questions that a page tells, in order; what cannot be read tells nothing."""
    found: list[Told] = []
    for block in _blocks(html):
        try:
            found += _questions(json.loads(block))
        except (ValueError, RecursionError):
            continue
    return found


def _blocks(html: str) -> Iterator[str]:
    """What stands in each script of that type."""
    at = 0
    while opening := _SCRIPT.search(html, at):
        begin = tag_end(html, opening.end()) + 1
        end = _END.search(html, begin) if begin else None
        if end is None:
            return
        if "ld+json" in html[opening.end() : begin].lower():
            yield html[begin : end.start()]
        at = end.end()


def _questions(data: Any) -> Iterator[Told]:
    waiting, looked = [data], 0
    while waiting and looked < MOST:
        now = waiting.pop()
        looked += 1
        if isinstance(now, list):
            waiting += reversed(now)
        elif isinstance(now, dict):
            if told_here := _question(now):
                yield told_here
            else:
                waiting += reversed(now.values())


def _question(fields: Mapping[str, Any]) -> Told | None:
    answer = fields.get("acceptedAnswer")
    answer = answer[0] if isinstance(answer, list) and answer else answer
    if fields.get("@type") not in ("Question", ["Question"]) or not isinstance(answer, dict):
        return None
    name, text = fields.get("name"), answer.get("text")
    if not isinstance(name, str) or not isinstance(text, str):
        return None
    anchor = next((urldefrag(value)[1] for key in ("@id", "url") if isinstance(value := fields.get(key), str)), "")
    return Told(" ".join(name.split()), text, anchor)
