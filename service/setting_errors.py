"""What is wrong with the settings, a line each: file, line, and what was meant."""

from __future__ import annotations

import difflib
import json
import os
import re
import tomllib
import typing
from collections.abc import Collection, Mapping, Sequence
from itertools import takewhile
from operator import itemgetter
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

Location = Sequence[int | str]
_SECRET = ("password", "url", "client_secret", "refresh_token", "webhook", "webhook_secret")
"""Settings that may hold a password: what was written there is not said again."""
_MEANT = {
    "tuple_type": "a list is meant; a section of which there may be several stands in [[two brackets]]",
    "model_type": "a section is meant, as in [smtp], with its settings below it",
    "dict_type": 'a table is meant, as in { "x-priority" = "1" }',
    "string_type": "text in quotes is meant",
    "string_too_short": "it may not be empty",
    "bool_parsing": "true or false is meant",
    "bool_type": "true or false is meant",
    "int_parsing": "a whole number is meant",
    "int_type": "a whole number is meant",
    "int_from_float": "a whole number is meant",
}
"""What pydantic says in words of its own, by its name for it."""


def explained(
    error: ValidationError, root: type[BaseModel], file: Path | None, text: str, environment: Mapping[str, str]
) -> list[str]:
    """Everything that is wrong, in the order of the file: a line each that says where it is and what was meant."""
    found: dict[tuple[int | str, ...], Any] = {}
    for each in error.errors(include_url=False):  # what may be one of several types is wrong once for each of them
        found.setdefault(tuple(part for part in each["loc"] if not _is_type_tag(part)), each)
    misspelt = {
        (*location[:-1], _near(str(location[-1]), fields_at(root, location[:-1])))
        for location, each in found.items()
        if each["type"] == "extra_forbidden"
    }
    lines = [
        (
            _nearest_line(text, location) or 0,
            f"{_place(location, file, text, environment)}: {_said(each, location, root)}",
        )
        for location, each in found.items()
        if each["type"] != "missing" or location not in misspelt  # it is there, but written wrongly
    ]
    return [said for _, said in sorted(lines, key=itemgetter(0))]


def _said(error: Any, location: Location, root: type[BaseModel]) -> str:
    """What is wrong with the setting there."""
    name = _shown(location)
    if error["type"] == "extra_forbidden":
        return f"there is no setting {name}{nearest(str(location[-1]), fields_at(root, location[:-1]))}"
    if error["type"] == "missing":
        return f"{name} is missing"
    return f"{name}: {_reason(error, secret=bool(location) and str(location[-1]) in _SECRET)}"


def _place(location: Location, file: Path | None, text: str, environment: Mapping[str, str]) -> str:
    """Where a setting was written: in a variable of its own, in the file, or in a variable that holds it and others."""
    names = [str(part).upper() for part in location if isinstance(part, str)]
    variables = ["BRIEF_" + "__".join(names[:length]) for length in range(len(names), 0, -1)]
    line = _nearest_line(text, location)
    for variable in variables[:1] if line else variables:
        found = next((each for each in environment if each.upper() == variable), None)
        if found:
            return f"the environment variable {found}"
    return _in_file(file, line)


def place_of(file: Path | None, *location: int | str) -> str:
    """Where a setting that was taken at first was written, for what shows only together with others."""
    try:
        text = file.read_text(encoding="utf-8-sig") if file else ""
    except (OSError, UnicodeDecodeError):
        text = ""
    return _place(location, file, text, os.environ)


def explained_toml(error: tomllib.TOMLDecodeError, file: Path | None) -> str:
    """A TOML error with its file and line."""
    found = re.search(r"^(.*?) \(at line (\d+)", str(error))
    if found:
        return f"{file}, line {found[2]}: {found[1]}"
    return f"{file}, at its end: {str(error).partition(' (at end')[0]}"


def explained_variables(root: type[BaseModel], environment: Mapping[str, str]) -> list[str]:
    """Each variable that should hold JSON, and does not."""
    return [
        f'the environment variable {variable}: JSON is meant, as in ["de", "en"]; or write it into brief.toml'
        for variable in sorted(environment)
        if variable.upper().startswith("BRIEF_")
        and not _is_json(environment[variable])
        and _holds_json(root, *_parts(variable))
    ] or ["an environment variable BRIEF_... that should hold JSON does not"]


