"""What another host wrote down of its checks (RFC 8601), and what that is worth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mailgateway.origin.domains import aligned
from threads.model import Authenticity, Verdict

_LONGEST = 10_000
_MOST = 50
_SHOWN = ("spf", "dkim", "dmarc", "arc")


@dataclass(frozen=True, slots=True)
class Result:
    """One method's result, such as dmarc=pass, with what it is about."""

    method: str
    result: str
    properties: tuple[tuple[str, str], ...] = ()

    def about(self, name: str) -> str:
        """A property such as header.from, "" where it is missing."""
        return next((value for key, value in self.properties if key == name), "")

    def __str__(self) -> str:
        return f"{self.method}={self.result}"


def judge(results: tuple[Result, ...], domain: str, trusted: str) -> Verdict:
    """What a trusted host's results say of a mail that claims to be from `domain`."""
    details = " ".join([*dict.fromkeys(str(each) for each in results if each.method in _SHOWN), f"by {trusted}"])[:300]
    if not domain:
        return Verdict(Authenticity.UNKNOWN, "it names no sender that could be checked", details)
    for each in results:
        if each.method == "dmarc" and each.result in {"pass", "fail"} and each.about("header.from") in {"", domain}:
            found = Authenticity.GENUINE if each.result == "pass" else Authenticity.FORGED
            return Verdict(found, f"{trusted} says dmarc={each.result} for {domain}", details)
    for each in results:
        if each.result == "pass" and _speaks_for(each, domain):
            return Verdict(Authenticity.GENUINE, f"{trusted} says {each.method}=pass for {domain}", details)
    return Verdict(Authenticity.UNKNOWN, f"{trusted} could neither confirm nor deny the sender", details)


def _speaks_for(result: Result, domain: str) -> bool:
    """Whether DKIM or SPF passed for a domain that may speak for that of the From header."""
    if result.method == "dkim":
        return aligned(result.about("header.d") or result.about("header.i").rpartition("@")[2], domain)
    if result.method == "spf":
        return aligned(result.about("smtp.mailfrom").rpartition("@")[2], domain)
    return False


def results_in(header: str) -> tuple[str, tuple[Result, ...]]:
    """The authserv-id and the results of an Authentication-Results header; ("", ()) where there are none."""
    parts = _words(header[:_LONGEST])
    named = parts[0][0] if parts[0] else ""
    # a letter that merely looks like one of ours, or becomes it in lower case, is another
    return (named.lower() if named.isascii() else ""), tuple(_results(parts[1:]))


def _words(header: str) -> list[list[str]]:
    """The words of each part, without comments. What stands in quotes is one word, whatever it looks like.

    A relay quotes what the sender chose, such as the local part of an address: that must not pass for a result.
    """
    parts: list[list[str]] = [[""]]
    depth, quoted, escaped = 0, False, False
    for each in header:
        if escaped or (each == "\\" and (quoted or depth)):
            escaped = not escaped
        elif each == '"' and not depth:
            quoted = not quoted
        elif not quoted and each in "()":
            depth = max(depth + (1 if each == "(" else -1), 0)
            continue
        elif not quoted and not depth and (each == ";" or each.isspace()):
            parts.append([""]) if each == ";" else parts[-1].append("")
            continue
        if not depth:
            parts[-1][-1] += each
    return [[word for word in part if word] for part in parts]


def _results(parts: list[list[str]]) -> Iterator[Result]:
    for part in parts[:_MOST]:
        pairs = [each.partition("=") for each in part if "=" in each]
        if pairs:
            method, _, result = pairs[0]
            properties = tuple((name.lower(), value.strip('"').lower()) for name, _, value in pairs[1:])
            yield Result(method.lower().partition("/")[0], result.lower(), properties)
