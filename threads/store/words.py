"""The words by which agents find a conversation: of every mail in it, and of what agents wrote there."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from storage.claim import insert_ignoring
from storage.rows import column_of, put
from storage.tables import EventRow, MessageRow, WordRow
from threads.model import InboundMail
from threads.undo.ledger import made
from threads.words import words_of

MOST_WORDS = 100
"""Of a mail that arrives."""
MOST_OF_AGENTS = 5000
"""Of what an agent writes, or puts elsewhere."""
_LONGEST = 40
_READ = 6000
_READ_OF_AGENTS = 200_000


def words_to_find(mail: InboundMail) -> list[str]:
    """The folded words of a mail, each once: names, addresses and subject first, then what was written."""
    people = (*filter(None, [mail.author]), *mail.recipients[:10])
    names = " ".join(f"{each.name} {each.address}" for each in people)
    return _folded(names[:1000], mail.subject[:500], (mail.reply or mail.text)[:_READ])[:MOST_WORDS]


def words_in(messages: Iterable[MessageRow]) -> set[str]:
    """The folded words of some messages, those of each as far as an agent's would be read."""
    return {word for each in messages for word in _words_of_message(each)}


def words_said(*texts: str) -> list[str]:
    """The folded words of what an agent wrote, each once."""
    return _folded(*(text[:_READ_OF_AGENTS] for text in texts))[:MOST_OF_AGENTS]


def _words_of_message(message: MessageRow) -> list[str]:
    people = (f"{each.get('name', '')} {each.get('address', '')}" for each in (*message.to, *message.cc))
    said = message.reply or message.text
    return words_said(f"{message.from_name} {message.from_address}", message.subject, *people, said)


def _folded(*texts: str) -> list[str]:
    words = dict.fromkeys(chain.from_iterable(map(words_of, texts)))
    return [word for word in words if 1 < len(word) <= _LONGEST]


def remember_words(session: Session, conversation_id: UUID, mail: InboundMail, *, new: bool) -> None:
    """Let a conversation, which this transaction holds, be found by the words of a mail."""
    words = words_to_find(mail)
    there: set[str] = set()
    if not new:
        there = set(column_of(session, _THERE, conversation_id=conversation_id, words=words))
    put(session, WordRow, *({"word": word, "conversation_id": conversation_id} for word in words if word not in there))


_THERE = select(WordRow.word).where(
    WordRow.conversation_id == bindparam("conversation_id"), WordRow.word.in_(bindparam("words", expanding=True))
)


def add_words(session: Session, conversation_id: UUID, words: Iterable[str]) -> None:
    """Let a conversation be found by some folded words."""
    insert_ignoring(session, WordRow, [{"conversation_id": conversation_id, "word": word} for word in sorted(words)])


def add_words_of(session: Session, event: EventRow, text: str) -> None:
    """Let a conversation be found by the words of what an agent wrote, until that is taken back."""
    there = set(session.scalars(select(WordRow.word).where(WordRow.conversation_id == event.conversation_id)))
    new = [word for word in words_said(text) if word not in there]
    add_words(session, event.conversation_id, new)
    event.data = {**event.data, "rows": made(WordRow, [(event.conversation_id, word) for word in new])}
    session.flush()