def _parts(variable: str) -> tuple[str, str]:
    """The section that a variable names, and the setting in it."""
    section, _, name = variable.upper().removeprefix("BRIEF_").lower().partition("__")
    return section, name


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _holds_json(root: type[BaseModel], section: str, name: str) -> bool:
    """Whether a setting is a list or a table: those stand in a variable as JSON."""
    if section not in root.model_fields:
        return False
    if not name:
        return True
    model = _model_in(root.model_fields[section].annotation)
    field = model.model_fields.get(name) if model else None
    return field is not None and typing.get_origin(field.annotation) in (tuple, dict)


def unknown_variables(environment: Mapping[str, str], sections: set[str]) -> list[str]:
    """Each variable BRIEF_SECTION__NAME whose section does not exist."""
    return [
        f"the environment variable {variable}: there is no section [{section}]{nearest(section, sections)}"
        for variable in environment
        if variable.startswith("BRIEF_") and "__" in variable and (section := _parts(variable)[0]) not in sections
    ]


def _nearest_line(text: str, location: Location) -> int | None:
    """The line of a setting; of what it stands in where that is written in one line."""
    shorter = (location[:length] for length in range(len(location), 0, -1))
    return next((line for each in shorter if (line := line_of(text, each))), None)


def line_of(text: str, location: Location) -> int | None:
    """The line, from 1, in which a setting stands in TOML; of its section where the name itself is not there."""
    names = [part for part in location if isinstance(part, str)]
    number = next((part for part in location if isinstance(part, int)), 0)
    listed = ".".join(str(part) for part in takewhile(lambda part: isinstance(part, str), location))
    section, seen, found = "", -1, None
    for index, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[\[?\s*([\w.\s\"-]+?)\s*\]\]?\s*(#.*)?$", line)
        if header:
            section = header[1]
            seen += section == listed and line.lstrip().startswith("[[")
        here = section in {".".join(names[:-1]), ".".join(names)} and (
            seen == number or not line_in_list(text, section)
        )
        if header and here:
            found = index
        elif (
            names
            and re.match(rf"\s*\"?{re.escape(names[-1])}\"?\s*[=.]", line)
            and (here or (not section and len(names) == 1))
        ):
            return index
    return found


def line_in_list(text: str, section: str) -> bool:
    """Whether a section of the TOML stands there as [[section]]."""
    return re.search(rf"^\s*\[\[\s*{re.escape(section)}\s*\]\]", text, re.MULTILINE) is not None


def fields_at(root: type[BaseModel], location: Location) -> set[str]:
    """The names of the settings in a section."""
    model = root
    for part in location:
        if isinstance(part, str) and part in model.model_fields:
            model = _model_in(model.model_fields[part].annotation) or model
    return set(model.model_fields)


def nearest(word: str, known: Collection[str]) -> str:
    """ "; did you mean X?" where something is near, else what there is."""
    close = _near(word, known)
    return f"; did you mean {close}?" if close else f"; there are: {', '.join(sorted(known))}"


def _near(word: str, known: Collection[str]) -> str:
    folded = {each.lower(): each for each in sorted(known, reverse=True)}
    return next((folded[each] for each in difflib.get_close_matches(word.lower(), sorted(folded), 1, 0.6)), "")


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for each in typing.get_args(annotation) if (found := _model_in(each))), None)


def _is_type_tag(part: int | str) -> bool:
    return isinstance(part, str) and ("[" in part or part == "str")


def _shown(location: Location) -> str:
    names = [str(part) for part in location if isinstance(part, str)]
    return f"[{names[0]}] {'.'.join(names[1:])}" if len(names) > 1 else (names[0] if names else "the settings")


def _in_file(file: Path | None, line: int | None) -> str:
    if file is None:
        return "the settings"
    return f"{file}, line {line}" if line else str(file)


def _reason(error: Any, *, secret: bool) -> str:
    text = _MEANT.get(error["type"]) or str(error["msg"]).removeprefix("Value error, ")
    text = text[:1].lower() + text[1:]
    given = None if secret else error.get("input")
    return f"{text} (not {given!r})" if isinstance(given, (str, int, float)) and len(repr(given)) < 60 else text
