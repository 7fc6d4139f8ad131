"""Settings of the pages."""

from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from alerts.channels.webpush.limits import SERVICES, listed
from core.settings import Settings
from dashboards.concern import Limits
from registry.rules import ROLES
from registry.site import Site

_PORTS = {"https": 443, "http": 80}


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


class DashboardSettings(Settings):
    """What the pages need to know about their surroundings."""

    database_url: SecretStr = Field(description="PostgreSQL of the pages: postgresql://user:password@host:port/name.")
    base_url: str = Field(
        default="http://127.0.0.1:8000", description="Address of the pages, as people type it; messages link there."
    )
    gateway_broker_url: str = Field(
        default="", description="Address of the broker as gateways reach it; that of the service's if not given."
    )
    dashboards_host: str = Field(default="127.0.0.1", description="Network address the pages are served on.")
    dashboards_port: int = Field(default=8000, description="Port the pages are served on.", ge=0, le=65_535)
    tls_certificate: Path | None = Field(
        default=None,
        description="File with the certificate (PEM) of the pages, which are then served over https. It is read again "
        "when it changes. None: http, for a proxy that does it or for this machine alone.",
    )
    tls_key: Path | None = Field(default=None, description="File with the key of that certificate.")
    retention_audit_days: int = Field(
        730, description="Days that is kept who looked at whom; 0 for ever, else at least 30.", ge=0
    )
    session_h: float = Field(default=12.0, description="A sign-in lasts this many hours.", gt=0, le=720)
    second_factor_roles: str = Field(
        default=", ".join(ROLES),
        description="Whoever has one of these roles anywhere signs in with a second factor, and sets one up at the "
        "next sign-in; separated by commas, empty for nobody. Everybody may have one; families have no role.",
    )
    identity_providers: Path | None = Field(
        default=None,
        description="File (YAML) that describes identity providers by OpenID Connect, with which people may sign in "
        "besides local accounts. None: there are local accounts only.",
    )
    identity_key: SecretStr | None = Field(
        default=None,
        description="Key by which identities at those providers are kept unreadable: at least 32 random characters. "
        "With another key nobody's identity is known any more.",
    )
    reply_key: SecretStr | None = Field(
        default=None,
        description="Key that signs the links by which messages are answered without signing in: at least 32 random "
        "characters, the same for alerts and dashboards. Without it no such link is accepted.",
    )
    alerts_silent_after_s: float = Field(
        default=60.0,
        description="The board says so where alerts have not been worked on for so many seconds.",
        gt=0,
    )
    reply_lasts_h: float = Field(
        default=12.0, description="A message can be answered by its link for this many hours.", gt=0, le=168
    )
    api_requests_per_min: int = Field(
        default=600, description="A program may ask the REST API so many times a minute with one token.", gt=0
    )
    push_services: str = Field(
        default=SERVICES,
        description="Hosts of the push services of browsers, separated by commas: messages go to no other.",
    )
    unknown_after_reading_h: float = Field(
        default=4.0, description="A home without a reading for this many hours is shown as not known.", gt=0
    )
    unknown_after_still_by_day_h: float = Field(
        default=4.0, description="A home without a movement for this many hours of the day is not known.", gt=0
    )
    unknown_after_still_h: float = Field(
        default=12.0,
        description="A home without a movement for this many hours, the night included, is not known.",
        gt=0,
    )
    unknown_after_status_min: float = Field(
        default=30.0, description="A home whose gateway was not heard for this many minutes is not known.", gt=0
    )
    unknown_below_coverage: float = Field(
        default=0.8, description="A home with less than this share of its data is shown as not known.", ge=0, le=1
    )

    @field_validator("identity_providers", mode="before")
    @classmethod
    def _may_be_empty(cls, given: object) -> object:
        return given or None

    @property
    def secure(self) -> bool:
        """Whether people reach the pages over TLS, so that cookies may insist on it."""
        return urlsplit(self.base_url).scheme == "https"

    @field_validator("second_factor_roles")
    @classmethod
    def _are_roles(cls, given: str) -> str:
        unknown = set(listed(given)) - set(ROLES)
        if unknown:
            raise ValueError(f"no such role: {', '.join(sorted(unknown))}; there are {', '.join(ROLES)}")
        return given

    @property
    def roles_with_second_factor(self) -> tuple[str, ...]:
        """The roles that need a second factor."""
        return listed(self.second_factor_roles)

    @property
    def passkey_site(self) -> Site | None:
        """For which site passkeys sign; None where browsers make none: without TLS, or without a name."""
        parts = urlsplit(self.base_url)
        host = (parts.hostname or "").rstrip(".")
        if not host or _is_address(host) or (parts.scheme != "https" and host != "localhost"):
            return None
        port = "" if parts.port in (None, _PORTS[parts.scheme]) else f":{parts.port}"
        return Site(host, f"{parts.scheme}://{host}{port}")

    @property
    def push_hosts(self) -> tuple[str, ...]:
        """The hosts of push services."""
        return listed(self.push_services)

    @property
    def session_lasts(self) -> timedelta:
        """How long a sign-in lasts."""
        return timedelta(hours=self.session_h)

    @property
    def alerts_silent_after(self) -> timedelta:
        """From when on the board says that alerts are not worked on."""
        return timedelta(seconds=self.alerts_silent_after_s)

    @property
    def reply_lasts(self) -> timedelta:
        """For how long a message can be answered by its link."""
        return timedelta(hours=self.reply_lasts_h)

    @property
    def limits(self) -> Limits:
        """From when on a home counts as not known."""
        return Limits(
            reading=timedelta(hours=self.unknown_after_reading_h),
            status=timedelta(minutes=self.unknown_after_status_min),
            coverage=self.unknown_below_coverage,
            still_by_day=timedelta(hours=self.unknown_after_still_by_day_h),
            still=timedelta(hours=self.unknown_after_still_h),
        )
