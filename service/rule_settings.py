"""[[rule]]: rules of one's own, and what would make one of them never fit, or always."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from service.setting_errors import place_of
from service.setting_types import MailAddress, PriorityName, Section, mail_address
from threads.model import Kind
from threads.urgency.alarm import Emergency

CONDITIONS = (
    "mailbox", "sender", "organisation", "contract", "any_words", "all_words", "no_words", "emergency", "headers", "form",
    "kind", "time", "hours",
)  # fmt: skip
EFFECTS = ("priority", "opens", "department", "tags", "assignee", "sla", "answer", "hold")


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


def tag(value: Any) -> str:
    """A tag, in lower case: no blank in it."""
    text = str(value).strip().lower()
    if not text or len(text) > 50 or not all(char.isalnum() or char in "-_" for char in text):
        raise ValueError('a tag is meant: letters, digits, - and _, as in "contract-end"')
    return text


Sender = Annotated[str, BeforeValidator(sender)]
Wording = Annotated[str, AfterValidator(wording)]
Tag = Annotated[str, BeforeValidator(tag)]


class RulesSettings(Section):
    """[rules]: how the rules are gone through."""

    match: Literal["first", "all"] = "first"
    """Whether the first rule that fits decides, or all that fit do together: the highest priority, every tag, and of the rest the first."""


class RuleSettings(Section):
    """[[rule]]: a rule of your own, tried before the built-in ones."""

    name: str = Field(min_length=1, max_length=100)
    mailbox: tuple[MailAddress, ...] = ()
    sender: tuple[Sender, ...] = ()
    """Addresses, or domains with a leading @."""
    organisation: tuple[str, ...] = ()
    """Names of organisations."""
    contract: tuple[str, ...] = ()
    """Contract classes of organisations."""
    any_words: tuple[Wording, ...] = ()
    """One of these words or phrases stands in the subject or the new text, and is not denied there."""
    all_words: tuple[Wording, ...] = ()
    no_words: tuple[Wording, ...] = ()
    emergency: tuple[Emergency, ...] = ()
    """One of these is declared: "server", "service", "website"."""
    headers: dict[str, str] = Field(default_factory=dict)
    form: dict[str, str] = Field(default_factory=dict)
    """By a field of a form, what was typed there contains."""
    kind: tuple[Kind, ...] = ()
    time: str = ""
    """The hours in which it comes, in OpenStreetMap's syntax, in the zone of [hours]."""
    hours: Literal["", "inside", "outside"] = ""
    """Whether the mailbox is open when it comes."""
    priority: PriorityName | None = None
    opens: bool = False
    """Even a machine's mail opens a conversation for the agents."""
    department: str = ""
    tags: tuple[Tag, ...] = ()
    assignee: str = ""
    """The ID of the agent whose it becomes."""
    sla: str = ""
    """The name of the [[sla]] policy that holds for the conversation, whatever its contract class."""
    answer: str = Field(default="", max_length=2000)
    """A block of text that the acknowledgement says as well."""
    hold: bool = False
    """It is kept apart, as suspected mail is, until an agent lets it in."""

    @model_validator(mode="after")
    def _fits_some_mails(self) -> Self:
        if not self.conditions:
            raise ValueError(f"it fits every mail; give it a condition: {', '.join(CONDITIONS)}")
        excluded = {each.casefold() for each in self.no_words}
        barred = next((each for each in self.all_words if each.casefold() in excluded), "")
        if not barred and self.any_words and all(each.casefold() in excluded for each in self.any_words):
            barred = self.any_words[0]
        if barred:
            raise ValueError(f"it can never fit: {barred!r} is asked for, and stands in no_words as well")
        return self

    @property
    def conditions(self) -> dict[str, Any]:
        """Its conditions by name, as far as they are set."""
        return {name: value for name in CONDITIONS if (value := getattr(self, name))}

    @property
    def effects(self) -> dict[str, Any]:
        """Its effects by name, as far as they are set."""
        return {name: value for name in EFFECTS if (value := getattr(self, name))}


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
