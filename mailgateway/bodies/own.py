"""What the writer certainly wrote themselves, for eyes that are to see nothing of what others wrote: in doubt a line is quoted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mailgateway.bodies.header_blocks import field
from mailgateway.bodies.header_labels import ROLES, Role
from mailgateway.bodies.quotes import part
from mailgateway.bodies.signatures import without_signature

_MARKS = (">", "＞", "|", "¦")
_LONGEST_INITIALS = 10
"""Letters of a quoted writer's initials or name before their mark ("MM> ")."""
_BELOW = 3
"""Lines within which a header goes on that begins with who wrote."""


def says_something(text: str) -> bool:
    """Whether the whole text of a mail holds a word of its writer's own, and not another's mail alone."""
    return bool("".join(without_signature(part(text.split("\n"), answers=True).own)).strip())


def certainly_own(reply: str) -> str:
    """What of a writer's own text is certainly theirs: without marked lines, however they are marked, and without all
    that follows the header of another mail, even half of one. Takes linear time.
    """
    lines = reply.split("\n")
    end = next((number for number in range(len(lines)) if _begins_a_mail(lines, number)), len(lines))
    return "\n".join(line for line in lines[:end] if not _is_marked(line)).strip()


def _is_marked(line: str) -> bool:
    text = line.strip()
    if text.startswith(_MARKS):
        return not _is_of_a_table(text)
    initials, mark, rest = text[: _LONGEST_INITIALS + 2].partition(">")
    return bool(mark) and initials.isalpha() and (not rest or rest[0] in " >\t")


def _is_of_a_table(text: str) -> bool:
    return text.startswith("|") and text.endswith("|") and len(text) > 1


def _begins_a_mail(lines: Sequence[str], number: int) -> bool:
    """Whether another mail's header begins here: who wrote it, and when, below it or on the same line."""
    found = field(lines[number])
    if found is None or found[0] is not Role.FROM:
        return False
    below = (field(line) for line in lines[number + 1 : number + 1 + _BELOW])
    return Role.DATE in {each[0] for each in below if each} or Role.DATE in _labels_within(found[1])


def _labels_within(value: str) -> Iterator[Role | None]:
    """The roles of the words of a line that end in a colon."""
    words = value[:1000].split()
    return (ROLES.get(word.strip("*")[:-1].casefold()) for word in words if word.endswith((":", ":*")))
