"""What the way does to mails, and what people and programs leave out: each kind alone, and all together."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Damage:
    """How much of what is lost or changed."""

    lost: float = 0.0
    """Answers without In-Reply-To and References."""
    rewritten: float = 0.0
    """Mails that a provider gave another Message-ID on the way: who sent them knows the old one, who got them the new."""
    cut: float = 0.0
    """Answers whose References hold only the last."""
    bare: float = 0.0
    """Answers that name IDs without their brackets."""
    prefixed: float = 0.0
    """Subjects of answers with the prefix of another language, a tag of a list, or a flag of a gateway."""
    unquoted: float = 0.0
    """Answers of which the quotation is cut off, wholly or after some lines."""
    late: float = 0.0
    """Days by which a mail comes later, at most."""
    twice: float = 0.0
    """Mails that come once more, over another relay."""


KINDS = {
    "as sent": Damage(),
    "15 % of headers lost": Damage(lost=0.15),
    "30 % of headers lost": Damage(lost=0.3),
    "20 % of IDs rewritten": Damage(rewritten=0.2),
    "headers lost, IDs rewritten": Damage(lost=0.15, rewritten=0.2),
    "References cut": Damage(cut=1.0),
    "no brackets": Damage(bare=1.0),
    "prefixes and tags": Damage(prefixed=0.4),
    "prefixes and tags, headers lost": Damage(prefixed=0.4, lost=0.15),
    "quotation cut": Damage(unquoted=0.5),
    "quotation cut, headers lost": Damage(unquoted=0.5, lost=0.15),
    "up to a day late": Damage(late=1.0),
    "twice": Damage(twice=0.1),
    "all together": Damage(0.15, 0.2, 0.3, 0.2, 0.2, 0.3, 1.0, 0.1),
}
"""Every kind by the name that reports have for it."""
