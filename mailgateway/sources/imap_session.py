"""One connection to an IMAP server, over imapclient: every step has a time limit, and every error is one of ours (`imap_spoken`)."""

from __future__ import annotations

import contextlib
import hashlib
import imaplib
import select
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import imapclient
from imapclient.exceptions import CapabilityError, LoginError

from mailgateway.oauth import AccessTokens, NotLetIn, oauthbearer, xoauth2
from mailgateway.receive import LARGEST_MAIL
from mailgateway.sources.imap_account import ImapAccount, Misconfigured, Security
from mailgateway.sources.imap_folders import Folder
from mailgateway.sources.imap_limits import in_time, limited
from mailgateway.sources.imap_spoken import Declined, ServerAway, line_of, spoken

imaplib._MAXLINE = 20_000_000  # type: ignore[attr-defined]  # a folder of a million mails names them all in one line

NAMED_BY = "[[imap]] folders: "
"""Which setting names a folder that cannot be opened: so begins what is said of it."""
MOST_ALIKE = 50
"""Mails of one size that are looked at when one of them may be a copy."""


class Selected(NamedTuple):
    """A folder as the server opened it."""

    uidvalidity: int
    uidnext: int


class Listed(NamedTuple):
    """What the server tells of a mail before it is fetched."""

    size: int
    came_at: datetime | None


class Outline(NamedTuple):
    """What the server tells of a mail of an archive before it is fetched."""

    size: int
    came_at: datetime | None
    dated: bytes
    """The header with its Date alone."""
    draft: bool


