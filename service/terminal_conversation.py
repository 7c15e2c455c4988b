"""A conversation on the terminal, as an exchange of letters: theirs on the left, ours set in, between them what happened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from typing import Any

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from service.harmless import line, safe
from service.terminal import READABLE, cut, hang, hint, parse_time, person, stamp
from service.terminal_callbacks import sentence
from service.terminal_lists import ASIDE, standing, suggestions
from service.terminal_people import beside_the_names
from templates.amounts import size
from threads.model import BY_ITSELF, TAKEN_BACK
from threads.subjects import canonical, readable, untagged
from threads.why.sentences import of_held

_WRAPPED = ("encrypted with", "signed with", "winmail.dat", "the text is too long")
"""How a defect begins that an agent wants to know of: why a mail shows no text, or not all of it."""
_MOST_LINES = 80
"""Of one letter; the rest is shown with --whole."""
_PRIORITY_STYLES = {"critical": "urgent", "high": "high"}
_DELIVERY = {
    "waiting": "goes out {due}",
    "leased": "is going out",
    "failed": "could not be delivered: {answer}",
    "given up": "was given up: {answer}",
    "cancelled": "never went out: {answer}",
}

_TOLD = {
    "waiting": "not sent yet",
    "leased": "is being sent",
    "sent": "told",
    "failed": "could not be told: {answer}",
    "given up": "could not be told: {answer}",
    "bounced": "told, but the mail came back",
    "stopped": "not told: mail does not reach them",
    "passed": "not told: somebody saw to it before the mail was written",
}
"""What became of the mail that tells somebody of an escalation."""
_CALLED = {"waiting": "not done yet", "leased": "is being called", "done": "done"}
_CALLED_AGAIN = "is being called again, so far"


class Bar:
    """Something with a coloured bar on its left, `inset` columns in."""

    def __init__(self, inner: RenderableType, style: str, inset: int = 0, width: int = READABLE) -> None:
        self.inner, self.style, self.inset, self.width = inner, style, inset, width

    def __rich_console__(self, to: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it line by line."""
        room = max(10, min(self.width, options.max_width - self.inset) - 2)
        bar = Segment(" " * self.inset + "▎ ", to.get_style(self.style))
        for segments in to.render_lines(self.inner, options.update(width=room), pad=False):
            yield bar
            yield from segments
            yield Segment.line()


def conversation(to: Console, shown: dict[str, Any], now: datetime, zone: tzinfo, *, whole: bool = False) -> None:
    """All of a conversation: who and what, then the letters in order, then what may be done."""
    _head(to, shown, now, zone)
    if shown["earlier"]:
        to.print(Text(f"… {shown['earlier']} earlier messages are not shown", "quiet"))
    held = {entry["because"] for entry in shown["timeline"] if entry.get("held")}
    after_line = False
    for entry in shown["timeline"]:
        one_line = entry["kind"] == "event" or (_is_automatic(entry) and not whole)
        if entry.get("undone") or entry.get("mail") == TAKEN_BACK or _stands_in_a_letter(entry, held):
            continue
        if not (one_line and after_line):
            to.print()
        after_line = one_line
        _entry(to, entry, shown["subject"], now, zone, whole=whole)
    to.print()
    if shown["suggestions"] and shown["status"] == "open":
        suggestions(to, shown["suggestions"], shown["handle"])
        to.print()
    hint(to, _next(shown))


def _stands_in_a_letter(entry: dict[str, Any], held: set[str]) -> bool:
    """Whether an event says what a letter says itself: that it is held, and why."""
    return bool(entry.get("event") == "held" and entry["because"] in held)


def _entry(to: Console, entry: dict[str, Any], matter: str, now: datetime, zone: tzinfo, *, whole: bool) -> None:
    if entry["kind"] == "note":
        _note(to, entry, now, zone)
    elif entry["kind"] == "event":
        _event(to, entry, now, zone)
    elif _is_automatic(entry) and not whole:
        _automatic(to, entry, now, zone)
    else:
        _letter(to, entry, matter, now, zone, whole=whole)


def _is_automatic(entry: dict[str, Any]) -> bool:
    """Whether a mail went out by itself: everybody knows what it says."""
    return entry["kind"] == "message" and entry["direction"] == "out" and entry["mail"] in BY_ITSELF


