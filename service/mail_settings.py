"""The settings of mail: how it goes out, what may go out by itself, and what becomes of what comes back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator, model_validator

from service.setting_types import Duration, HttpsUrl, MailAddress, RelayUrl, Section, Selector


class OAuthSettings(Section):
    """[relay.oauth]: a token in place of a password, made anew from a refresh token (OAuth 2, XOAUTH2)."""

    token_url: HttpsUrl
    client_id: str
    client_secret: str = Field(default="", repr=False)
    refresh_token: str = Field(default="", repr=False)
    """Without one the client's own credentials ask for the token."""
    scope: str = ""


class RelaySettings(Section):
    """[relay]: where outgoing mail goes. Without a url it is kept in DATA/sent."""

    url: RelayUrl | Literal[""] = ""
    password: str = Field(default="", repr=False)
    certificate: Path | None = None
    """A CA certificate to trust besides those of the system."""
    oauth: OAuthSettings | None = None

    @field_validator("certificate")
    @classmethod
    def _is_there(cls, path: Path | None) -> Path | None:
        if path is not None and not path.exists():
            raise ValueError(f"there is no file {path}")
        return path

    @model_validator(mode="after")
    def _has_a_user(self) -> RelaySettings:
        if self.oauth is not None and "@" not in self.url.partition("://")[2]:
            raise ValueError(
                'with [relay.oauth] the url names the user, as in "smtp+starttls://user%40example.org@host"'
            )
        return self


class DkimSettings(Section):
    """[dkim]: how outgoing mail is signed, where `brief mail dkim` has made a key for its domain."""

    selector: Selector | Literal[""] = "brief"
    """The name of the key in the DNS; "" signs nothing."""
    algorithm: Literal["rsa", "ed25519", "both"] = "rsa"


class BouncesSettings(Section):
    """[bounces]: mail that comes back."""

    addresses: bool = True
    """Whether each answer has an envelope sender of its own, support+<token>@, that leads a bounce back to it."""


class LettersSettings(Section):
    """[letters]: what our mail looks like."""

    html: bool = True
    """Whether answers and acknowledgements carry their text as simple HTML, too."""


class FormsSettings(Section):
    """[forms]: web forms of others that write by mail, on behalf of the person whom they name in Reply-To."""

    senders: tuple[MailAddress, ...] = ()
    """Their addresses. That person is then the customer, and is acknowledged; of others an agent confirms the Reply-To."""


class LimitsSettings(Section):
    """[limits]: what may go out, and how fast. 0 is no limit."""

    domain_a_minute: int = Field(default=0, ge=0)
    """Mails to one domain; the others wait."""
    same_to_address_an_hour: int = Field(default=3, ge=0)
    """Acknowledgements to one address, or notices that say the same: more are dropped, and open the breaker for it."""
    repeated_an_hour: int = Field(default=50, ge=0)
    """Mails that go out by themselves to addresses which were sent the same: more of them open the breaker for all."""
    breaker_for: Duration = timedelta(minutes=30)
    """How long nothing goes out by itself once the breaker has opened."""
