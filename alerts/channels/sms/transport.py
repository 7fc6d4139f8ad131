"""Hands text messages over to an HTTP gateway."""

from alerts.addresses.telephone import e164
from alerts.channels.gateway import HttpGateway, accepted_of, headers_of
from alerts.channels.sms.message import compose
from alerts.channels.sms.settings import SmsSettings
from alerts.channels.transport import Doubt, NoTransport, Outgoing, Transport, TransportError
from alerts.receipts.links import Callbacks
from alerts.replies.links import Links
from core.clock import Clock


class SmsTransport:
    """Sends each message as one text of at most two segments."""

    def __init__(self, gateway: HttpGateway, links: Links, callbacks: Callbacks) -> None:
        self._gateway = gateway
        self._links = links
        self._callbacks = callbacks

    def send(self, message: Outgoing) -> str | Doubt | None:
        """Return once the gateway has accepted `message`; raises `TransportError` if it did not."""
        number = e164(message.address)
        if number is None:
            raise TransportError("the number is not one", permanent=True)
        values = {
            "to": number,
            "text": compose(message, self._links),
            "language": message.language,
            "id": str(message.public_id),
            "callback": self._callbacks.of(message.public_id),
        }
        return self._gateway.hand_over(values, str(message.public_id))


def from_settings(settings: SmsSettings, links: Links, callbacks: Callbacks, clock: Clock) -> Transport:
    """Return the channel as `settings` say. Raises `GatewayError` if they cannot be used."""
    if not settings.sms_http_url:
        return NoTransport("no gateway for text messages is set")
    headers = headers_of(settings.sms_http_headers.get_secret_value())
    if settings.sms_http_authorisation is not None:
        headers["Authorization"] = settings.sms_http_authorisation.get_secret_value()
    gateway = HttpGateway(
        settings.sms_http_url,
        settings.sms_http_method,
        settings.sms_http_template,
        settings.sms_http_form,
        headers,
        accepted_of(settings.sms_http_accepted),
        settings.sms_http_id,
        settings.sms_timeout_s,
        clock,
    )
    return SmsTransport(gateway, links, callbacks)
