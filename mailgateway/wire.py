"""What a peer is told on the wire: each of our errors as an SMTP reply in one plain line.

Nothing of our insides is told to strangers: the text of an error is for the log, except where it is about
what the peer sent (`Refused`).
"""

from __future__ import annotations

from storage.errors import BriefwechselError, DiskFull, Refused

KEPT = "250 2.0.0 kept"
NOT_OURS = "550 5.1.1 there is no such mailbox here"
TOO_BIG = "552 5.3.4 the mail is larger than this desk takes"
BUSY = "452 4.3.1 there is too much mail on its way just now; please try again later"
NO_ROOM = "452 4.3.1 there is no room to keep the mail just now; please try again later"
LATER = "451 4.3.0 the mail cannot be kept just now; please try again later"
TOO_MANY_RECIPIENTS = "452 4.5.3 too many recipients; send the mail again for the others"
TOO_MANY_CONNECTIONS = "421 4.7.0 too many connections; please try again later"
TOO_MANY_REFUSALS = "421 4.7.0 too many unknown mailboxes; goodbye"
TOO_MUCH_NONSENSE = "421 4.7.0 too many lines that are no commands; goodbye"
CLOSING = "421 4.3.2 the desk is closing; please try again later"
NOT_OFFERED = "502 5.5.1 this command is not offered here"


def reply_to(error: BaseException) -> str:
    """The SMTP reply that an error means; what is unknown is temporary."""
    if isinstance(error, Refused):
        return f"{error.smtp_code} 5.6.0 {_plain(str(error))}"
    if isinstance(error, DiskFull):
        return NO_ROOM
    if isinstance(error, BriefwechselError) and not error.temporary:
        return f"{error.smtp_code} 5.6.0 {_plain(str(error))}"
    return LATER


def _plain(text: str) -> str:
    """One printable ASCII line that fits a reply."""
    line = " ".join(text.split()).encode("ascii", "replace").decode()
    return "".join(each for each in line if each.isprintable())[:400] or "the mail is refused"