class ImapSession:
    """A connection that is logged in. It belongs to one thread; `abort` may be called by any."""

    def __init__(self, client: imapclient.IMAPClient, account: ImapAccount, largest: int = LARGEST_MAIL) -> None:
        self._client = client
        self._account = account
        self._begin_answer = limited(client._imap, largest)
        self.folder = ""

    def select(self, folder: str, *, readonly: bool = False) -> Selected:
        """Open a folder. Raises `Misconfigured` where there is none of that name."""
        with self._spoken(f"open {folder}"):
            try:
                said = self._client.select_folder(folder, readonly=readonly)
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error as error:
                raise self._no_folder(folder, error) from None
            self.folder = folder
            uidvalidity, uidnext = said.get(b"UIDVALIDITY"), said.get(b"UIDNEXT")
            if uidnext is None:  # it need not be said; then the last mail tells
                uidnext = max(self._client.search(["UID", "*"]), default=0) + 1
        if not uidvalidity:
            raise Declined(f"{folder} has no lasting UIDs on this server, so it cannot be read without doubling mail")
        return Selected(int(uidvalidity), int(uidnext))

    def _no_folder(self, folder: str, error: Exception) -> Misconfigured:
        there = ", ".join(name for _, _, name in self._client.list_folders()[:30])
        return Misconfigured(
            f"{NAMED_BY}{folder} cannot be opened on {self._account.server}: {line_of(error)}; there are: {there}"
        )

    def uids_after(self, uid: int) -> list[int]:
        """The mails of the folder with a higher UID; perhaps the last one of the folder, too."""
        with self._spoken("search"):
            self._client.noop()  # some servers tell of new mail at this alone
            self._told_of_mail()
            return [int(each) for each in self._client.search(["UID", f"{uid + 1}:*"])]

    def uids_since(self, first: int, last: int, since_at: datetime) -> list[int]:
        """The mails between two UIDs that came since the day before a moment: servers reckon in days of their own."""
        if first > last:
            return []
        day = (since_at - timedelta(days=1)).date()
        with self._spoken("search"):
            return [int(each) for each in self._client.search(["UID", f"{first}:{last}", "SINCE", day])]

    def listed(self, uids: Sequence[int]) -> dict[int, Listed]:
        """Size and time of some mails; those that are gone are left out."""
        with self._spoken("list mails"):
            found = self._client.fetch(uids, ["RFC822.SIZE", "INTERNALDATE"])
        return {
            uid: Listed(int(each[b"RFC822.SIZE"]), _aware(each.get(b"INTERNALDATE"))) for uid, each in found.items()
        }

    def outlines(self, uids: Sequence[int]) -> dict[int, Outline]:
        """Size, times and drafts of some mails; those that are gone are left out. They stay unread on the server."""
        with self._spoken("list mails"):
            found = self._client.fetch(
                uids, ["RFC822.SIZE", "INTERNALDATE", "FLAGS", "BODY.PEEK[HEADER.FIELDS (DATE)]"]
            )
        return {
            uid: Outline(
                int(each[b"RFC822.SIZE"]),
                _aware(each.get(b"INTERNALDATE")),
                _header_in(each),
                imapclient.DRAFT in each.get(b"FLAGS", ()),
            )
            for uid, each in found.items()
        }

    def folders(self) -> list[Folder]:
        """Every folder of the account."""
        with self._spoken("list its folders"):
            listed = self._client.list_folders()
        return [
            Folder(
                str(name),
                frozenset(flag.decode("ascii", "replace").lower() for flag in flags),
                (delimiter or b"").decode("ascii", "replace"),
            )
            for flags, delimiter, name in listed
        ]

    @property
    def all_is_all(self) -> bool:
        """Whether what it flags as \\All holds whatever the other folders hold, Trash and Junk apart: so does Gmail."""
        return bool(self._client.has_capability("X-GM-EXT-1"))

    def mails(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Some mails, whole; those that are gone are left out. They stay unread on the server."""
        with self._spoken("fetch mails"):
            found = self._client.fetch(uids, ["BODY.PEEK[]"])
        return {uid: bytes(each[b"BODY[]"]) for uid, each in found.items() if each.get(b"BODY[]") is not None}

    def beginning(self, uid: int, octets: int) -> bytes:
        """The first octets of a mail."""
        with self._spoken("fetch the beginning of a mail"):
            found = self._client.fetch([uid], [f"BODY.PEEK[]<0.{octets}>"]).get(uid, {})
        return next((bytes(value) for key, value in found.items() if key.startswith(b"BODY[]") and value), b"")

    def heads(self, uids: Sequence[int]) -> dict[int, bytes]:
        """The headers of some mails that tell a person which they are."""
        with self._spoken("fetch headers"):
            found = self._client.fetch(uids, ["BODY.PEEK[HEADER.FIELDS (FROM SUBJECT DATE MESSAGE-ID)]"])
        return {uid: _header_in(each) for uid, each in found.items()}

    def mark(self, uids: Sequence[int]) -> None:
        """Mark mails as seen."""
        with self._spoken("mark mails"):
            self._client.add_flags(uids, [imapclient.SEEN], silent=True)

    @property
    def moves(self) -> bool:
        """Whether the server can move mails (RFC 6851): a mail is then in one folder or in the other, and never in both."""
        return bool(self._client.has_capability("MOVE"))

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Move mails into a folder, which is made where it is not there yet."""
        self._bring_into(folder, f"move mails to {folder}", lambda: self._client.move(uids, folder))

    def copy(self, uids: Sequence[int], folder: str) -> None:
        """Copy mails into a folder, which is made where it is not there yet: all of them, or none where it declines."""
        self._bring_into(folder, f"copy mails to {folder}", lambda: self._client.copy(uids, folder))

    def _bring_into(self, folder: str, what: str, bring: Callable[[], object]) -> None:
        try:
            with self._spoken(what):
                bring()
        except Declined:
            with self._spoken(f"make the folder {folder}"):
                if self._client.folder_exists(folder):
                    raise
                self._client.create_folder(folder)
                self._client.subscribe_folder(folder)
            with self._spoken(what):
                bring()

    def delete(self, uids: Sequence[int]) -> None:
        """Delete mails. Without UIDPLUS they stay, marked as deleted: a person's own deleted mails would go too."""
        with self._spoken("delete mails"):
            self._client.add_flags(uids, [imapclient.DELETED], silent=True)
            if self._client.has_capability("UIDPLUS"):
                self._client.uid_expunge(uids)

    def copies(self, folder: str, sizes: Mapping[str, int]) -> set[str]:
        """Of mails, by their hash and size, those that lie byte for byte in another folder too."""
        with self._spoken(f"look for {folder}"):
            if not self._client.folder_exists(folder):
                return set()
        here = self.folder
        try:
            self.select(folder, readonly=True)
            return {sha256 for sha256, size in sizes.items() if self._holds(sha256, size)}
        except Misconfigured as error:
            raise Declined(str(error)) from None
        finally:
            self.select(here)  # whatever came: else the mails of the other folder would be taken for those of this one

    def _holds(self, sha256: str, size: int) -> bool:
        """Whether the folder that is open holds a mail; the newest ones of its size are looked at."""
        with self._spoken("search"):
            of_size = self._client.search(["LARGER", size - 1, "SMALLER", size + 1])
        newest = sorted(map(int, of_size), reverse=True)[:MOST_ALIKE]
        return any(hashlib.sha256(raw).hexdigest() == sha256 for uid in newest for raw in self.mails([uid]).values())

    def wait(self, seconds: float, woken: socket.socket) -> None:
        """Until the server has news, or `woken` can be read, or the time is over.

        Where the server has IDLE it says so by itself (RFC 2177), and the time is that of `Patience.idle`; elsewhere, and
        where IDLE is off, only `seconds` pass.
        """
        idle = self._account.idle and self._client.has_capability("IDLE")
        if self._told_of_mail():
            return
        if not idle:
            self._wait_for_news(None, woken, seconds)
            return
        with self._spoken("begin to wait for mail"):
            self._client.idle()
        with spoken(self._account, "wait for mail"):
            self._wait_for_news(self._client.socket(), woken, self._account.patience.idle)
        with self._spoken("end to wait for mail"):
            self._client.idle_done()

    def _told_of_mail(self) -> bool:
        """Whether the server said since the last time that mail came: to say so in answer to any command is enough.

        What came after a search was answered, and before IDLE, is told in between, and then not once more.
        """
        _, said = self._client._imap.response("EXISTS")
        return bool(said and said[-1] is not None)

    def _wait_for_news(self, own: socket.socket | None, woken: socket.socket, seconds: float) -> None:
        if own is not None and self._buffered(own):
            return
        poller = select.poll()
        for each in filter(None, (own, woken)):
            poller.register(each, select.POLLIN)
        poller.poll(seconds * 1000)

    def _buffered(self, own: socket.socket) -> bool:
        """Whether what the server said was read from the socket already, together with its answer to IDLE."""
        file: Any = getattr(self._client._imap, "_file", None) or getattr(self._client._imap, "file", None)
        if not hasattr(file, "peek"):
            return False
        own.setblocking(False)
        try:
            return bool(file.peek(1))
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        finally:
            own.settimeout(self._account.patience.answer)

    def close(self) -> None:
        """Log out where the server still listens, and close the connection."""
        with contextlib.suppress(imaplib.IMAP4.error, OSError, ValueError):
            self._client.socket().settimeout(min(2.0, self._account.patience.answer))
            self._client.logout()
        with contextlib.suppress(imaplib.IMAP4.error, OSError, ValueError):
            self._client.shutdown()

    def abort(self) -> None:
        """Cut the connection: whoever waits for an answer gets an error."""
        with contextlib.suppress(OSError, ValueError, AttributeError):
            self._client.socket().shutdown(socket.SHUT_RDWR)

    @contextlib.contextmanager
    def _spoken(self, what: str) -> Iterator[None]:
        self._begin_answer()
        with spoken(self._account, what), in_time(self._account.patience.whole, self.abort):
            yield


def connected(
    account: ImapAccount,
    tokens: AccessTokens | None = None,
    *,
    begun: Callable[[ImapSession], None] = lambda _: None,
    largest: int = LARGEST_MAIL,
) -> ImapSession:
    """A new connection, secure as the account asks, and logged in. `begun` gets it before. Raises `Unavailable`.

    `largest` is the size of the largest mail that may be fetched.
    """
    tls = _tls_of(account)
    secret = tokens.token() if tokens else account.secret()
    with spoken(account, "connect"):
        client = imapclient.IMAPClient(
            account.server,
            account.port,
            ssl=account.security is Security.TLS,
            ssl_context=tls,
            timeout=imapclient.SocketTimeout(account.patience.connect, account.patience.answer),
        )
    client.normalise_times = False
    session = ImapSession(client, account, largest)
    begun(session)
    try:
        with spoken(account, "connect"), in_time(account.patience.whole, session.abort):
            if account.security is Security.STARTTLS:
                client.starttls(tls)
                client._set_read_timeout()
            _log_in(client, account, secret, tokens)
    except BaseException:
        session.abort()
        session.close()
        raise
    return session


def _log_in(client: imapclient.IMAPClient, account: ImapAccount, secret: str, tokens: AccessTokens | None) -> None:
    try:
        if tokens:
            _show_token(client, account, secret)
        elif client.has_capability("AUTH=PLAIN"):  # the one that takes every character
            client.plain_login(account.user, secret)
        else:
            client.login(account.user, secret)
    except imaplib.IMAP4.abort:
        raise
    except (LoginError, CapabilityError, UnicodeError) as error:
        if "UNAVAILABLE" in str(error) or isinstance(error.__context__, imaplib.IMAP4.abort):
            raise ServerAway(f"{account.server} cannot check a login just now: {line_of(error)}") from None
        if tokens:
            tokens.forget()
        which = "oauth" if tokens else "user and password"
        raise NotLetIn(
            f"{account.server} does not let {account.user} in: {line_of(error)}; is [[imap]] {which} right?"
        ) from None


def _show_token(client: imapclient.IMAPClient, account: ImapAccount, token: str) -> None:
    """Log in by whichever of the two mechanisms the server has. A refusal comes as a challenge, which is answered empty."""
    if client.has_capability("AUTH=OAUTHBEARER") and not client.has_capability("AUTH=XOAUTH2"):
        said, end, mechanism = oauthbearer(account.user, token, account.server, account.port), b"\1", "OAUTHBEARER"
    else:
        said, end, mechanism = xoauth2(account.user, token), b"", "XOAUTH2"
    answers = iter((said,))
    client.sasl_login(mechanism, lambda _challenge: next(answers, end))


def _tls_of(account: ImapAccount) -> ssl.SSLContext | None:
    """Verifies the server's certificate and name by the system's authorities and the one that was set."""
    if account.security is Security.PLAIN:
        return None
    context = ssl.create_default_context()
    if account.certificate is not None:
        try:
            context.load_verify_locations(cafile=account.certificate)
        except (OSError, ssl.SSLError) as error:
            raise Misconfigured(
                f"[[imap]] certificate {account.certificate} cannot be used: {line_of(error)}"
            ) from None
    return context


def _header_in(fetched: Mapping[bytes, Any]) -> bytes:
    return next((bytes(value) for key, value in fetched.items() if key.startswith(b"BODY[") and value), b"")


def _aware(at: Any) -> datetime | None:
    """A time of the server in UTC; None where it is none."""
    if not isinstance(at, datetime):
        return None
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError:
        return None
