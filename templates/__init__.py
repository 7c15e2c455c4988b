"""The texts and pages that people read: `mail/<language>/<name>.txt` as plain text, `site/*.html` escaped."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment, Template  # loaded at the first text: most commands write none

FOLDER = Path(__file__).parent
FALLBACKS = ("en", "de")
"""The languages that are asked for a text, in order, where it is missing in the one that was wanted."""


@cache
def environment() -> Environment:
    """The environment of the website's pages: everything is escaped, and an unknown name raises."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


@cache
def languages() -> tuple[str, ...]:
    """The languages that mail is written in."""
    return tuple(sorted(folder.name for folder in (FOLDER / "mail").iterdir() if folder.is_dir()))


def render(name: str, language: str, /, **facts: Any) -> str:
    """The text `name` of a mail in a language, or in English, or in German. Raises where a fact is missing."""
    return _text(name, language).render(**facts).strip() + "\n"


def render_line(name: str, language: str, /, **facts: Any) -> str:
    """The same as one line, as a header needs it."""
    return " ".join(render(name, language, **facts).split())


@cache
def _of_mails() -> Environment:
    from jinja2 import FileSystemLoader

    # plain text: a mail's reader would see "&amp;"
    return environment().overlay(loader=FileSystemLoader(FOLDER / "mail"), autoescape=False)


@cache
def _text(name: str, language: str) -> Template:
    from jinja2 import TemplateNotFound

    wanted = [f"{each}/{name}.txt" for each in dict.fromkeys((language, *FALLBACKS)) if each in languages()]
    if not wanted:
        raise TemplateNotFound(name)
    return _of_mails().select_template(wanted)
