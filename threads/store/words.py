"""The words by which agents find a conversation."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from storage.rows import column_of, put
from storage.tables import WordRow
from threads.model import InboundMail
from threads.words import words_of

MOST_WORDS = 100
_LONGEST = 40
_READ = 6000


def words_to_find(mail: InboundMail) -> list[str]:
    """The folded words of a mail, each once: names, addresses and subject first, then what was written."""
    people = (*filter(None, [mail.author]), *mail.recipients[:10])
    names = " ".join(f"{each.name} {each.address}" for each in people)
    read = names[:1000], mail.subject[:500], (mail.reply or mail.text)[:_READ]
    words = dict.fromkeys(word for text in read for word in words_of(text))
    return [word for word in words if 1 < len(word) <= _LONGEST][:MOST_WORDS]


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
