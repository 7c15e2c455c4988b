"""Comments in header values: text in brackets, which may be nested (RFC 5322, section 3.2.2)."""

from __future__ import annotations


def without_comments(text: str) -> str:
    """A header value without its comments, in linear time."""
    if "(" not in text:
        return text
    depth = 0
    kept: list[str] = []
    for each in text:
        if each == "(":
            depth += 1
        elif each == ")":
            depth = max(depth - 1, 0)
        elif not depth:
            kept.append(each)
    return "".join(kept)
