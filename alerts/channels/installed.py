"""The channels that go through services of others, as the settings say: web push, Telegram, Apprise."""

from typing import NamedTuple

from alerts.channels.apprise.transport import AppriseTransport, is_installed
from alerts.channels.telegram.api import Bot
from alerts.channels.telegram.transport import TelegramTransport
from alerts.channels.transport import NoTransport, Transport
from alerts.channels.webpush.transport import WebPushTransport
from alerts.channels.webpush.vapid import VapidKey, subject_of
from alerts.reach import repository
from alerts.reach.devices import KeptDevices
from alerts.replies.links import Links
from alerts.replies.tokens import key_of
from alerts.settings import AlertSettings
from core.clock import Clock
from core.database import Database


class Installed(NamedTuple):
    """The transports by their channels; the key of web push and the bot, None where they are not set up."""

    transports: dict[str, Transport]
    key: VapidKey | None
    bot: Bot | None


def installed(settings: AlertSettings, database: Database, clock: Clock) -> Installed:
    """Return the channels as `settings` say; raises `VapidKeyError` if the key of web push cannot be used."""
    key = None if settings.vapid_key is None else VapidKey.parse(settings.vapid_key.get_secret_value())
    bot = (
        None
        if settings.telegram_token is None
        else Bot(settings.telegram_url, settings.telegram_token.get_secret_value(), settings.push_timeout_s)
    )
    links = Links(settings.base_url, key_of(settings.reply_key))
    return Installed(
        {
            "webpush": _webpush(settings, key, links, database, clock),
            "telegram": TelegramTransport(bot, links) if bot else NoTransport("no bot is set up"),
            "apprise": _apprise(settings, links, database),
        },
        key,
        bot,
    )


def _webpush(
    settings: AlertSettings, key: VapidKey | None, links: Links, database: Database, clock: Clock
) -> Transport:
    if key is None:
        return NoTransport("no key for web push is set")
    return WebPushTransport(
        KeptDevices(database, clock),
        key,
        subject_of(settings.base_url, settings.mail_from),
        links,
        settings.push_hosts,
        clock,
        settings.push_timeout_s,
    )


def _apprise(settings: AlertSettings, links: Links, database: Database) -> Transport:
    if not is_installed():
        return NoTransport("the extra `apprise` is not installed")

    def secret_of(address: str) -> str | None:
        with database.transaction() as connection:
            return repository.apprise_url(connection, address)

    return AppriseTransport(secret_of, settings.apprise_schemes, links, settings.push_timeout_s)
