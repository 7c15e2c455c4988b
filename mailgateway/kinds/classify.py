"""Tells who wrote a mail, a person or which sort of machine, and whether an acknowledgement may go to them.

The rules stand in `RULES`, and the first that speaks decides; those in `SILENCES` only keep the desk from answering a
person (RFC 3834, RFC 5230). A header counts by its value, never by its mere presence, unless only machines set it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mailgateway.kinds.bounce_phrases import DELIVERED
from mailgateway.kinds.bounces import failed_subject, failed_text, is_daemon, says_delayed
from mailgateway.kinds.machine_phrases import (
    AUTO_REPLY_HEADERS,
    BULK_HEADERS,
    BULK_LOCALS,
    CHALLENGES,
    MAYBE_PROGRAM_SUBJECTS,
    NOREPLY,
    PROGRAM_HEADERS,
    PROGRAM_SUBJECTS,
    PROGRAMS,
    PROOFS,
    RECEIPT_SUBJECTS,
)
from mailgateway.kinds.out_of_office import notice
from mailgateway.kinds.speech import speaks_to_us
from mailgateway.mime.comments import without_comments
from threads.model import Address, Classification, Envelope, InboundMail, Kind

_NO = frozenset({"", "no", "none", "false", "0", "n"})
_PRECEDENCES = frozenset({"bulk", "junk", "list"})
_LONGEST = 2000
"""Characters of a header's value that are looked at."""
_DISCUSSIONS = ("list-subscribe", "x-mailing-list", "x-beenthere", "x-mailman-version", "mailing-list")
_LISTS = ("list-", "x-mailing-list", "mailing-list", "x-beenthere")
"""How the headers begin that a mailing list sets (RFC 2369, RFC 2919)."""
_LIST_SERVERS = frozenset({"listserv", "majordomo", "mailman", "ezmlm", "sympa"})


@dataclass(frozen=True, slots=True)
class Own:
    """What is ours: addresses in lower case, and the marks that our own mails bear in X-Loop."""

    addresses: frozenset[str]
    marks: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Case:
    """What a rule may look at."""

    mail: InboundMail
    envelope: Envelope
    own: Own

    def values(self, name: str) -> tuple[str, ...]:
        """Every value of a header in lower case, without comments and parameters: both may stand anywhere (RFC 3834)."""
        found = (without_comments(value[:_LONGEST]) for value in self.mail.all_headers(name))
        return tuple(value.partition(";")[0].strip().lower() for value in found)

    @property
    def precedence(self) -> str:
        """What Precedence says; of several the one that asks for silence."""
        said = self.values("precedence")
        return next((each for each in said if each in _PRECEDENCES), next(iter(said), ""))

    @property
    def suppressed(self) -> frozenset[str]:
        """Which automatic answers X-Auto-Response-Suppress does not want."""
        values = ",".join(self.mail.all_headers("x-auto-response-suppress"))[:_LONGEST].replace(";", ",").split(",")
        return frozenset(value.strip().lower() for value in values) - _NO

    @property
    def local(self) -> str:
        """The local part of From, without a detail ("+...")."""
        return _local(self.mail.author)

    @property
    def subject(self) -> str:
        """The subject in lower case, its blanks made single."""
        return " ".join(self.mail.subject.lower().split())

    @property
    def said(self) -> str:
        """The subject and the beginning of the text in lower case, blanks made single."""
        return f"{self.subject} {' '.join(self.mail.text[:_LONGEST].lower().split())}"

    @property
    def null_sender(self) -> bool:
        """Whether the mail may not be answered at all: the envelope sender is null, or the trace says that it was."""
        if self.envelope.mail_from is not None:
            return self.envelope.mail_from.strip() in ("", "<>")
        return self.mail.header("return-path").strip().lower() in ("<>", "<mailer-daemon>")


Found = tuple[Kind, str]
"""What a rule decides, and why in one sentence."""
_Rule = Callable[[_Case], Found | None]


def classify(mail: InboundMail, envelope: Envelope, own: Own) -> Classification:
    """Who wrote the mail, and whether they may be acknowledged; pure."""
    case = _Case(mail, envelope, own)
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


def _local(address: Address | None) -> str:
    return _local_part(address.address) if address else ""


def _local_part(address: str) -> str:
    return address.rpartition("@")[0].partition("+")[0].lower()


def _our_mark(case: _Case) -> Found | None:
    marks = {value.strip().lower() for name in ("x-loop", "x-briefwechsel") for value in case.mail.all_headers(name)}
    ours = marks & (case.own.marks | case.own.addresses)
    return (Kind.LOOP, f"it bears our own mark: {min(ours)[:200]}") if ours else None


def _our_address(case: _Case) -> Found | None:
    author = case.mail.author
    if author is not None and author.address in case.own.addresses:
        return Kind.LOOP, f"it says that it is from our own mailbox {author.address}"
    return None


