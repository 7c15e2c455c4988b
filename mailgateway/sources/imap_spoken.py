"""What goes wrong while an IMAP server is spoken to, as errors of ours.

`ServerAway`: the connection is lost, or silent for too long. `Declined`: the server answered no, and the connection holds.
`NotLetIn` (`mailgateway.oauth`): it does not accept who we are.
"""

from __future__ import annotations

import contextlib
import imaplib
from collections.abc import Iterator

from mailgateway.sources.imap_account import ImapAccount
from storage.errors import Unavailable


class ServerAway(Unavailable):
    """The server cannot be reached, or went silent."""


class Declined(Unavailable):
    """The server answered that it does not do this."""


@contextlib.contextmanager
def spoken(account: ImapAccount, what: str) -> Iterator[None]:
    """Turn what the connection or the library raises into an error of ours."""
    where = f"{account.server}:{account.port}"
    try:
        yield
    except Unavailable:
        raise
    except TimeoutError:
        raise ServerAway(f"{where} hangs: it did not answer in time ({what})") from None
    except (imaplib.IMAP4.abort, OSError, MemoryError, OverflowError) as error:
        raise ServerAway(f"{where} is away ({what}): {line_of(error)}") from None
    except (imaplib.IMAP4.error, ValueError, LookupError, AssertionError, TypeError) as error:
        # what the library could not read is the server's answer to this one question
        raise Declined(f"{where} does not {what}: {line_of(error)}") from None


def line_of(error: BaseException) -> str:
    """What an error says, in one line."""
    text = (isinstance(error, OSError) and error.strerror) or str(error)
    if text.startswith(("b'", 'b"')):
        text = text[2:-1]
    return " ".join(text.split())[:300] or type(error).__name__
