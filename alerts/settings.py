"""Settings of the alert worker."""

from pydantic import Field, SecretStr

from alerts.channels.apprise.limits import SERVICES as APPRISE_SERVICES
from alerts.channels.sms import settings as sms
from alerts.channels.voice import settings as voice
from alerts.channels.webhook import settings as webhook
from alerts.channels.webpush.limits import SERVICES, listed
from core.settings import Settings


class AlertSettings(sms.SmsSettings, voice.VoiceSettings, webhook.WebhookSettings, Settings):
    """What the alert worker needs to know about its surroundings; what a channel needs stands in its folder."""

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
    channel_levels: str = Field(
        "",
        description="What channels may know, as `webhook=full,webpush=name`: kind, name or full, never beyond the "
        "limit of each. What is not named knows the kind alone.",
    )
    smtp_timeout_s: float = Field(10.0, description="Longest wait for one answer of the mail server.", gt=0, le=60)
    alert_stale_h: float = Field(
        24.0,
        description="A wellbeing or technical finding that ended longer than this before it was found opens no alert.",
        gt=0,
    )
    retention_alert_days: int = Field(
        1_825, description="Days that a closed alert is kept, with notes and messages; 0 for ever.", ge=0
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
    vapid_key: SecretStr | None = Field(
        None,
        description="Private key by which push services know this installation, made by `vicino push-key`. Without it "
        "there are no messages on devices.",
    )
    push_services: str = Field(
        SERVICES,
        description="Hosts of the push services of browsers, separated by commas: messages go to no other.",
    )
    push_timeout_s: float = Field(
        5.0, description="Longest wait for a push service, for Telegram or for a service of Apprise.", gt=0, le=60
    )
    telegram_token: SecretStr | None = Field(
        None, description="Token of this installation's bot at Telegram. Without it there are no messages there."
    )
    telegram_url: str = Field("https://api.telegram.org", description="Address of the bot API.")
    apprise_services: str = Field(
        APPRISE_SERVICES,
        description="Services of Apprise that messages may go to, separated by commas, as its addresses begin.",
    )

    @property
    def push_hosts(self) -> tuple[str, ...]:
        """The hosts of push services."""
        return listed(self.push_services)

    @property
    def apprise_schemes(self) -> tuple[str, ...]:
        """The services of Apprise, as its addresses begin."""
        return listed(self.apprise_services)
