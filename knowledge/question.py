"""From a mail to a question: what the writer wants to know, without greeting, story, quotation and signature."""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.languages.verbs import joined
from knowledge.languages.words import Word, words
from knowledge.query import WORDS as SAID
from knowledge.query import Asked, Sentence, Typed

LONGEST = 20_000
"""Characters of a mail that are read."""
LINES = 400
WORDS = 400

HEADING = 90
"""Letters of a line at the top of a text that may be its heading."""
_ENDS = (".", "!", ",", ":")

ASKED, TOLD, CHATTER, SUBJECT = 1.6, 1.0, 0.25, 1.5
"""What a word counts by its sentence: one that asks or says what is wrong, another, one of politeness, the subject."""

# Each pattern is tried on one line or sentence of bounded length, and repeats nothing that could match in two ways.
_QUOTATION = re.compile(
    r"^\s*(?:-{3,}.{0,3}(?:urspr|original|weitergeleitet|forwarded)|_{5,}\s*$"
    r"|(?:am|on)\b[^\n]{4,200}\b(?:schrieb|wrote)\b[^\n]{0,120}:\s*$)",
    re.IGNORECASE,
)
_HEADER = re.compile(r"^\s*\*?(?:von|from|gesendet|sent|datum|date|an|to|betreff|subject|cc):", re.IGNORECASE)
_CLOSING = re.compile(
    r"^\s*(?:(?:mit |viele |vielen |freundliche[nr]? |herzliche[nr]? |beste[nr]? |schöne[nr]? |liebe |sonnige |ganz |einen )*"
    r"(?:gruß|grüße[n]?|gruss|gruesse[n]?)\b|mfg\b|lg\b|vg\b|hochachtungsvoll|(?:vielen |besten |herzlichen )?dank (?:im|und)\b"
    r"|(?:kind |best |warm |many )?(?:regards|wishes)\b|yours\b|sincerely|cheers\b|(?:many )?thanks[,.!]?\s*$"
    r"|gesendet (?:von|mit)|von meinem \w+ gesendet|sent from (?:my|mail)\b)",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^\s*(?:sehr geehrte|liebe[rs]?\b|hallo\b|hi\b|hey\b|moin\b|servus\b|guten (?:tag|morgen|abend)|grüß (?:gott|euch)|grüezi"
    r"|dear\b|hello\b|good (?:morning|afternoon|evening)|to whom)[^.?!\n]{0,60}[,!.]?\s*$",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"[^.!?\n]+[.!?]*|\n")
_ASKS = re.compile(
    r"\b(?:wie (?:kann|komme|bekomme|lange|viel|geht|mache|richte|stelle|finde|ändere|lösche|oft|hoch)|wo (?:kann|finde|sehe|stelle)|was (?:muss|kann|kostet|ist|bedeutet)"
    r"|woran|warum|wieso|weshalb|wann|welche|ob\b|möchte[n]?|würde[n]? gern|will\b|wollen|brauche[n]?|benötige[n]?|bitte um|suche\b"
    r"|how (?:do|can|to|long|much)|where (?:do|can|is)|what (?:is|do|does|should)|why|when|which|can i|could you|want to|would like|need to|trying to)",
    re.IGNORECASE,
)
_WRONG = re.compile(
    r"\b(?:nicht mehr|kann (?:ich |mich |man )?(?:nicht|kein)|geht nicht|klappt nicht|funktioniert nicht|fehler\w*|abgelehnt|gesperrt|vergessen|verloren|verschwunden"
    r"|kommt nicht|erreiche[n]? nicht|cannot|can't|does ?n[o']t|not work\w*|error|failed|fails|refused|lost|forgot\w*|locked|missing|broken)\b",
    re.IGNORECASE,
)
_CHATTER = re.compile(
    r"\b(?:danke|dank\b|hoffe|freue|mühe|im voraus|vorab|rückmeldung|melden sie sich|meldet euch|telefonisch|erreichbar unter|zufrieden|kunde bei|kundin bei"
    r"|schönes wochenende|schönen tag|gut gehen|geht es ihnen|fündig|auf ihrer seite gesucht|umwelt|vertraulich\w*|ausdrucken|bescheid|gedulds?"
    r"|thanks?\b|thank you|hope|appreciate|looking forward|in advance|happy with|customer (?:for|since)|confidential|weekend|have a)\b",
    re.IGNORECASE,
)
_PREFIX = re.compile(r"^(?:\s*(?:re|aw|wg|fw|fwd|antw)\s*:)+", re.IGNORECASE)


def written(text: str) -> str:
    """What the writer of a mail wrote: up to the quotation, the signature or the closing words."""
    kept: list[str] = []
    lines = text[:LONGEST].splitlines()[:LINES]
    for number, line in enumerate(lines):
        if line.rstrip() == "--" or _QUOTATION.match(line) or _begins_headers(lines, number):
            break
        if _CLOSING.match(line[:200]) and any(each.strip() for each in kept):
            break
        if not line.lstrip().startswith(">") and not _GREETING.match(line[:200]):
            kept.append(line)
    return "\n".join(kept).strip()


def sentences(text: str, subject: str = "") -> list[Sentence]:
    """The sentences of a mail, each with its weight; the subject first."""
    head = _PREFIX.sub("", subject[:1000]).strip()
    text = text[:LONGEST]
    if not head:
        head, text = _headed(text)
    found = [Sentence(head, SUBJECT)] if head else []
    return found + [Sentence(each, _weight(each)) for each in _pieces(written(text) or text)]


def question_of(text: str, subject: str = "") -> Asked:
    """What a mail asks; each word counted by the sentence that says most of it."""
    asked = sentences(text, subject)
    said: list[list[str]] = []
    found: dict[str, tuple[float, Typed]] = {}
    for number, sentence in enumerate(asked):
        spoken, verbs = words(sentence.text), list(joined(sentence.text))
        said.append([*(word.text for word in spoken[:SAID]), *verbs])
        for word in (*spoken, *map(Word, verbs)):
            if len(found) < WORDS and (word.text not in found or sentence.weight > found[word.text][0]):
                found[word.text] = (sentence.weight, Typed(word, word.weight * sentence.weight, sentence=number))
    return Asked([each for _, each in found.values()], asked, said)


def _headed(text: str) -> tuple[str, str]:
    """The heading of a text, which says what it is about as a subject does, and the rest: a short line that stands alone at the top."""
    head, _, rest = text.lstrip().partition("\n\n")
    stands = rest.strip() and "\n" not in head and len(head) <= HEADING and not head.rstrip().endswith(_ENDS)
    return (head.strip(), rest) if stands and not _GREETING.match(head) and not head.startswith(">") else ("", text)


def _begins_headers(lines: list[str], number: int) -> bool:
    """The head of a quoted mail: Von:, Gesendet: ... one below the other."""
    return (
        bool(_HEADER.match(lines[number])) and sum(bool(_HEADER.match(line)) for line in lines[number : number + 5]) > 2
    )


def _pieces(text: str) -> Iterator[str]:
    for piece in _SENTENCES.findall(_unwrapped(text)):
        if len(piece.strip()) > 1:
            yield piece.strip()[:1000]


def _unwrapped(text: str) -> str:
    """Paragraphs on one line each: a sentence goes on where only its line ended."""
    return "\n".join(" ".join(each.split()) for each in re.split(r"\n[ \t]*\n", text))


def _weight(sentence: str) -> float:
    asks = sentence.endswith("?") or _ASKS.search(sentence) or _WRONG.search(sentence)
    if _CHATTER.search(sentence) and not sentence.endswith("?"):
        return TOLD if asks else CHATTER
    return ASKED if asks else TOLD