def _automatic(to: Console, entry: dict[str, Any], now: datetime, zone: tzinfo) -> None:
    at = parse_time(entry["at"])
    who = ", ".join(person(each) for each in entry["to"][:4])
    label = Text(f"· {stamp(at, now, zone) if at else ''}  ", "quiet")
    hang(to, label, Text(f"{entry['mail']} to {who}  {entry['code']}", "quiet"), widest=READABLE)
    for said in _delivery(entry, now, zone):
        hang(to, Text(" " * cell_len(label.plain)), said, widest=READABLE)


def _head(to: Console, shown: dict[str, Any], now: datetime, zone: tzinfo) -> None:
    right = Text().append(shown["status"], "bold")
    right.append(" · ", "quiet").append(shown["priority"], _PRIORITY_STYLES.get(shown["priority"], ""))
    right.append(" · ", "quiet").append(shown["assignee"] or "nobody's", "ours" if shown["assignee"] else "quiet")
    if shown["department"]:
        right.append(f" of {line(shown['department'])}", "quiet")
    room = max(20, min(to.width, READABLE + 8) - cell_len(right.plain) - 2)
    top = Table.grid(expand=False, padding=0)
    top.add_column(width=room, no_wrap=True)
    top.add_column(justify="right", no_wrap=True)
    top.add_row(Text(cut(line(shown["subject"]) or "(no subject)", room), "bold"), right)
    to.print(top)
    forged = Text("forged · ", "urgent") if _all_is_forged(shown) else Text()
    names = [forged.append(_full(shown["customer"]), "customer")]
    names += [Text(_full(each), "quiet") for each in _others(shown)]
    hang(to, Text(), Text(", ").join(names[:6]))
    beside_the_names(to, shown)
    to.print(Text(f"{shown['handle']} · {standing(shown, now, zone)}", "quiet"))
    if shown["about"]:
        to.print(Text(f"aside from {shown['about']}, whose customer never sees it", "note"))
    if shown["continues"]:
        to.print(Text(f"goes on with {shown['continues']}", "note"))
    if shown["continued_by"]:
        to.print(Text(f"went on in {', '.join(shown['continued_by'])}", "note"))
    if shown["tags"]:
        to.print(Text(f"tagged {', '.join(map(line, shown['tags']))}", "quiet"))
    if shown["callback"]:
        hang(to, Text(), sentence(shown["callback"], now, zone))
    _charge(to, shown["charge"], shown["timeline"])


def _charge(to: Console, charge: dict[str, Any], timeline: Sequence[dict[str, Any]]) -> None:
    if charge["billable_at"]:
        hang(to, Text(), Text(f"billable, by {line(charge['billable_by'])}: {line(charge['because'])}", "note"))
    elif charge["asked_at"]:
        told = [each["because"] for each in timeline if each.get("event") == "charge"]
        answer = "" if not told or told[-1].startswith("the customer is asked") else f": {line(told[-1])}"
        hang(to, Text(), Text(f"the customer was asked whether it may be charged{answer}", "quiet"))


def _all_is_forged(shown: dict[str, Any]) -> bool:
    """Whether nothing is known to be by the customer: what bears their address fails authentication."""
    letters = (each for each in shown["timeline"] if each["kind"] == "message" and each["direction"] == "in")
    theirs = [each for each in letters if each["from"]["address"] in shown["customer"]["addresses"]]
    return bool(theirs) and all(map(_is_forged, theirs))


def _others(shown: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in shown["participants"] if each["role"] != "customer"]


def _full(someone: dict[str, Any]) -> str:
    name, address = line(someone.get("name") or ""), line(someone.get("address") or "")
    return f"{name} <{address}>" if name and name != address else address or name or "unknown"


def _letter(to: Console, entry: dict[str, Any], matter: str, now: datetime, zone: tzinfo, *, whole: bool) -> None:
    ours = entry["direction"] == "out"
    inset = (8 if to.width >= READABLE else 3) if ours else 0
    style = _letter_style(entry)
    width = min(READABLE, to.width - (8 if to.width >= READABLE else 3))
    to.print(Bar(_letter_head(entry, width - 2, style, now, zone), style, inset, width))
    if _has_its_own_subject(entry, matter):
        to.print(Bar(Text(cut(line(readable(entry["subject"])), width - 2), "bold"), style, inset, width))
    for part in _letter_parts(entry, now, zone, whole=whole):
        to.print(Bar(part, style, inset, width))


