"""Tells who wrote a mail, a person or which sort of machine, and whether an acknowledgement may go to them.

The rules stand in `RULES`, and the first that speaks decides; those in `silences` only keep the desk from answering a
person (RFC 3834, RFC 5230). A header counts by its value, never by its mere presence, unless only machines set it.
"""

from __future__ import annotations

from collections.abc import Callable

from mailgateway.kinds.bounce_phrases import DELIVERED
from mailgateway.kinds.bounces import failed_subject, failed_text, is_daemon, says_delayed
from mailgateway.kinds.case import NO, PRECEDENCES, Case, Own, is_unread, local_of, of_a_list
from mailgateway.kinds.machine_phrases import (
    AUTO_REPLY_HEADERS,
    BULK_HEADERS,
    BULK_LOCALS,
    CHALLENGES,
    LIST_SUBJECTS,
    MAYBE_PROGRAM_SUBJECTS,
    PROGRAM_HEADERS,
    PROGRAM_SUBJECTS,
    PROOFS,
    RECEIPT_SUBJECTS,
)
from mailgateway.kinds.out_of_office import notice
from mailgateway.kinds.silences import SILENCES
from mailgateway.kinds.speech import speaks_to_us
from threads.model import Classification, Envelope, InboundMail, Kind

__all__ = ["RULES", "Own", "classify"]

_DISCUSSIONS = ("list-subscribe", "x-mailing-list", "x-beenthere", "x-mailman-version", "mailing-list")


Found = tuple[Kind, str]
"""What a rule decides, and why in one sentence."""
_Rule = Callable[[Case], Found | None]


def classify(mail: InboundMail, envelope: Envelope, own: Own) -> Classification:
    """Who wrote the mail, and whether they may be acknowledged; pure."""
    case = Case(mail, envelope, own)
    for rule in RULES:
        found = rule(case)
        if found is not None:
            kind, because = found
            failed = mail.status.failed if mail.status and kind is Kind.BOUNCE else ()
            return Classification(kind, acknowledge=False, because=because, failed_recipients=failed)
    for silence in SILENCES:
        because = silence(case)
        if because:
            return Classification(Kind.PERSON, acknowledge=False, because=f"a person wrote it, but {because}")
    return Classification(Kind.PERSON, acknowledge=True, because="nothing says that a program sent it")


def _our_mark(case: Case) -> Found | None:
    marks = {value.strip().lower() for name in ("x-loop", "x-briefwechsel") for value in case.mail.all_headers(name)}
    ours = marks & (case.own.marks | case.own.addresses)
    return (Kind.LOOP, f"it bears our own mark: {min(ours)[:200]}") if ours else None


def _our_address(case: Case) -> Found | None:
    author = case.mail.author
    if author is not None and author.address in case.own.addresses:
        return Kind.LOOP, f"it says that it is from our own mailbox {author.address}"
    return None


def _feedback_report(case: Case) -> Found | None:
    if "feedback-report" in case.mail.header("content-type").lower():
        return Kind.AUTOMATIC, "it is a feedback report of a mail provider (RFC 5965)"
    return None


def _read_receipt(case: Case) -> Found | None:
    said = case.mail.header("content-type").lower()
    if "disposition-notification" in said:
        return Kind.DELIVERY_REPORT, "it is a read receipt (RFC 8098)"
    if case.subject.startswith(tuple(RECEIPT_SUBJECTS)) and (
        case.null_sender or case.mail.content_type == "multipart/report"
    ):
        return Kind.DELIVERY_REPORT, "it is a read receipt by its subject"
    return None


def _delivery_report(case: Case) -> Found | None:
    status = case.mail.status
    if status is None:
        return None
    if status.failed:
        return Kind.BOUNCE, f"a mail server reports that a mail was not delivered to {status.failed[0][:200]}"
    if status.delayed or says_delayed(case.mail.subject, case.mail.text):
        return Kind.DELIVERY_REPORT, "a mail server reports that it is still trying to deliver a mail"
    if case.mail.content_type == "multipart/report" and any(phrase in case.said for phrase in DELIVERED):
        return Kind.DELIVERY_REPORT, "a mail server reports that a mail was delivered"
    if failed_subject(case.mail.subject) or failed_text(case.mail.text):
        return Kind.BOUNCE, "a mail server reports that a mail was not delivered"
    if case.mail.content_type == "multipart/report":
        return Kind.DELIVERY_REPORT, "a mail server reports what became of a mail"
    return None


def _daemon(case: Case) -> Found | None:
    """A mail server wrote it, but it is no report that could be read."""
    sender = local_of(case.mail.author) or (
        case.mail.header("from").strip(' <>"\t').lower() if not case.mail.author else ""
    )
    envelope = (case.envelope.mail_from or "").partition("@")[0].lower()
    if not (is_daemon(sender) or is_daemon(envelope)):
        return None
    if sender == "postmaster" and not (case.null_sender or failed_subject(case.mail.subject)):
        return Kind.AUTOMATIC, "it comes from a postmaster"
    return Kind.BOUNCE, "it comes from a mail server"


def _report(case: Case) -> Found | None:
    """A report by its header, also where its parts are broken (RFC 3834, section 2)."""
    if "multipart/report" in (case.mail.content_type, *case.values("content-type")):
        return Kind.AUTOMATIC, "it is a report (multipart/report)"
    return None


def _auto_reply_header(case: Case) -> Found | None:
    name = _bears(case, AUTO_REPLY_HEADERS)
    if name:
        return Kind.AUTO_REPLY, f"its header {name} says that it is an automatic answer"
    machine = case.mail.header("x-post-messageclass").lower() + case.mail.header("delivered-to").lower()
    if "autoresponder" in machine or case.precedence in ("auto_reply", "auto-reply"):
        return Kind.AUTO_REPLY, "its headers say that it is an automatic answer"
    return None


