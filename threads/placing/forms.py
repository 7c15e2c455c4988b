"""Web forms of others: programs that write on behalf of a person, whom they name in Reply-To.

Only a form that the settings name is believed, and only where its mail comes from where it says; whom it names is
then the writer. The desk's own form needs none of this.
"""

from __future__ import annotations

from dataclasses import replace

from threads.arrival import Found
from threads.model import Classification, InboundMail, Kind
from threads.policy import Policy

_NEVER = frozenset({Kind.LOOP, Kind.BOUNCE, Kind.DELIVERY_REPORT})
"""What a form does not write."""


def written_for(found: Found, policy: Policy) -> Found:
    """The mail as that of the person for whom a form wrote it; any other mail as it is."""
    mail = found.mail
    names_one = len(mail.reply_to) == 1 and "@" in mail.reply_to[0].address
    if not by_form(mail, policy) or not names_one or not found.verdict.acts or found.classification.kind in _NEVER:
        return found
    writer = mail.reply_to[0]
    if writer.address in policy.addresses:
        return found
    because = f"the form {mail.author.address if mail.author else ''} wrote it for {writer.address}"
    return replace(
        found,
        by_form=True,
        mail=replace(mail, author=writer, sender=mail.author, reply_to=()),
        classification=Classification(Kind.PERSON, acknowledge=True, because=because),
    )


def by_form(mail: InboundMail, policy: Policy) -> bool:
    """Whether a form that the settings name is the author of a mail."""
    return mail.author is not None and mail.author.address in policy.forms
