"""Hands text messages over to an HTTP gateway: each as one text of at most two segments (four in Ukrainian)."""

from alerts.channels import telephone
from alerts.channels.sms.message import compose
from alerts.channels.sms.settings import SmsSettings
from alerts.channels.transport import Transport
from alerts.receipts.links import Callbacks
from alerts.replies.links import Links
from core.clock import Clock


def from_settings(settings: SmsSettings, links: Links, callbacks: Callbacks, clock: Clock) -> Transport:
    """Return the channel as `settings` say. Raises `GatewayError` if they cannot be used."""
    unset = "no gateway for text messages is set"
    return telephone.from_settings(
        settings.sms_gateway(), unset, lambda message, _: compose(message, links), callbacks, clock
    )
