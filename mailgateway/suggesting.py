"""Asking the knowledge base about a mail, without letting it hold the mail up."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

import structlog

from knowledge.article import Suggestion
from mailgateway.retry import in_one_line
from threads.model import InboundMail, Mailbox

log = structlog.get_logger(__name__)

Suggest = Callable[[InboundMail, Mailbox], Sequence[Suggestion]]
"""What may answer a mail that came to a mailbox, the likeliest first."""

WITHIN = 2.0
"""Seconds that an answer is waited for."""

AFTER_SILENCE = 20
"""How many mails go without suggestions after one that had to be left."""


class Suggesting:
    """Asks within a time limit; whatever goes wrong, a mail goes on without suggestions."""

    def __init__(self, suggest: Suggest | None, within: float = WITHIN) -> None:
        self._suggest = suggest
        self._within = within
        self._pass_over = 0

    def ask(self, mail: InboundMail, mailbox: Mailbox) -> tuple[Suggestion, ...]:
        """What may answer the mail; nothing where that is not known in time, or nobody can know what was asked."""
        if mail.is_sealed:
            return ()
        if self._suggest is None or self._pass_over > 0:
            self._pass_over = max(self._pass_over - 1, 0)
            return ()
        answer: Future[tuple[Suggestion, ...]] = Future()
        # a thread of its own: one that hangs is left behind, and must not keep the process from ending
        threading.Thread(target=self._run, args=(mail, mailbox, answer), name="suggest", daemon=True).start()
        try:
            return answer.result(self._within)
        except TimeoutError:
            self._pass_over = AFTER_SILENCE
            log.warning("suggestions took too long; mails go on without", seconds=self._within)
        except Exception as error:
            log.warning("no suggestions", error=in_one_line(error))
        return ()

    def _run(self, mail: InboundMail, mailbox: Mailbox, answer: Future[tuple[Suggestion, ...]]) -> None:
        try:
            answer.set_result(tuple(self._suggest(mail, mailbox)) if self._suggest is not None else ())
        except BaseException as error:
            answer.set_exception(error)
