"""Reads the tables of words and phrases that are written as running text, so that they can be read and sorted by people."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of a table, parted by blanks and line ends."""
    return frozenset(text.split())


def phrases(text: str) -> frozenset[str]:
    """The phrases of a table, parted by "|" and line ends."""
    return frozenset(phrase.strip() for line in text.splitlines() for phrase in line.split("|") if phrase.strip())
