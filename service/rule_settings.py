"""[[rule]]: rules of one's own, and what would make one of them never fit, or always."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from service.setting_errors import place_of
from service.setting_types import MailAddress, PriorityName, Section, mail_address
from threads.model import Kind

_CONDITIONS = ("mailbox", "sender", "any_words", "all_words", "no_words", "headers", "kind")


def sender(value: Any) -> str:
    """A mail address, or a domain with a leading @."""
    text = str(value).strip().lower()
    try:
        mailbox = mail_address(f"any{text}" if text.startswith("@") else text)
    except ValueError:
        raise ValueError('an address or a domain is meant, as in "nagios@example.org" or "@example.org"') from None
    return mailbox.removeprefix("any") if text.startswith("@") else mailbox


def wording(value: str) -> str:
    """Words that can stand in a mail: at least a letter or a digit."""
    if not any(char.isalnum() for char in value):
        raise ValueError("words are meant: with at least one letter or digit")
    return value


Sender = Annotated[str, BeforeValidator(sender)]
Wording = Annotated[str, AfterValidator(wording)]


class RuleSettings(Section):
    """[[rule]]: a rule of your own, tried before the built-in ones."""

    name: str = Field(min_length=1, max_length=100)
    mailbox: tuple[MailAddress, ...] = ()
    sender: tuple[Sender, ...] = ()
    """Addresses, or domains with a leading @."""
    any_words: tuple[Wording, ...] = ()
    """One of these words or phrases stands in the subject or the new text."""
    all_words: tuple[Wording, ...] = ()
    no_words: tuple[Wording, ...] = ()
    headers: dict[str, str] = Field(default_factory=dict)
    kind: tuple[Kind, ...] = ()
    priority: PriorityName = "normal"
    opens: bool = False
    """Even a machine's mail opens a conversation for the agents."""
    department: str = ""

    @model_validator(mode="after")
    def _fits_some_mails(self) -> Self:
        if not any(getattr(self, condition) for condition in _CONDITIONS):
            raise ValueError(f"it fits every mail; give it a condition: {', '.join(_CONDITIONS)}")
        return self


def wrong_rules(rules: Sequence[RuleSettings], addresses: Sequence[str], file: Path | None) -> Iterator[str]:
    """What only shows beside the other settings, a line each: a name twice, a mailbox that is not ours."""
    names: set[str] = set()
    for number, rule in enumerate(rules):
        if rule.name in names:
            where = place_of(file, "rule", number, "name")
            yield f"{where}: the rule {rule.name!r} stands there twice; `brief why` names it, so name one anew"
        names.add(rule.name)
        foreign = next((address for address in rule.mailbox if address not in addresses), None)
        if foreign:
            where = place_of(file, "rule", number, "mailbox")
            yield f"{where}: [rule] mailbox {foreign} is none of the desk's; add a [[mailbox]] for it"