def _feedback_report(case: _Case) -> Found | None:
    if "feedback-report" in case.mail.header("content-type").lower():
        return Kind.AUTOMATIC, "it is a feedback report of a mail provider (RFC 5965)"
    return None


def _read_receipt(case: _Case) -> Found | None:
    said = case.mail.header("content-type").lower()
    if "disposition-notification" in said:
        return Kind.DELIVERY_REPORT, "it is a read receipt (RFC 8098)"
    if case.subject.startswith(tuple(RECEIPT_SUBJECTS)) and (
        case.null_sender or case.mail.content_type == "multipart/report"
    ):
        return Kind.DELIVERY_REPORT, "it is a read receipt by its subject"
    return None


def _delivery_report(case: _Case) -> Found | None:
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


def _daemon(case: _Case) -> Found | None:
    """A mail server wrote it, but it is no report that could be read."""
    sender = _local(case.mail.author) or (
        case.mail.header("from").strip(' <>"\t').lower() if not case.mail.author else ""
    )
    envelope = (case.envelope.mail_from or "").partition("@")[0].lower()
    if not (is_daemon(sender) or is_daemon(envelope)):
        return None
    if sender == "postmaster" and not (case.null_sender or failed_subject(case.mail.subject)):
        return Kind.AUTOMATIC, "it comes from a postmaster"
    return Kind.BOUNCE, "it comes from a mail server"


def _report(case: _Case) -> Found | None:
    """A report by its header, also where its parts are broken (RFC 3834, section 2)."""
    if "multipart/report" in (case.mail.content_type, *case.values("content-type")):
        return Kind.AUTOMATIC, "it is a report (multipart/report)"
    return None


def _auto_reply_header(case: _Case) -> Found | None:
    name = _bears(case, AUTO_REPLY_HEADERS)
    if name:
        return Kind.AUTO_REPLY, f"its header {name} says that it is an automatic answer"
    machine = case.mail.header("x-post-messageclass").lower() + case.mail.header("delivered-to").lower()
    if "autoresponder" in machine or case.precedence in ("auto_reply", "auto-reply"):
        return Kind.AUTO_REPLY, "its headers say that it is an automatic answer"
    return None


def _auto_submitted(case: _Case) -> Found | None:
    """RFC 3834, 5: any value but "no"; a mail that a rule forwarded was still written by someone."""
    for said in case.values("auto-submitted"):
        if said in ("", "no", "auto-forwarded"):
            continue
        kind = Kind.AUTO_REPLY if said.startswith("auto-repl") else Kind.AUTOMATIC
        return kind, f"its header Auto-Submitted says {said[:60]}"
    return None


def _out_of_office(case: _Case) -> Found | None:
    because = notice(case.mail.subject, case.mail.reply or case.mail.text)
    return (Kind.AUTO_REPLY, f"it is an out-of-office notice: {because}") if because else None


def _answers_suppressed(case: _Case) -> Found | None:
    """Exchange's header: who wants no automatic answer at all is a program."""
    if case.suppressed & {"all", "autoreply"}:
        return Kind.AUTOMATIC, "its header X-Auto-Response-Suppress asks for no automatic answer, as programs do"
    return None


def _null_sender(case: _Case) -> Found | None:
    if not case.null_sender:
        return None
    if failed_subject(case.mail.subject):
        return Kind.BOUNCE, "its envelope sender is null, and its subject says that a mail came back"
    return Kind.AUTO_REPLY, "its envelope sender is null, so it may not be answered"


def _program_header(case: _Case) -> Found | None:
    name = _bears(case, PROGRAM_HEADERS)
    return (Kind.AUTOMATIC, f"a program set its header {name}") if name else None


def _bears(case: _Case, names: frozenset[str]) -> str:
    """The first of the mail's headers that is one of these, and does not say "no"; "" where none does."""
    return next((name for name, value in case.mail.headers if name in names and value.strip().lower() not in _NO), "")


def _program_subject(case: _Case) -> Found | None:
    if case.subject.startswith(tuple(PROGRAM_SUBJECTS)):
        return Kind.AUTOMATIC, "its subject is that of a program's report"
    if case.subject.startswith(tuple(MAYBE_PROGRAM_SUBJECTS)) and not speaks_to_us(case.mail.text):
        return Kind.AUTOMATIC, "its subject is that of a program's report, and its text speaks to nobody"
    return None


def _challenge(case: _Case) -> Found | None:
    """A filter that wants its sender to show that they are a person, before it delivers their mail."""
    said = case.said
    if "http" not in said or not any(phrase in said for phrase in CHALLENGES):
        return None
    asks = any(phrase in said for phrase in PROOFS)
    return (Kind.AUTOMATIC, "a filter asks the sender of a mail to prove that they are a person") if asks else None


