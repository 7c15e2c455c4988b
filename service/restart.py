"""Which changed settings a desk that runs does not take over before it is started again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from service.settings import Settings

AT_START: Mapping[str, frozenset[str]] = {
    "smtp": frozenset({"trusted_authserv_id"}),
    "lmtp": frozenset(),
    "imap": frozenset({"reply_addresses"}),
    "web": frozenset(),
    "faq": frozenset(),
    "database": frozenset(),
    "log": frozenset(),
}
"""Sections that are put to use at the start, each with what of it is taken over at once all the same."""


def wants_a_restart(started_with: Settings, now: Settings) -> list[str]:
    """The settings that differ from those with which a desk was started, and that it uses until it ends."""
    return [said for section, at_once in AT_START.items() for said in _changed(section, at_once, started_with, now)]


def _changed(section: str, at_once: frozenset[str], before: Settings, after: Settings) -> Iterator[str]:
    old, new = getattr(before, section), getattr(after, section)
    if isinstance(new, tuple):
        if [each.model_dump(exclude=at_once) for each in old] != [each.model_dump(exclude=at_once) for each in new]:
            yield f"[[{section}]]"
        return
    for name in type(new).model_fields:
        if name not in at_once and getattr(old, name) != getattr(new, name):
            yield f"[{section}] {name}"
