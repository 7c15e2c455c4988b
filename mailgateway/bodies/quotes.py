"""Parts what the writer wrote from what is quoted, line by line, in one pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mailgateway.bodies.attributions import QUOTED, attribution, is_quoted
from mailgateway.bodies.header_blocks import header_block, unquoted
from mailgateway.bodies.quote_phrases import DIVIDERS, FORWARD_DIVIDERS, FORWARD_STARTS, HISTORY, REPLY_ABOVE
from mailgateway.bodies.signatures import is_footer, is_list_footer, is_signature_mark

CUT = "\ue001"
"""A line below which the HTML proves all to be quoted."""
SIGNED = "\ue002"
"""Begins a line which the HTML proves to be a signature."""

_RULE = frozenset("-_=*#~–—─ \t\u00a0>")
_SIGNATURE_BEGINS = ("-", "‐", "_")
_FORWARD_BEGINS = tuple(f"{each} " for each in FORWARD_DIVIDERS)
_DIVIDER_ENDS = ("-", "_", "=", "—", "–", ":", "：")
_MOST = 1500
"""Lines of a writer's own, or unmarked, that are looked at closely; further ones are kept as they stand."""
_WRAPPED = 60
"""Quoted lines this long may have been wrapped, their rest standing below without a mark."""


@dataclass(slots=True)
class Parted:
    """A body parted: the writer's `own` lines, and whether anything proved the rest to be quoted."""

    own: list[str] = field(default_factory=list)
    attributed: bool = False
    """An attribution, a header block or the like introduces the quotation."""
    open_end: int | None = None
    """The line from which all was taken for quoted though no mark tells where the quotation ends."""


def divider(line: str) -> str:
    """ "answered" or "forwarded" for a line such as "-----Original Message-----", "" for any other."""
    text = unquoted(line).strip(" \t\u00a0*")[:200]
    if not text.endswith(_DIVIDER_ENDS) and not text.startswith("-----"):
        return ""
    core = text.strip("-_=–—* \t\u00a0").rstrip(" :：").casefold()
    dashed = text.startswith(("--", "__", "==", "—", "–")) and text.endswith(("-", "_", "=", "—", "–", ":"))
    if dashed and core in DIVIDERS:
        return "answered"
    if (dashed and (core in FORWARD_DIVIDERS or core in FORWARD_STARTS or _names_whose(core))) or _on_one_line(text):
        return "forwarded"
    if text.endswith((":", "：")) and core in FORWARD_STARTS:
        return "forwarded"
    return ""


def _names_whose(core: str) -> bool:
    """Whether the words of a divider say whose mail follows: "Weitergeleitete Nachricht von Anna <a@b>"."""
    return "@" in core and core.startswith(_FORWARD_BEGINS)


def _on_one_line(text: str) -> bool:
    """Yahoo's way: the divider and the whole header on one line."""
    if not text.startswith("-----"):
        return False
    middle = text.lstrip("-").partition("-----")[0].strip().casefold()
    return middle in FORWARD_DIVIDERS


def is_rule(line: str) -> bool:
    """Whether a line only parts: "____", "=====", "* * *"."""
    text = line.strip()
    return len(text) >= 2 and _RULE.issuperset(text) and not text.startswith(">")


def part(lines: Sequence[str], *, answers: bool = False) -> Parted:
    """The writer's own lines in order. `answers` says that the mail is an answer, so that bare quotations are taken for such."""
    walk = _Walk(lines, _fenced(lines))
    while walk.at < len(lines) and not walk.ended:
        walk.step()
    walk.settle(answers)
    return Parted(walk.kept(), walk.attributed, walk.open_end)


