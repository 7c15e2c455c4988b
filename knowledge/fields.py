"""An article from plain values, and as such: what a JSON line or front matter says. What is wrong is said of one field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import islice
from typing import Any

from knowledge.article import Article, Wrong
from knowledge.languages.codes import is_language
from knowledge.languages.typos import damerau

NAMES = ("id", "question", "answer", "category", "audience", "language", "updated", "automatic", "mailboxes")
LENGTHS = {"id": 200, "question": 1_000, "audience": 100, "language": 16, "category": 200, "mailboxes": 320}
MOST_LISTED = 50
"""Categories, or mailboxes."""
LOOKED_AT = 50
"""Names that are none of an article's fields: other programs put their own beside them."""


def article_from(fields: Mapping[str, Any]) -> Article:
    """The article that plain values describe. Raises `Wrong` with the one thing to mend, which begins with its field in quotes."""
    refuse_mistyped(fields)
    answer = _text(fields, "answer", required=True)
    return Article(
        id=_identity(fields.get("id")),
        question=_line(fields, "question", required=True),
        answer=answer.strip(),
        categories=_categories(fields.get("category")),
        audience=_line(fields, "audience"),
        language=_language(fields),
        updated=_date(fields.get("updated")),
        automatic=_truth(fields.get("automatic", True)),
        mailboxes=_mailboxes(fields.get("mailboxes")),
    )


def as_fields(article: Article) -> dict[str, Any]:
    """The article as the plain values of a JSON line; what is empty is left out."""
    fields: dict[str, Any] = {"id": article.id, "question": article.question, "answer": article.answer}
    if article.categories:
        fields["category"] = article.categories[0] if len(article.categories) == 1 else list(article.categories)
    if article.audience:
        fields["audience"] = article.audience
    fields["language"] = article.language
    if article.updated:
        fields["updated"] = article.updated.isoformat()
    if not article.automatic:
        fields["automatic"] = False
    if article.mailboxes:
        fields["mailboxes"] = list(article.mailboxes)
    return fields


def refuse_mistyped(names: Iterable[str]) -> None:
    """Raise `Wrong` where a name is nearly one of an article's: what it says would be lost, such as that nobody may quote it."""
    strange = (name for name in names if name not in NAMES)
    for name in islice(strange, LOOKED_AT):
        if len(name) > 2 * max(map(len, NAMES)):
            continue
        mistakes = [int(each) for each in damerau(name.lower(), NAMES)]
        least = min(mistakes)
        meant = NAMES[mistakes.index(least)]
        if least <= len(meant) // 4:
            raise Wrong(f'"{name}" is none of the fields; did you mean "{meant}"?')


def _identity(value: Any) -> str:
    text = str(value).strip() if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    if not text:
        raise Wrong('"id" is missing')
    if len(text) > LENGTHS["id"] or not text.isprintable():
        raise Wrong(f'"id" must be printable and at most {LENGTHS["id"]} characters long')
    return text


def _text(fields: Mapping[str, Any], name: str, *, required: bool = False) -> str:
    value = fields.get(name)
    if not required and value in (None, ""):
        return ""
    if not isinstance(value, (str, int)) or isinstance(value, bool) or not str(value).strip():
        raise Wrong(f'"{name}" is missing or is no text')
    return str(value)


def _line(fields: Mapping[str, Any], name: str, *, required: bool = False) -> str:
    text = " ".join(_text(fields, name, required=required).split())
    if len(text) > LENGTHS[name]:
        raise Wrong(f'"{name}" is longer than {LENGTHS[name]} characters')
    return text


def _language(fields: Mapping[str, Any]) -> str:
    text = _line(fields, "language").lower() or "de"
    if not is_language(text):
        raise Wrong(f'"language" must be the code of a language, such as "de", "en" or "de-at", not {text[:16]!r}')
    return text


def _categories(value: Any) -> tuple[str, ...]:
    return _listed(value, "category")


def _mailboxes(value: Any) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(each.lower() for each in _listed(value, "mailboxes")))
    if wrong := [each for each in found if not all(each.partition("@")) or " " in each]:
        raise Wrong(f'"mailboxes" must be mail addresses of the desk, and "{wrong[0]}" is none')
    return found


def _listed(value: Any, name: str) -> tuple[str, ...]:
    """The lines of a list, or of a single value, each once."""
    listed = value if isinstance(value, list) else [] if value is None else [value]
    if len(listed) > MOST_LISTED:
        raise Wrong(f'"{name}" holds more than {MOST_LISTED}')
    return tuple(dict.fromkeys(each for each in (_line({name: each}, name) for each in listed) if each))


def _date(value: Any) -> date | None:
    if value is None or value == "":
        return None
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise Wrong('"updated" must be a date such as 2026-11-30') from None


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Wrong('"automatic" must be true or false')
    return value
