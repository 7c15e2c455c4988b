"""Subjects without what programs put before them: "AW: Re: [list] Rechnung" is about "rechnung"."""

from __future__ import annotations

import unicodedata

_REPLY = frozenset(
    # the prefixes that mail programs set: en, de, nl, sv/da/no/is, fi, fr, es, pt, it, ro, pl, cs/sk, hu, hr/sr/sl, tr, el, ru,
    # uk, bg, lt, lv, et, cy, zh, ja, ko, vi, id, th, he, ar, fa
    ["re", "aw", "antw", "antwort", "sv", "vs", "vá", "ang", "rép", "réf", "rep", "res", "resp", "rv", "r", "rif", "vl", "odp",
     "odg", "odgovor", "ynt", "yan", "cev", "απ", "σχετ", "ответ", "отв", "на", "відп", "отг", "ats", "atb", "vast", "回复", "回覆",
     "答复", "答覆", "返信", "답장", "회신", "trả lời", "bls", "balas", "ตอบกลับ", "ตอบ", "השב", "תגובה", "رد", "پاسخ",
     "rispondi", "ri", "reply", "automatische antwort", "automatic reply", "auto reply", "abwesenheitsnotiz",
     "out of office", "réponse automatique", "respuesta automática", "risposta automatica"]
)  # fmt: skip
_FORWARD = frozenset(
    ["fw", "fwd", "wg", "wtr", "tr", "i", "enc", "doorst", "vb", "vidarebefordrat", "pd", "továbbítás", "yml", "ilt",
     "πρθ", "转发", "轉寄", "fs", "rv", "weiterleitung", "weitergeleitet", "rif fwd", "fyi", "prosl", "пересл", "переслано",
     "препр", "pers", "pārs", "ed", "転送", "전달", "chuyển tiếp", "trs", "ส่งต่อ", "הועבר", "إعادة توجيه"]
)  # fmt: skip
_FLAGS = frozenset(["spam", "ext", "extern", "external", "warnung: extern", "caution: external", "suspected spam"])
_LONGEST_PREFIX = 28
_MOST_PREFIXES = 40
_LONGEST = 400


def canonical(subject: str) -> str:
    """The subject in one form for every mail of a thread: no prefixes, no flags of gateways, folded case and spaces."""
    tags, rest, *_ = _taken_apart(subject)
    return " ".join(f"{tags}{rest}".split()).casefold()[:_LONGEST]


def is_reply_subject(subject: str) -> bool:
    """Whether a program marked the subject as that of an answer ("Re:", "AW:", "Antw:", "SV:", ...)."""
    return _taken_apart(subject)[2]


def untagged(canonical_subject: str) -> str:
    """A canonical subject without the tags of lists and gateways before it."""
    rest = canonical_subject
    while (found := _bracketed(rest))[0] and found[1].strip():
        rest = found[1].strip()
    return rest


def is_forwarded_subject(subject: str) -> bool:
    """Whether a program marked the subject as that of a mail that somebody forwarded, perhaps answered since."""
    return _taken_apart(subject)[3]


def readable(subject: str) -> str:
    """The subject as a person would name the matter: without prefixes, letter case as it was written."""
    tags, rest, *_ = _taken_apart(subject)
    return " ".join(f"{tags}{rest}".split())[:_LONGEST]


def reply_subject(subject: str) -> str:
    """The subject of an answer: one "Re:" before it, none added where there is a reply prefix."""
    plain = " ".join(subject.split())
    return plain if is_reply_subject(plain) else f"Re: {plain}".strip()


def _taken_apart(subject: str) -> tuple[str, str, bool, bool]:
    """The kept tags of lists, the rest, and whether there was a reply prefix, and one of forwarding."""
    rest = unicodedata.normalize("NFKC", subject[: 4 * _LONGEST]).strip()
    tags, reply, forward = "", False, False
    for _ in range(_MOST_PREFIXES):
        tag, after = _bracketed(rest)
        if tag:
            if not after.strip():
                break
            tags += "" if tag.strip("[]* ").casefold() in _FLAGS else f"{tag} "
            rest = after.strip()
            continue
        word, after = _prefix(rest)
        if not word:
            break
        reply, forward = reply or word in _REPLY, forward or (word in _FORWARD and word not in _REPLY)
        rest = after.strip()
    return tags, rest, reply, forward


def _bracketed(text: str) -> tuple[str, str]:
    """A leading "[tag]" or "***SPAM***", and what follows; empty where there is none."""
    if text.startswith("["):
        end = text.find("]", 0, 60)
        return (text[: end + 1], text[end + 1 :]) if end > 0 else ("", text)
    if text.startswith("***"):
        end = text.find("***", 3, 40)
        return (text[: end + 3], text[end + 3 :]) if end > 0 else ("", text)
    return "", text


def _prefix(text: str) -> tuple[str, str]:
    """A leading "Re:", "AW[2]:" or "RE (3) :" as a word, and what follows; empty where there is none."""
    head, colon, _ = text[: _LONGEST_PREFIX + 8].partition(":")
    if not colon:
        return "", text
    word = head.strip().casefold().replace("i\u0307", "i")  # a Turkish capital I, as in "İLT"
    for opening, closing in ("[]", "()", "^^"):
        before, sign, number = word.partition(opening)
        if sign and number.rstrip(closing + " ").isdigit():
            word = before.strip()
    if word in _REPLY or word in _FORWARD:
        return word, text[len(head) + 1 :]
    return "", text