def _auto_submitted(case: Case) -> Found | None:
    """RFC 3834, 5: any value but "no"; a mail that a rule forwarded was still written by someone."""
    for said in case.values("auto-submitted"):
        if said in ("", "no", "auto-forwarded"):
            continue
        kind = Kind.AUTO_REPLY if said.startswith("auto-repl") else Kind.AUTOMATIC
        return kind, f"its header Auto-Submitted says {said[:60]}"
    return None


def _out_of_office(case: Case) -> Found | None:
    because = notice(case.mail.subject, case.mail.reply or case.mail.text)
    return (Kind.AUTO_REPLY, f"it is an out-of-office notice: {because}") if because else None


def _answers_suppressed(case: Case) -> Found | None:
    """Exchange's header: who wants no automatic answer at all is a program."""
    if case.suppressed & {"all", "autoreply"}:
        return Kind.AUTOMATIC, "its header X-Auto-Response-Suppress asks for no automatic answer, as programs do"
    return None


def _null_sender(case: Case) -> Found | None:
    if not case.null_sender:
        return None
    if failed_subject(case.mail.subject):
        return Kind.BOUNCE, "its envelope sender is null, and its subject says that a mail came back"
    return Kind.AUTO_REPLY, "its envelope sender is null, so it may not be answered"


def _program_header(case: Case) -> Found | None:
    name = _bears(case, PROGRAM_HEADERS)
    return (Kind.AUTOMATIC, f"a program set its header {name}") if name else None


def _bears(case: Case, names: frozenset[str]) -> str:
    """The first of the mail's headers that is one of these, and does not say "no"; "" where none does."""
    return next((name for name, value in case.mail.headers if name in names and value.strip().lower() not in NO), "")


def _program_subject(case: Case) -> Found | None:
    if case.subject.startswith(tuple(PROGRAM_SUBJECTS)):
        return Kind.AUTOMATIC, "its subject is that of a program's report"
    if case.subject.startswith(tuple(MAYBE_PROGRAM_SUBJECTS)) and not speaks_to_us(case.mail.text):
        return Kind.AUTOMATIC, "its subject is that of a program's report, and its text speaks to nobody"
    return None


def _list_note(case: Case) -> Found | None:
    """The program of a mailing list about a mail to it: such a note is no mail that a list sends on."""
    notes = any(phrase in case.subject for phrase in LIST_SUBJECTS) and not speaks_to_us(case.mail.text)
    return (Kind.AUTOMATIC, "the program of a mailing list says what became of a mail") if notes else None


def _challenge(case: Case) -> Found | None:
    """A filter that wants its sender to show that they are a person, before it delivers their mail."""
    if not case.links or not any(phrase in case.said for phrase in CHALLENGES):
        return None
    asks = any(phrase in case.said for phrase in PROOFS)
    return (Kind.AUTOMATIC, "a filter asks the sender of a mail to prove that they are a person") if asks else None


def _newsletter(case: Case) -> Found | None:
    """Mass mail; a discussion list can be left as well, but it can also be written to."""
    bulk = any(name in BULK_HEADERS and value for name, value in case.mail.headers)
    leaves = bool(case.mail.header("list-unsubscribe"))
    if leaves and not _discussion(case) and (bulk or not _answers_someone(case)):
        return Kind.NEWSLETTER, "one can unsubscribe from it, and not write to it, as with newsletters"
    if case.precedence in ("bulk", "junk") and (bulk or local_of(case.mail.author) in BULK_LOCALS):
        return Kind.NEWSLETTER, "it was sent in bulk"
    return None


def _answers_someone(case: Case) -> bool:
    return bool(case.mail.in_reply_to or case.mail.references)


def _discussion(case: Case) -> bool:
    """Whether a mailing list sent the mail on to which people write."""
    posts = "mailto:" in case.mail.header("list-post").lower()
    return posts or any(case.mail.header(name) for name in _DISCUSSIONS)


def _sent_on(case: Case) -> bool:
    """Whether a list of any kind sent the mail on, or it answers another one."""
    owned = of_a_list(local_of(case.mail.sender))
    return bool(case.mail.header("list-id")) or _discussion(case) or owned or _answers_someone(case)


def _precedence(case: Case) -> Found | None:
    """Bulk mail that is of no mailing list; what a list sends on was mostly written by a person."""
    said = case.precedence
    if said in PRECEDENCES and (said == "junk" or not _sent_on(case)):
        return Kind.AUTOMATIC, f"its header Precedence says {said}"
    return None


def _nobody_reads(case: Case) -> Found | None:
    """The sender's address is a program's, unless a Reply-To names the person (as contact forms do)."""
    senders = [local_of(case.mail.author), local_of(case.mail.sender)]
    local = next((each for each in senders if is_unread(each)), "")
    if not local or _form(case):
        return None
    return Kind.AUTOMATIC, f'nobody reads what is sent to its sender "{local[:60]}"'


def _form(case: Case) -> bool:
    """Whether the mail names one person to answer who is not its sender."""
    author = case.mail.author
    others = [address for address in case.mail.reply_to if author is None or address.domain != author.domain]
    return len(others) == 1 and not is_unread(local_of(others[0]))


RULES: tuple[_Rule, ...] = (
    _our_mark,
    _our_address,
    _feedback_report,
    _read_receipt,
    _delivery_report,
    _daemon,
    _report,
    _auto_reply_header,
    _auto_submitted,
    _out_of_office,
    _program_header,
    _null_sender,
    _answers_suppressed,
    _program_subject,
    _list_note,
    _challenge,
    _newsletter,
    _precedence,
    _nobody_reads,
)
"""What makes a mail a machine's, read from top to bottom; the first that speaks decides."""