def _newsletter(case: _Case) -> Found | None:
    """Mass mail; a discussion list can be left as well, but it can also be written to."""
    bulk = any(name in BULK_HEADERS and value for name, value in case.mail.headers)
    leaves = bool(case.mail.header("list-unsubscribe"))
    if leaves and not _discussion(case) and (bulk or not _answers_someone(case)):
        return Kind.NEWSLETTER, "one can unsubscribe from it, and not write to it, as with newsletters"
    if case.precedence in ("bulk", "junk") and (bulk or _local(case.mail.author) in BULK_LOCALS):
        return Kind.NEWSLETTER, "it was sent in bulk"
    return None


def _answers_someone(case: _Case) -> bool:
    return bool(case.mail.in_reply_to or case.mail.references)


def _discussion(case: _Case) -> bool:
    """Whether a mailing list sent the mail on to which people write."""
    posts = "mailto:" in case.mail.header("list-post").lower()
    return posts or any(case.mail.header(name) for name in _DISCUSSIONS)


def _sent_on(case: _Case) -> bool:
    """Whether a list of any kind sent the mail on, or it answers another one."""
    owned = _of_a_list(_local(case.mail.sender))
    return bool(case.mail.header("list-id")) or _discussion(case) or owned or _answers_someone(case)


def _of_a_list(local: str) -> bool:
    """Whether a local part is that of a mailing list's program."""
    return local.startswith("owner-") or local.endswith(("-owner", "-bounces", "-request")) or local in _LIST_SERVERS


def _precedence(case: _Case) -> Found | None:
    """Bulk mail that is of no mailing list; what a list sends on was mostly written by a person."""
    said = case.precedence
    if said in _PRECEDENCES and (said == "junk" or not _sent_on(case)):
        return Kind.AUTOMATIC, f"its header Precedence says {said}"
    return None


def _nobody_reads(case: _Case) -> Found | None:
    """The sender's address is a program's, unless a Reply-To names the person (as contact forms do)."""
    senders = [_local(case.mail.author), _local(case.mail.sender)]
    local = next((each for each in senders if each in NOREPLY or each in PROGRAMS or _ends_noreply(each)), "")
    if not local or _form(case):
        return None
    return Kind.AUTOMATIC, f'nobody reads what is sent to its sender "{local[:60]}"'


def _ends_noreply(local: str) -> bool:
    return any(
        mark in local for mark in ("noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "nichtantworten")
    )


def _form(case: _Case) -> bool:
    """Whether the mail names one person to answer who is not its sender."""
    author = case.mail.author
    others = [address for address in case.mail.reply_to if author is None or address.domain != author.domain]
    return len(others) == 1 and _local(others[0]) not in NOREPLY | PROGRAMS and not _ends_noreply(_local(others[0]))


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
    _challenge,
    _newsletter,
    _precedence,
    _nobody_reads,
)
"""What makes a mail a machine's, read from top to bottom; the first that speaks decides."""


def _no_author(case: _Case) -> str:
    named = case.mail.author is not None and "@" in case.mail.author.address and "@" in case.mail.header("from")
    return "" if named else "its From names nobody who could be answered"


def _was_forwarded(case: _Case) -> str:
    said = next((each for each in case.values("auto-submitted") if each not in ("", "no")), "")
    return f"its header Auto-Submitted says {said[:60]}" if said else ""


def _over_a_list(case: _Case) -> str:
    name = next((name for name, value in case.mail.headers if value and name.startswith(_LISTS)), "")
    return f"it came over a mailing list (its header {name})" if name else ""


def _precedence_set(case: _Case) -> str:
    return f"its header Precedence says {case.precedence}" if case.precedence in _PRECEDENCES else ""


def _suppressed(case: _Case) -> str:
    return "its header X-Auto-Response-Suppress asks for no automatic answers" if case.suppressed else ""


def _unread_sender(case: _Case) -> str:
    """RFC 3834, section 2, and RFC 5230, section 4.6: the envelope sender counts as well as the From."""
    for local in (_local(case.mail.author), _local_part(case.envelope.mail_from or "")):
        if local in NOREPLY | PROGRAMS or _ends_noreply(local):
            return f'its sender is "{local[:60]}"'
        if _of_a_list(local):
            return f'its sender is "{local[:60]}", of a mailing list'
    return ""


def _looped(case: _Case) -> str:
    return "it bears the header X-Loop" if case.mail.header("x-loop").strip() else ""


def _passes_on_a_report(case: _Case) -> str:
    forwards = case.subject.startswith(("fwd:", "fw:", "wg:", "[fwd:")) and failed_subject(case.subject)
    says_more = forwards and speaks_to_us(case.mail.reply)
    return "it passes on a mail that came back, and says no more" if forwards and not says_more else ""


SILENCES: tuple[Callable[[_Case], str], ...] = (
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
