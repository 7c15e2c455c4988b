"""The front matter above a Markdown text: YAML without its dangers. What is wrong is said in our words, with its line."""

from __future__ import annotations

from typing import Any

import yaml

from knowledge.article import Wrong

LARGEST = 16_384
"""Characters; longer front matter is refused."""
_FIRST = 2
"""The line of a file in which its front matter begins."""
_MEANT = (
    'a line is `name: value`, and a value that holds ": " or " #" or begins with a sign stands in quotes, '
    'as in question: "Storno: was nun?"'
)


class _Loader(yaml.SafeLoader):
    """YAML without aliases: a few lines of them can stand for a million values."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise Wrong(f"aliases are not taken in front matter: {_MEANT}", _line(self.current_event))
        return super().compose_node(parent, index)

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except Wrong:
            raise
        except (ValueError, LookupError, AttributeError) as error:  # as of 2026-02-30, or "!!bool perhaps"
            raise Wrong(
                "this value cannot be what it looks like; mend it, or write it in quotes", _line(node)
            ) from error


def split(text: str) -> tuple[dict[str, Any], str]:
    """The fields of the front matter, and the text below it. Raises `Wrong`."""
    front, body = _cut(text)
    try:
        fields = yaml.load(front, Loader=_Loader)  # noqa: S506 - a SafeLoader, see above
    except yaml.YAMLError as error:
        raise Wrong(f"the front matter cannot be read here: {_MEANT}", _line_of_error(error, front)) from error
    except RecursionError as error:
        raise Wrong("the front matter is nested too deeply") from error
    if not isinstance(fields, dict):
        raise Wrong('the front matter must be lines such as "question: ..."')
    return {str(key): value for key, value in fields.items()}, body


def line_of(text: str, name: str) -> int:
    """The line of a text in which its front matter says a field; the first where it does not."""
    lines = text[:LARGEST].split("\n")
    said = (number for number, line in enumerate(lines, 1) if line.partition(":")[0].strip(" \t\"'") == name)
    return next(said, 1)


def _cut(text: str) -> tuple[str, str]:
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        raise Wrong('the first line must be "---", with the front matter below it')
    for number, line in enumerate(lines[1:], 1):
        if line.rstrip() in ("---", "..."):
            front = "\n".join(lines[1:number])
            if len(front) > LARGEST:
                raise Wrong(f"the front matter is longer than {LARGEST} characters")
            return front, "\n".join(lines[number + 1 :])
    raise Wrong('the front matter does not end with a line "---"')


def _line(of: Any) -> int:
    return int(of.start_mark.line) + _FIRST


def _line_of_error(error: yaml.YAMLError, front: str) -> int:
    """Where it went wrong; of what never ends, where it begins."""
    if isinstance(error, yaml.reader.ReaderError):
        return front.count("\n", 0, error.position) + _FIRST
    if not isinstance(error, yaml.MarkedYAMLError):
        return 1
    marks = [mark for mark in (error.problem_mark, error.context_mark) if mark is not None]
    within = [mark for mark in marks if mark.index < len(front)] or marks
    return int(within[0].line) + _FIRST if within else 1
