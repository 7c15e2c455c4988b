"""How much an IMAP server may say in one answer, and for how long: it announces sizes that nobody could hold, and it may drip."""

from __future__ import annotations

import contextlib
import imaplib
import threading
from collections.abc import Callable, Iterator
from typing import Any

from templates.amounts import size as amount

BESIDES = 64 * 1024 * 1024
"""Bytes of an answer besides its mails: the UIDs of a folder of a million mails are eight."""


def limited(imap: Any, largest: int) -> Callable[[], None]:
    """Let no answer that imaplib reads be longer than two mails of the `largest` size, and more; gives back what begins one.

    Raises `abort` from within the library's reading: the connection cannot be used any more.
    """
    most = 2 * largest + BESIDES
    read, readline = imap.read, imap.readline
    left = most

    def begin() -> None:
        nonlocal left
        left = most

    def counted(size: int) -> None:
        nonlocal left
        left -= size
        if left < 0:
            raise imaplib.IMAP4.abort(f"it says more than {amount(most)} at once")

    def read_counted(size: int) -> bytes:
        counted(size)  # before a byte of it is waited for
        return bytes(read(size))

    def readline_counted() -> bytes:
        line = bytes(readline())
        counted(len(line))
        return line

    imap.read, imap.readline = read_counted, readline_counted
    return begin


@contextlib.contextmanager
def in_time(seconds: float, cut: Callable[[], None]) -> Iterator[None]:
    """For what must not take longer: then `cut` ends the connection, and this raises `TimeoutError`.

    The time limit of a socket is for each of its reads alone, and the library makes as many as an answer has pieces.
    """
    late = threading.Event()

    def end() -> None:
        late.set()
        cut()

    watch = threading.Timer(seconds, end)
    watch.daemon = True
    watch.start()
    try:
        yield
    except Exception:
        if late.is_set():
            raise TimeoutError from None
        raise
    finally:
        watch.cancel()
