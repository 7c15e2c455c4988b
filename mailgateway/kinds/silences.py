"""What keeps the desk from answering a person by itself (RFC 3834, RFC 5230): an ordered list, each with its reason."""

from __future__ import annotations

from collections.abc import Callable

from mailgateway.kinds.bounces import failed_subject
from mailgateway.kinds.case import PRECEDENCES, Case, is_unread, local_of, local_part, of_a_list
from mailgateway.kinds.speech import speaks_to_us

_LISTS = ("list-", "x-mailing-list", "mailing-list", "x-beenthere")
"""How the headers begin that a mailing list sets (RFC 2369, RFC 2919)."""


def _no_author(case: Case) -> str:
    named = case.mail.author is not None and "@" in case.mail.author.address and "@" in case.mail.header("from")
    return "" if named else "its From names nobody who could be answered"


def _was_forwarded(case: Case) -> str:
    said = next((each for each in case.values("auto-submitted") if each not in ("", "no")), "")
    return f"its header Auto-Submitted says {said[:60]}" if said else ""


def _over_a_list(case: Case) -> str:
    name = next((name for name, value in case.mail.headers if value and name.startswith(_LISTS)), "")
    return f"it came over a mailing list (its header {name})" if name else ""


def _precedence_set(case: Case) -> str:
    return f"its header Precedence says {case.precedence}" if case.precedence in PRECEDENCES else ""


def _suppressed(case: Case) -> str:
    return "its header X-Auto-Response-Suppress asks for no automatic answers" if case.suppressed else ""


def _unread_sender(case: Case) -> str:
    """RFC 3834, section 2, and RFC 5230, section 4.6: the envelope sender counts as well as the From."""
    for local in (local_of(case.mail.author), local_part(case.envelope.mail_from or "")):
        if is_unread(local):
            return f'its sender is "{local[:60]}"'
        if of_a_list(local):
            return f'its sender is "{local[:60]}", of a mailing list'
    return ""


def _looped(case: Case) -> str:
    return "it bears the header X-Loop" if case.mail.header("x-loop").strip() else ""


def _passes_on_a_report(case: Case) -> str:
    forwards = case.subject.startswith(("fwd:", "fw:", "wg:", "[fwd:")) and failed_subject(case.subject)
    says_more = forwards and speaks_to_us(case.mail.reply)
    return "it passes on a mail that came back, and says no more" if forwards and not says_more else ""


SILENCES: tuple[Callable[[Case], str], ...] = (
    _no_author,
    _was_forwarded,
    _over_a_list,
    _precedence_set,
    _suppressed,
    _unread_sender,
    _looped,
    _passes_on_a_report,
)
"""What keeps an acknowledgement from a person; each gives the reason, or "" where there is none."""
