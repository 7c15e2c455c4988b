"""What a mail quotes, where the headers that would tell are gone."""

from __future__ import annotations

from uuid import UUID

from threads.fingerprint import quoted, runs_of
from threads.known import KnownText
from threads.placing import Found, Mail


def by_quotation(placed: Mail) -> Found:
    """It quotes a message of a conversation in which its writer, or somebody whom it went to, takes part."""
    if not placed.known.texts:
        return Found()
    runs = runs_of(placed.mail.text) - runs_of(placed.mail.reply)
    met = {each: quoted(runs, each.fingerprint) for each in placed.known.texts}
    most: dict[UUID, KnownText] = {}
    for each in sorted((each for each in met if met[each]), key=lambda each: met[each]):
        most[each.conversation] = each
    keys = _plainest(placed, {key: met[each] for key, each in most.items() if not placed.recycles(key)})
    if len(keys) == 1:
        return Found(keys[0], f"it quotes the message {most[keys[0]].code} of this conversation")
    return Found(rejected=tuple(f"{placed.name(key)}: one of several that it quotes" for key in keys))


def _plainest(placed: Mail, met: dict[UUID, int]) -> list[UUID]:
    """Of several conversations that are quoted: the writer's own; of these one that is quoted far more; then the subject."""
    keys = [key for key in met if placed.writer_takes_part(key)] or list(met)
    best = max((met[key] for key in keys), default=0)
    keys = [key for key in keys if 2 * met[key] > best]
    alike = [key for key in keys if placed.conversation(key).canonical_subject == placed.subject]
    return alike if len(keys) > 1 and alike else keys
