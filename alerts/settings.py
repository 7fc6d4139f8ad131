"""Settings of the alert worker."""

from pydantic import Field, SecretStr

from core.settings import Settings


class AlertSettings(Settings):
    """What the alert worker needs to know about its surroundings."""

    database_url: SecretStr = Field(description="PostgreSQL of the service: postgresql://user:password@host:port/name.")
    base_url: str = Field(
        "http://127.0.0.1:8000", description="Address of the pages, as people type it; messages link there."
    )
    reply_key: SecretStr | None = Field(
        None,
        description="Key that signs the links by which messages are answered without signing in: at least 32 random "
        "characters, the same for alerts and dashboards. Without it messages carry no such link.",
    )
    smtp_url: SecretStr | None = Field(
        None,
        description="Mail server: smtp://, smtp+starttls:// or smtps://[user:password@]host[:port]. "
        "Without it nobody is notified by e-mail.",
    )
    mail_from: str = Field("vicino@localhost", description="Address that messages come from.")
    smtp_timeout_s: float = Field(10.0, description="Longest wait for one answer of the mail server.", gt=0, le=60)
    alert_stale_h: float = Field(
        24.0,
        description="A wellbeing or technical finding that ended longer than this before it was found opens no alert.",
        gt=0,
    )
    safety_repeat_s: float = Field(
        300.0,
        description="Safety alerts: seconds until everybody is notified again, until somebody takes charge.",
        ge=1,
    )
    safety_times: int = Field(
        12, description="Safety alerts: how many times, before the alert says that nobody took charge.", ge=1, le=1000
    )
    safety_then_every_s: float = Field(
        900.0,
        description="Safety alerts: seconds between notifications after that, until somebody takes charge.",
        ge=1,
    )