def _has_its_own_subject(entry: dict[str, Any], matter: str) -> bool:
    """Whether a letter says another subject than its conversation, prefixes and tags of lists apart."""
    own = untagged(canonical(entry["subject"]))
    return bool(own) and own != untagged(canonical(matter))


def _is_doubtful(entry: dict[str, Any]) -> bool:
    """Whether the sender was checked and is not known to be who the mail says."""
    origin = entry["origin"]
    return origin["word"] == "forged" or (origin["word"] == "unknown" and bool(origin["checks"]))


def _letter_style(entry: dict[str, Any]) -> str:
    if entry["held"] or _is_forged(entry):
        return "held"
    if entry["mail"] not in ("person", "reply"):
        return "machine"
    return "ours" if entry["direction"] == "out" else "customer"


def _letter_head(entry: dict[str, Any], room: int, style: str, now: datetime, zone: tzinfo) -> Text:
    at = parse_time(entry["at"])
    right = f"{stamp(at, now, zone) if at else ''}  {entry['code']}"
    who = person(entry["from"]) if entry["direction"] == "in" else _sender(entry)
    if entry["mail"] not in ("person", "reply"):
        who = f"{who} · {entry['mail']}"
    if entry["speaks_for"]:
        who = f"{who} · speaks for {line(entry['speaks_for'])}"
    marks = Text()
    for word, mark in _marks(entry):
        marks.append(f"{word} · ", mark)
    left = cut(who, room - cell_len(marks.plain) - cell_len(right) - 2)
    head = marks.append(left, f"{style}.name" if style in ("customer", "ours") else style)
    head.append(" " * max(1, room - cell_len(head.plain) - cell_len(right)))
    return head.append(right, "quiet")


