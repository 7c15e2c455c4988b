"""A relay that takes our mail, reached by aiosmtplib over verified TLS."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

from mailgateway.compose import ascii_domain, needs_utf8
from mailgateway.oauth import AccessTokens
from mailgateway.transports import Handed
from mailgateway.transports.given_ids import given_ids
from storage.errors import Unavailable, WrongUse
from storage.outbox import OutgoingMail

_SCHEMES = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}


@dataclass(frozen=True, slots=True)
class RelayAddress:
    """Where a relay is, and how it is spoken to."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    tls: bool = False
    """TLS from the first byte."""
    starttls: bool | None = None
    """True: refuse to go on without it. None: where it is offered. False: never."""


def relay_address(url: str, password: str = "") -> RelayAddress:
    """The relay that a URL names: smtp://, smtps:// or smtp+starttls://[user[:password]@]host[:port][?tls=never].

    `password` stands in for one that shall not lie in the URL. Raises `WrongUse`.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise WrongUse(f"the relay's url cannot be read: {error}; write smtp://host:port") from None
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise WrongUse("the relay's url must be like smtp://host:25, smtps://host:465 or smtp+starttls://host:587")
    never = parse_qs(parts.query).get("tls") == ["never"]
    return RelayAddress(
        host=parts.hostname,
        port=port or _SCHEMES[parts.scheme],
        user=unquote(parts.username or ""),
        password=password or unquote(parts.password or ""),
        tls=parts.scheme == "smtps",
        starttls=True if parts.scheme == "smtp+starttls" else (False if never else None),
    )


class Relay:
    """Hands mails to one relay over one connection, which is opened when it is needed."""

    def __init__(
        self,
        address: RelayAddress,
        *,
        hostname: str = "localhost",
        certificate: Path | None = None,
        tokens: AccessTokens | None = None,
        timeout: float = 60.0,
        mail_within: float = 300.0,
    ) -> None:
        self.address = address
        self._hostname = hostname
        self._certificate = certificate
        self._tokens = tokens
        """Access tokens in place of a password."""
        self._timeout = timeout
        self._mail_within = mail_within
        self._open: aiosmtplib.SMTP | None = None
        self._trusted: ssl.SSLContext | None = None

    async def hand_over(self, mail: OutgoingMail, recipients: tuple[str, ...], data: bytes) -> Handed:
        """Hand a mail over; what the relay says or does not say is the answer, each recipient's own."""
        try:
            async with asyncio.timeout(self._mail_within):
                client = await self._client()
                return await self._send(client, mail, recipients, data)
        except ssl.SSLError as error:
            # before ValueError, which one about a certificate is too: the relay is at fault, and the mail waits
            return await self._away(
                recipients, f"{self._name} cannot be believed or spoken to by TLS: {_answer(error)}"
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _sorted({each.recipient: (each.code, each.message) for each in error.recipients}, recipients)
        except aiosmtplib.SMTPAuthenticationError as error:
            # the mail is not at fault: it waits until the password is mended
            return await self._away(recipients, f"{self._name} refuses our {self._shown()}: {_answer(error)}")
        except Unavailable as error:
            return await self._away(recipients, _one_line(str(error)))
        except (aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPDataError) as error:
            return _sorted(dict.fromkeys(recipients, (error.code, error.message)), recipients)
        except (aiosmtplib.SMTPNotSupported, ValueError) as error:
            return _sorted(dict.fromkeys(recipients, (550, f"this relay cannot take it: {error}")), recipients)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            return await self._away(recipients, f"{self._name} is away: {_answer(error)}")

    async def greet(self, within: float) -> None:
        """Connect as for a mail, with TLS and password, and say goodbye. Raises `Unavailable` where that fails."""
        try:
            async with asyncio.timeout(within):
                await self._client()
        except TimeoutError:
            raise Unavailable(f"{self._name} did not answer within {within:g} s") from None
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise Unavailable(f"{self._name}: {_answer(error)}") from None
        finally:
            await self.close()

    async def close(self) -> None:
        """Say goodbye to the relay, if it still listens."""
        client, self._open = self._open, None
        if client is None:
            return
        transport = client.transport  # `quit` forgets it
        with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
            await client.quit(timeout=5)
        await _drop(client, transport)

    @property
    def _name(self) -> str:
        return f"the relay {self.address.host}:{self.address.port}"

    async def _client(self) -> aiosmtplib.SMTP:
        """The open connection, or a new one."""
        if self._open is not None and self._open.is_connected:
            return self._open
        await self.close()
        client = aiosmtplib.SMTP(
            hostname=self.address.host,
            port=self.address.port,
            username=self.address.user or None,
            password=self.address.password if self.address.user and self._tokens is None else None,
            oauth_token_generator=self._token if self._tokens is not None else None,
            local_hostname=self._hostname,
            timeout=self._timeout,
            use_tls=self.address.tls,
            start_tls=self._starttls(),
            tls_context=self._context() if self.address.tls or self.address.starttls is not False else None,
        )
        try:
            await client.connect()
        except BaseException:  # also where the time is over: nothing stays open
            await _drop(client, client.transport)
            raise
        self._open = client
        return client

    def _starttls(self) -> bool | None:
        """As the address wants it; a token goes over TLS alone, unless the relay is on this machine."""
        if self.address.tls:
            return False
        if self._tokens is not None and self.address.starttls is None and not _is_here(self.address.host):
            return True
        return self.address.starttls

    async def _token(self) -> str:
        """An access token; fetching one blocks, so a thread does it."""
        assert self._tokens is not None  # noqa: S101 - asked for only then
        return await asyncio.to_thread(self._tokens.token)

    def _shown(self) -> str:
        """What we show to be let in; a token that was refused is not shown again."""
        if self._tokens is None:
            return "password"
        self._tokens.forget()
        return "access token"

    def _context(self) -> ssl.SSLContext:
        """Verifies the relay's certificate and name by the system's authorities and the one that was set."""
        if self._trusted is None:
            self._trusted = ssl.create_default_context()
            if self._certificate is not None:
                self._trusted.load_verify_locations(cafile=self._certificate)
        return self._trusted

    async def _send(
        self, client: aiosmtplib.SMTP, mail: OutgoingMail, recipients: tuple[str, ...], data: bytes
    ) -> Handed:
        by_wire = {ascii_domain(each): each for each in recipients}
        options = ["SMTPUTF8", "BODY=8BITMIME"] if needs_utf8(mail) else []
        sender = ascii_domain(mail.envelope_from) if mail.envelope_from else ""
        errors, answer = await client.sendmail(sender, list(by_wire), data, mail_options=options)
        refusals = {by_wire.get(each, each): (said.code, said.message) for each, said in errors.items()}
        named = given_ids(answer, self.address.host, own=(mail.message_id, *by_wire, *recipients))
        return replace(_sorted(refusals, recipients, answer), given_ids=named)

    async def _away(self, recipients: tuple[str, ...], said: str) -> Handed:
        client, self._open = self._open, None
        if client is not None:
            client.close()
        return Handed(answer=said, deferred=dict.fromkeys(recipients, said), away=True)


def _is_here(host: str) -> bool:
    return host in {"localhost", "::1"} or host.startswith("127.")


async def _drop(client: aiosmtplib.SMTP, transport: asyncio.BaseTransport | None) -> None:
    """Close a connection now: over TLS a mere `close` goes on waiting for the other side, longer than our loop lasts."""
    client.close()
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()
        await asyncio.sleep(0)


def _sorted(refusals: dict[str, tuple[int, str]], recipients: tuple[str, ...], answer: str = "") -> Handed:
    """Each recipient under what the relay said of it; whoever is not named was taken."""
    said = {each: _one_line(f"{code} {text}") for each, (code, text) in refusals.items()}
    deferred = {each: said[each] for each, (code, _) in refusals.items() if not 500 <= code < 600}
    refused = {each: said[each] for each in refusals if each not in deferred}
    accepted = tuple(each for each in recipients if each not in refusals)
    last = next(iter(said.values()), "") or _one_line(answer)
    return Handed(answer=last, accepted=accepted, deferred=deferred, refused=refused)


def _answer(error: BaseException) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _one_line(f"{error.code} {error.message}")
    if isinstance(error, TimeoutError) and not str(error):
        return "it does not answer in time"
    return _one_line(str(error) or type(error).__name__)


def _one_line(text: str) -> str:
    return " ".join(text.split())[:300]
