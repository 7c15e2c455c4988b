"""The LMTP door (RFC 2033), for a mail server in front: Postfix, Exim or Dovecot hands mail on, one answer a recipient."""

from __future__ import annotations

from aiosmtpd.smtp import SMTP, syntax

from mailgateway.sources.smtp import SmtpDoor
from mailgateway.sources.smtp_session import Session
from threads.model import Source

NOT_SMTP = "500 5.5.1 this is LMTP; LHLO is meant"


class LmtpSession(Session):
    """A session that greets with LHLO, and answers for each recipient."""

    @syntax("LHLO hostname")
    async def smtp_LHLO(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        """Greet."""
        await SMTP.smtp_EHLO(self, arg)

    async def smtp_HELO(self, _arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        """Not in LMTP (RFC 2033, section 4.1)."""
        await self.push(NOT_SMTP)

    async def smtp_EHLO(self, _arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        """Not in LMTP (RFC 2033, section 4.1)."""
        await self.push(NOT_SMTP)

    async def _answer(self, status: str, recipients: int) -> None:
        """Say it for each recipient that was taken (RFC 2033, section 4.2): a mail is kept once, for all of them."""
        for _ in range(recipients):
            await self.push(status)


class LmtpDoor(SmtpDoor):
    """Listens for a mail server in front, on a port or on a socket in the file system."""

    source = Source.LMTP
    session = LmtpSession
    setting = "[lmtp] listen"