def _marks(entry: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What stands before a name, so that nobody takes who bears it for who they are; no narrow terminal cuts it off."""
    if _is_forged(entry):
        yield "forged", "urgent"
    elif _is_doubtful(entry):
        yield entry["origin"]["word"], "quiet"
    if entry["held"]:
        yield "held", "held"


def _is_forged(entry: dict[str, Any]) -> bool:
    return bool(entry["origin"]["word"] == "forged")


def _sender(entry: dict[str, Any]) -> str:
    to = ", ".join(person(each) for each in [*entry["to"], *entry["cc"]][:4])
    return f"{line(entry['agent_name']) or person(entry['from'])} → {to}"


def _letter_parts(entry: dict[str, Any], now: datetime, zone: tzinfo, *, whole: bool) -> Iterator[Text]:
    if entry["held"]:
        yield Text(line(of_held(entry["because"])), "held")
    if _is_forged(entry):
        yield Text(f"forged: {line(entry['origin']['because'])}", "held")
    if entry["suspected"] and not entry["held"]:
        yield Text(f"kept apart: {line(entry['suspected'])}", "held")
    text = safe(entry["text"] if whole else entry["reply"] or entry["text"]).strip("\n")
    lines = text.splitlines() or ["(no text)"]
    shown = lines if whole else lines[:_MOST_LINES]
    yield Text("\n".join(each.rstrip() for each in shown))
    yield from _left_out(entry, len(lines) - len(shown), whole=whole)
    for each in entry["defects"]:
        if each.startswith(_WRAPPED):
            yield Text(line(each), "quiet")
    for each in entry["attachments"]:
        yield Text(f"⊕ {entry['code']}:{each['number']}  {line(each['name'])}  {size(each['size'])}", "quiet")
    yield from _delivery(entry, now, zone)
    if entry["held"]:
        yield Text(f"brief accept {entry['code']} lets it in, with --new it becomes a conversation of its own", "hint")


def _left_out(entry: dict[str, Any], cut_lines: int, *, whole: bool) -> Iterator[Text]:
    folded = cut_lines
    if entry["direction"] == "in" and entry["reply"] and not whole:
        folded += max(0, _said(entry["text"]) - _said(entry["reply"]))
    if folded:
        yield Text(f"⋯ {folded} more line{'s' if folded > 1 else ''} (--whole)", "quiet")


def _said(text: str) -> int:
    """How many lines of a text say something."""
    return sum(1 for each in text.splitlines() if each.strip())


def _delivery(entry: dict[str, Any], now: datetime, zone: tzinfo) -> Iterator[Text]:
    delivery = entry["delivery"]
    if not delivery:
        return
    due_at = parse_time(delivery["due_at"])
    said = _DELIVERY.get(delivery["state"], "").format(
        due=stamp(due_at, now, zone) if due_at and due_at > now else "now", answer=line(delivery["answer"])
    )
    if delivery["state"] == "waiting" and delivery["answer"]:
        said = f"{said}; so far: {line(delivery['answer'])}"
    if said:
        yield Text(said, "late" if delivery["state"] in ("failed", "given up") else "quiet")
    for each in delivery["reports"]:
        what = "did not reach" if each["failed"] else "is on its way, and has not reached yet"
        said = f"{what} {line(each['address'])}" + (f": {line(each['said'])}" if each["said"] else "")
        yield Text(said, "late" if each["failed"] else "quiet")
    if delivery["maybe_twice"]:
        yield Text("may have gone out twice: a try to send it ended without a word", "quiet")


def _note(to: Console, entry: dict[str, Any], now: datetime, zone: tzinfo) -> None:
    at = parse_time(entry["at"])
    head = Text().append(f"note by {line(entry['agent_name'] or entry['actor'])}", "note")
    head.append(f"  {stamp(at, now, zone)}" if at else "", "quiet")
    to.print(Bar(head, "note", 4))
    if entry.get("call"):
        to.print(Bar(_call(entry["call"]), "note", 4))
    to.print(Bar(Text(safe(entry["text"])), "note", 4))


def _call(call: dict[str, str]) -> Text:
    """Who rang, from where, and whether they knew the password."""
    who = " · ".join(filter(None, ("call", line(call["caller"]), line(call["number"]))))
    asked = call["password"]
    return Text(f"{who} · ", "quiet").append(f"phone password: {asked}", "late" if asked == "wrong" else "quiet")


def _event(to: Console, entry: dict[str, Any], now: datetime, zone: tzinfo) -> None:
    at = parse_time(entry["at"])
    said = _with_reason(entry)
    if entry.get("side"):
        said += f" · {ASIDE.get(entry['side']['status'], entry['side']['status'])}"
    label = Text(f"· {stamp(at, now, zone) if at else ''}  ", "quiet")
    hang(to, label, Text(said, "quiet"), widest=READABLE)
    for line_, style in _told(entry):
        hang(to, Text(" " * cell_len(label.plain)), Text(line_, style), widest=READABLE)


def _told(entry: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Who was told at a step, and whether that mail was delivered; what became of its calls."""
    for each in entry.get("told", ()):
        late = each["state"] in ("failed", "given up", "stopped", "bounced")
        said = _TOLD.get(each["state"], each["state"]).format(answer=line(each["answer"]))
        yield f"{person(each)} ({line(each['because'])}): {said}", "late" if late else "quiet"
    for each in entry.get("calls", ()):
        yield _called(each), "late" if each["state"] == "given up" else "quiet"
        if each["maybe_twice"]:
            yield "may have been called twice: a try ended without a word", "quiet"


def _called(call: dict[str, Any]) -> str:
    again = call["state"] == "leased" and call["answer"]
    said = f"{call['kind']}: {_CALLED_AGAIN if again else _CALLED.get(call['state'], call['state'])}"
    return f"{said}: {line(call['answer'])}" if call["answer"] else said


def _with_reason(entry: dict[str, Any]) -> str:
    if entry["event"] == "held":
        return line(of_held(entry["because"]))
    return f"{_what(entry)} · {line(entry['because'])}" if entry["because"] else _what(entry)


def _what(entry: dict[str, Any]) -> str:
    after = entry["after"]
    told = {
        "status": lambda: f"now {after.get('status', '')}",
        "priority": lambda: f"now {after.get('priority', '')}",
        "assigned": lambda: f"now {after.get('assignee_id') or 'nobody'}'s",
        "department": lambda: f"now {after.get('department')}'s",
    }.get(entry["event"])
    return line(told() if told and after else entry["event"])


def _next(shown: dict[str, Any]) -> str:
    acts = {"closed": "reopen | why", "suspected": "accept | close | why"}.get(
        shown["status"], "reply | note | close | snooze | why"
    )
    return f"brief {acts}  {shown['handle']}"
