"""The channels as the settings of the agent make them."""

from collections.abc import Mapping

from core.clock import Clock
from gateway.rules.channels.channel import Channel
from gateway.rules.channels.http_gateway import HttpGateway
from gateway.rules.channels.sms_modem import SmsModem
from gateway.rules.channels.webhook import Webhook
from gateway.settings import GatewaySettings


def channels(settings: GatewaySettings, clock: Clock) -> Mapping[str, Channel]:
    """Return the channels by the names that a configuration calls them. Raises `VicinoError` if one is set wrongly."""
    authorisation, secret = settings.sms_http_authorisation, settings.webhook_secret
    return {
        "sms_modem": SmsModem(settings.sms_device, clock, settings.sms_speed),
        "http": HttpGateway(
            settings.sms_http_url,
            settings.sms_http_template,
            settings.sms_http_form,
            authorisation.get_secret_value() if authorisation else None,
        ),
        "webhook": Webhook(secret.get_secret_value() if secret else None, lambda: int(clock.now().timestamp())),
    }
