"""Hands telephone calls over to a service that makes them."""

from alerts.addresses.telephone import e164
from alerts.channels.gateway import HttpGateway, accepted_of, headers_of
from alerts.channels.transport import Doubt, NoTransport, Outgoing, Transport, TransportError
from alerts.channels.voice.message import compose
from alerts.channels.voice.settings import VoiceSettings
from alerts.receipts.links import Callbacks
from core.clock import Clock


class VoiceTransport:
    """Has each message spoken in one call. What is pressed comes back by the callback (`alerts.receipts`)."""

    def __init__(self, gateway: HttpGateway, callbacks: Callbacks) -> None:
        self._gateway = gateway
        self._callbacks = callbacks

    def send(self, message: Outgoing) -> str | Doubt | None:
        """Return once the service has accepted the call; raises `TransportError` if it did not."""
        number = e164(message.address)
        if number is None:
            raise TransportError("the number is not one", permanent=True)
        callback = self._callbacks.of(message.public_id)
        values = {
            "to": number,
            "text": compose(message, answers=bool(callback)),
            "language": message.language,
            "id": str(message.public_id),
            "callback": callback,
        }
        return self._gateway.hand_over(values, str(message.public_id))


def from_settings(settings: VoiceSettings, callbacks: Callbacks, clock: Clock) -> Transport:
    """Return the channel as `settings` say. Raises `GatewayError` if they cannot be used."""
    if not settings.voice_http_url:
        return NoTransport("no service for telephone calls is set")
    headers = headers_of(settings.voice_http_headers.get_secret_value())
    if settings.voice_http_authorisation is not None:
        headers["Authorization"] = settings.voice_http_authorisation.get_secret_value()
    gateway = HttpGateway(
        settings.voice_http_url,
        settings.voice_http_method,
        settings.voice_http_template,
        settings.voice_http_form,
        headers,
        accepted_of(settings.voice_http_accepted),
        settings.voice_http_id,
        settings.voice_timeout_s,
        clock,
    )
    return VoiceTransport(gateway, callbacks)
