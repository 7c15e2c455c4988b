"""What a mail quotes, where the headers that would tell are gone."""

from __future__ import annotations

from uuid import UUID

from threads.placing.known import KnownQuotation
from threads.placing.mail import Found, Mail
from threads.placing.passages import FEWEST, MUCH, PLENTY


def by_quotation(placed: Mail) -> Found:
    """It quotes a message of a conversation."""
    most: dict[UUID, KnownQuotation] = {}
    for each in sorted(placed.known.quotations, key=lambda each: each.shared):
        most[each.conversation] = each
    enough = {key: each.shared for key, each in most.items() if _shows(placed, each) and not placed.recycles(key)}
    keys = _plainest(placed, enough)
    several = (key for key in enough if keys != [key])
    rejected = tuple(f"{placed.name(key)}: one of several that it quotes" for key in several)
    if len(keys) == 1:
        return Found(keys[0], f"it quotes the message {most[keys[0]].code} of this conversation", rejected)
    return Found(rejected=rejected)


def _shows(placed: Mail, found: KnownQuotation) -> bool:
    """Whether that is more than a turn of phrase: the fewer people are in common, the more has to be quoted.

    Agents send the same text to many, so whoever has nobody in common with a conversation has to be of the customer's company, or
    bear the name of somebody there. An answer of ours went to whom it concerns.
    """
    conversation = placed.conversation(found.conversation)
    a_part = 4 * found.shared >= found.of or found.shared >= MUCH
    if placed.known.writer & (conversation.people | conversation.beside):
        return found.shared >= FEWEST and a_part
    if placed.known.people & (conversation.people | conversation.beside):
        return found.shared >= PLENTY and a_part
    akin = not placed.outgoing and (placed.bears_name_in(conversation) or placed.is_of_house(conversation))
    return akin and found.shared >= PLENTY and 2 * found.shared >= found.of


def _plainest(placed: Mail, shared: dict[UUID, int]) -> list[UUID]:
    """Of several conversations that are quoted: those that are quoted far more; of these the writer's own; then the subject."""
    best = max(shared.values(), default=0)
    keys = [key for key in shared if 2 * shared[key] > best]
    keys = [key for key in keys if placed.writer_takes_part(key)] or keys
    alike = [key for key in keys if placed.conversation(key).canonical_subject == placed.subject]
    return alike if len(keys) > 1 and alike else keys
