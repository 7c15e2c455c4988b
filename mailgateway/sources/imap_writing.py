"""How fetched mails are written: the mails of a batch, what became of each, and how far the folder has got, in one commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import structlog
from sqlalchemy.orm import Session

from mailgateway.importing import import_mails
from mailgateway.receive import Kept
from mailgateway.retry import in_one_line
from mailgateway.sources import imap_store as store
from mailgateway.sources.imap_account import ImapAccount
from mailgateway.sources.imap_cursor import Cursor, dealt_with
from mailgateway.sources.imap_envelope import reached_by_detail
from mailgateway.sources.imap_into import Into
from mailgateway.sources.imap_lease import Lease
from mailgateway.sources.imap_taking import Fetched
from storage.errors import Unavailable
from threads.model import Envelope
from threads.policy import Policy
from threads.store.reply_addresses import note_arrival

log = structlog.get_logger(__name__)


class Writing:
    """Writes what came out of one folder, for as long as the lease on it is ours. Raises `LostLease` after that."""

    def __init__(self, account: ImapAccount, lease: Lease, into: Into) -> None:
        self._mailbox, self._lease, self._into = account.mailbox, lease, into
        self._place = lease.place
        self._cursor: Cursor | None = None

    @property
    def cursor(self) -> Cursor:
        """How far the folder has got."""
        assert self._cursor is not None  # noqa: S101 - `begin_at` comes first
        return self._cursor

    def begin_at(self, cursor: Cursor, *, anew: bool) -> None:
        """Go on where the folder was, or begin `anew`."""
        if anew:
            self.move_on_to(cursor)
        self._cursor = cursor

    def move_on_to(self, cursor: Cursor) -> None:
        """Write down alone how far the folder has got."""
        with self._into.database.writing() as session:
            store.put_cursor(session, self._place, self._lease.holder, cursor, self._lease.until())
        self._cursor = cursor

    def write(self, mails: Sequence[Fetched], cursor: Cursor) -> None:
        """Have it all on disk. A mail that cannot be written goes alone, so that it stops none of the others."""
        try:
            self._commit(mails, cursor)
        except Unavailable:
            raise
        except Exception as error:
            log.exception("mails out of an IMAP folder are kept one by one", folder=str(self._place))
            if len(mails) > 1:
                for each in mails:
                    self._write_alone(each)
                self.move_on_to(cursor)
            elif mails:
                self._commit([_unread(mails[0], error)], cursor)
            else:
                raise

    def _write_alone(self, mail: Fetched) -> None:
        upto = dealt_with(self.cursor, mail.outcome.uid)
        try:
            self._commit([mail], upto)
        except Unavailable:
            raise
        except Exception as error:
            self._commit([_unread(mail, error)], upto)

    def _import(self, mails: Sequence[Fetched]) -> None:
        """Take old mail in as out of an archive. Where we are killed right after, it is there already the next time."""
        old = [each for each in mails if each.outcome.outcome == "imported"]
        if old:
            now, policy = self._into.clock(), for_mailbox(self._into.policy(), self._mailbox)
            named = [(f"{self._place} {each.outcome.uid}", each.raw, each.came_at) for each in old]
            for _ in import_mails(self._into.database, policy, named, now):
                pass

    def _commit(self, mails: Sequence[Fetched], cursor: Cursor) -> None:
        self._import(mails)
        keep = [(each.envelope, each.raw) for each in mails if each.envelope is not None]

        def also(session: Session, kept: Sequence[Kept]) -> None:
            store.put_cursor(session, self._place, self._lease.holder, cursor, self._lease.until())
            ids = iter(kept)
            outcomes = [
                replace(each.outcome, envelope_id=next(ids).envelope_id) if each.envelope else each.outcome
                for each in mails
            ]
            if outcomes:
                store.put_outcomes(session, self._place, cursor.uidvalidity, outcomes, self._into.clock())
            for each in outcomes:
                if each.outcome == store.TOO_LARGE and each.envelope_id:
                    store.set_aside(session, each.envelope_id, each.because)
            self._note_reply_addresses(session, keep)

        self._into.keeper.keep_all(keep, also).result()
        self._cursor = cursor

    def _note_reply_addresses(self, session: Session, keep: Sequence[tuple[Envelope, bytes]]) -> None:
        """Where the mailbox is to show first that reply addresses come in, look whether one has."""
        mailbox = self._mailbox
        if mailbox in self._into.policy().reply_address_once_shown:
            reached = [address for _, raw in keep for address in reached_by_detail(raw, mailbox)]
            if note_arrival(session, mailbox, reached, self._into.clock()):
                log.info("mail to a reply address came in: they are used from now on", mailbox=mailbox)


def _unread(mail: Fetched, error: Exception) -> Fetched:
    outcome = replace(mail.outcome, outcome="unread", because=in_one_line(error), sha256="", afterwards="left")
    return Fetched(outcome)


def for_mailbox(policy: Policy, address: str) -> Policy:
    """The policy with a mailbox first: what names none of ours is its own."""
    mine = policy.mailbox_of(address)
    others = tuple(each for each in policy.mailboxes if each is not mine)
    return replace(policy, mailboxes=(mine, *others)) if mine else policy
