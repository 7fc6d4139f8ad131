"""Hands telephone calls over to a service that makes them: each message is spoken in one call."""

from alerts.channels import telephone
from alerts.channels.transport import Transport
from alerts.channels.voice.message import compose
from alerts.channels.voice.settings import VoiceSettings
from alerts.receipts.links import Callbacks
from core.clock import Clock


def from_settings(settings: VoiceSettings, callbacks: Callbacks, clock: Clock) -> Transport:
    """Return the channel as `settings` say. Raises `GatewayError` if they cannot be used."""
    unset = "no service for telephone calls is set"
    return telephone.from_settings(
        settings.voice_gateway(), unset, lambda message, answers: compose(message, answers=answers), callbacks, clock
    )