class _Walk:
    """One pass over the lines; each step decides about the line it stands at, and moves on."""

    def __init__(self, lines: Sequence[str], fenced: frozenset[int]) -> None:
        self.lines = lines
        self.fenced = fenced
        self.at = 0
        self.ended = False
        self.attributed = False
        self.open_end: int | None = None
        self.signed = False
        self.taken: list[tuple[str, bool]] = []
        """Lines kept so far, each with whether it is a bare quotation still to be decided about."""
        self.own = 0
        self.looked = 0
        self.may_have_history = _may_have_history(lines)

    def step(self) -> None:
        """Decides about one line."""
        line = self.lines[self.at]
        blank, quoted = not line.strip(), is_quoted(line)
        self.looked += not (blank or quoted)
        if self.at in self.fenced:
            self._keep(line)
        elif line.startswith(QUOTED):
            self.attributed, self.signed = True, False
            self.at += 1
        elif quoted:
            self._quoted(line)
        elif blank or self.looked > _MOST or not (self._quotation() or self._mark(line)):
            self._keep(line)

    def _keep(self, line: str) -> None:
        if not self.signed:
            self.taken.append((line, False))
            self.own += bool(line.strip())
        self.at += 1

    def _quoted(self, line: str) -> None:
        self.signed = False
        self.attributed = self.attributed or self._introduces(line)
        self.taken.append((line, True))
        self.at += 1
        self._skip_wrapped(line)

    def _introduces(self, line: str) -> bool:
        """Whether a quoted line is itself an attribution or a header: programs quote theirs as well."""
        bare = unquoted(line)
        if not bare.strip():
            return False
        if divider(line):
            return True
        if bare.endswith(":") and attribution([bare], 0) is not None:
            return True
        following = [unquoted(other) for other in self.lines[self.at : self.at + 5] if is_quoted(other)]
        return bool(following) and (attribution(following, 0) is not None or header_block(following, 0) is not None)

    def _skip_wrapped(self, line: str) -> None:
        """Leaves out the rest of a quoted line that was wrapped on its way."""
        if self.at + 1 >= len(self.lines) or not is_quoted(self.lines[self.at + 1]):
            return
        rest = self.lines[self.at].strip()
        if rest and not is_quoted(rest) and (len(line) >= _WRAPPED or rest.endswith(">")):
            self.at += 1

    def _quotation(self) -> bool:
        """Goes over an attribution, divider or header block, if one begins here."""
        line = self.lines[self.at]
        if line.startswith(CUT) or (self.may_have_history and _is_history(line)):
            self._end(self.at, proven=True)
            return True
        if divider(line):
            self._introduced(self.at + 1, proven=True)
            return True
        block = header_block(self.lines, self.at)
        if block is not None:
            self._introduced(block.end, proven=True)
            return True
        found = attribution(self.lines, self.at)
        if found is None:
            return False
        if found.before and not self.signed:
            self.taken.append((found.before, False))
            self.own += 1
        self._introduced(found.end, proven=False)
        return True

    def _introduced(self, end: int, *, proven: bool) -> None:
        """After an introduction: marked quotations are left out one by one, an unmarked one to the end of the mail."""
        self.attributed, self.signed = True, False
        following = next((line for line in self.lines[end : end + 6] if line.strip()), "")
        if is_quoted(following):
            self._drop_rules()
            self.at = end
        else:
            self._end(end, proven=proven)

    def _end(self, end: int, *, proven: bool) -> None:
        self.attributed = True
        self._drop_rules()
        self.open_end = end
        self.ended = True
        if proven and self.lines[self.at].startswith(CUT):
            self.open_end = None

    def _drop_rules(self) -> None:
        """Takes back what only parts the own text from the quotation."""
        while self.taken and not self.taken[-1][1] and _parts(self.taken[-1][0]):
            self.taken.pop()

    def _mark(self, line: str) -> bool:
        """Goes over what begins a signature or footer."""
        if line.startswith(SIGNED):
            self.at += 1
            return True
        ruled = line.lstrip().startswith(_SIGNATURE_BEGINS)
        if ruled and (is_signature_mark(self.lines, self.at) or is_list_footer(self.lines, self.at)):
            self.signed = True
            self.at += 1
            return True
        if is_footer(line):
            self.signed = self.own > 0
            self.at += 1
            return True
        return False

    def settle(self, answers: bool) -> None:
        """Decides about quotations without an attribution: kept where the writer seems to have pasted them."""
        if self.attributed:
            self.taken = [(line, False) for line in _without_quoted(self.taken)]
            return
        left: list[tuple[str, bool]] = []
        pasted = False
        for line, quoted in self.taken:
            if quoted:
                pasted = pasted or not answers or _pasted(left, line)
            elif line.strip():
                pasted = False
            left.append((line, quoted and not pasted))
        self.taken = [(line, False) for line in _without_quoted(left)]

    def kept(self) -> list[str]:
        """The lines that remain."""
        return [line for line, _ in self.taken]


def _without_quoted(taken: Sequence[tuple[str, bool]]) -> list[str]:
    """The lines that are not quoted, with one blank line where a quotation stood between two of them."""
    left: list[str] = []
    cut = False
    for line, quoted in taken:
        if quoted:
            cut = True
            continue
        blank_before = not left or not left[-1].strip()
        if cut and not line.strip() and blank_before:
            continue
        if cut and line.strip() and not blank_before:
            left.append("")
        left.append(line)
        cut = cut and not line.strip()
    return left


def _parts(line: str) -> bool:
    """Whether a line only parts the own text from a quotation: blank, a rule, or a divider without dashes."""
    return not line.strip() or is_rule(line) or line.strip(" \t*").rstrip(":").casefold() in DIVIDERS


def _pasted(before: Sequence[tuple[str, bool]], line: str) -> bool:
    """Whether the writer introduces a marked line as their own quotation ("Dort steht:"), or it is no quotation at all."""
    last = next((text.strip() for text, _ in reversed(before[-3:]) if text.strip()), "")
    return last.endswith((":", "：")) or "<<<" in line or line.lstrip().startswith(">>>")


def _may_have_history(lines: Sequence[str]) -> bool:
    """False where `_is_history` can be true of no line: asked once of them all, for nearly no mail has such a line."""
    text = "\n".join(lines).casefold()
    return any(phrase in text for phrase in (*HISTORY, *REPLY_ABOVE))


def _is_history(line: str) -> bool:
    text = line.strip(" \t*#-_=")[:200].casefold()
    return text.rstrip(":") in HISTORY or (len(text) < 120 and any(phrase in text for phrase in REPLY_ABOVE))


def _fenced(lines: Sequence[str]) -> frozenset[int]:
    """The numbers of lines in code between ``` marks."""
    marks = [number for number, line in enumerate(lines) if line.lstrip().startswith("```")]
    inside: set[int] = set()
    for start, end in zip(marks[::2], marks[1::2], strict=False):
        inside.update(range(start, end + 1))
    return frozenset(inside)
